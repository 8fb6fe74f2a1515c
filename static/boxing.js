// A box over what is to be hidden and is no face (a name tag, a number plate, a screen), drawn by dragging.

import { say, settings } from "./settings.js";
import { state, update } from "./state.js";

const LEAST = 8; // CSS pixels a side: less was a tap

/** While state.drawing, a drag over `stage` draws a box; `turds` lies over the photo, `frame` shows what is drawn. */
export function drawBoxes(stage, turds, frame) {
  let from = null;
  let finger = null; // that draws: others count for nothing
  let drew = false;
  const listen = (type, action) => {
    const heard = (event) => {
      if (!state.drawing && !drew && !from) return;
      event.preventDefault();
      event.stopPropagation();
      action(event);
    };
    stage.addEventListener(type, heard, { capture: true });
  };
  listen("pointerdown", (event) => {
    if (from && stage.hasPointerCapture(finger)) return;
    from = [event.clientX, event.clientY];
    finger = event.pointerId;
    stage.setPointerCapture(finger);
  });
  listen("pointermove", (event) => {
    if (!state.drawing) frame.hidden = true; // it was given up
    else if (from && event.pointerId === finger) show(frame, between(from, event));
  });
  listen("pointerup", (event) => {
    if (!from || event.pointerId !== finger) return;
    const box = between(from, event);
    from = null;
    frame.hidden = true;
    drew = true; // and the click that follows is none
    setTimeout(() => (drew = false));
    const isDrawn = state.drawing && Math.min(box[2] - box[0], box[3] - box[1]) >= LEAST;
    if (isDrawn) addBox(inPhoto(box, turds.getBoundingClientRect()));
  });
  listen("pointercancel", ({ pointerId }) => {
    if (pointerId !== finger) return;
    from = null;
    frame.hidden = true;
  });
  listen("click", () => {});
}

/** In the middle of the photo, for who can't drag. */
export function addBoxInMiddle() {
  const [width, height] = state.current.size;
  addBox([0.4 * width, 0.45 * height, 0.6 * width, 0.55 * height]);
}

/** Pictures cover no corners, so where one is chosen the box is gray. */
function addBox(box) {
  const { current } = state;
  if (!(box[0] < box[2] && box[1] < box[3])) return; // beside the photo
  if (current.faces.length >= settings.maxFaces) {
    update({ drawing: false, notice: say("tooManyFaces", { count: settings.maxFaces }) });
    return;
  }
  const { choice } = current;
  const mask = settings.masks.includes(choice) ? choice : settings.masks[0];
  current.change([...current.faces, { box, angle: 0, emoji: mask, shape: "box" }]);
  const told = say("added", { count: current.covers.length });
  update({ selected: current.faces.length - 1, drawing: false, told });
  document.querySelector('.turd[aria-pressed="true"]')?.focus({ preventScroll: true });
}

/** [left, upper, right, lower] on the screen. */
function between([x, y], { clientX, clientY }) {
  return [Math.min(x, clientX), Math.min(y, clientY), Math.max(x, clientX), Math.max(y, clientY)];
}

/** The same in pixels of the photo, cut off at its edges. */
function inPhoto(box, { left, top, width }) {
  const { size } = state.current;
  const zoom = width / size[0];
  return box.map((side, number) => Math.min(Math.max((side - [left, top][number % 2]) / zoom, 0), size[number % 2]));
}

function show(frame, [left, upper, right, lower]) {
  frame.hidden = false;
  const place = { left, top: upper, width: right - left, height: lower - upper };
  for (const [property, value] of Object.entries(place)) frame.style[property] = `${value}px`;
}
