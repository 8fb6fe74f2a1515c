// The turds over a photo: buttons that are tapped, dragged, pinched and typed at. Knows nothing of servers and saving.

import { center, emojiFor, faceLike, moved, replaced, scale, scaled, size, turned, within } from "./placement.js";
import { say, settings } from "./settings.js";
import { state, update } from "./state.js";

const TARGET = 44; // CSS pixels: what a finger hits
const TAP = 6; // CSS pixels: what moves less was a tap
const STEP = 0.01; // of the photo's longer side, for each move by a key or a button
const GROWTH = 1.1;
const TURN = 10;

const KEYS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  "+": "bigger", "=": "bigger", "-": "smaller", "[": "turnLeft", "]": "turnRight",
  Delete: "remove", Backspace: "remove",
}; // prettier-ignore

export class Editor {
  #gesture = null;
  #dragged = false;

  /** `stage` holds the photo and over it `turds`, which is filled here. */
  constructor({ stage, turds }) {
    this.turds = turds;
    stage.addEventListener("click", (event) => this.#tapped(event));
    turds.addEventListener("keydown", (event) => this.#typed(event));
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      turds.addEventListener(type, (event) => this.#pointed(event));
    }
    new ResizeObserver(() => this.draw()).observe(stage);
  }

  draw() {
    if (this.#gesture?.before !== state.current?.faces) this.#gesture = null; // what was held is no longer there
    const faces = state.current?.size ? this.#faces : [];
    while (this.turds.children.length > faces.length) this.turds.lastElementChild.remove();
    while (this.turds.children.length < faces.length) this.turds.append(turd());
    const zoom = faces.length && this.#zoom; // asked once, as each answer after a change costs a layout
    faces.forEach((face, number) => place(this.turds.children[number], face, zoom, number, faces.length));
  }

  add(point = state.current.size.map((side) => side / 2)) {
    const { faces, size: photoSize } = state.current;
    if (faces.length >= settings.maxFaces) {
      update({ notice: say("tooManyFaces", { count: settings.maxFaces }) });
      return;
    }
    state.current.change([...faces, faceLike(faces, point, photoSize, emojiFor(state.emoji, faces.length))]);
    update({ selected: faces.length, told: say("added", { count: faces.length + 1 }) });
    this.turds.lastElementChild.focus({ preventScroll: true });
  }

  /** Do to a face what the button or key of that name does: bigger, turnLeft, up, remove... */
  edit(name, number = state.selected) {
    if (number === null) return;
    if (name === "remove") this.#remove(number);
    else this.#replace(number, edited(state.current.faces[number], name));
  }

  get #faces() {
    return this.#gesture?.faces ?? state.current.faces;
  }

  /** CSS pixels per pixel of the photo. */
  get #zoom() {
    return this.turds.getBoundingClientRect().width / state.current.size[0];
  }

  #replace(number, face) {
    const { faces, size: photoSize } = state.current;
    state.current.change(replaced(faces, number, within(face, photoSize)));
    update();
  }

  #remove(number) {
    state.current.change(state.current.faces.filter((_, other) => other !== number));
    update({ selected: null, told: say("removed") });
    const next = this.turds.children[Math.min(number, this.turds.children.length - 1)];
    next?.focus({ preventScroll: true });
  }

  #tapped(event) {
    const dragged = this.#dragged;
    this.#dragged = false;
    if (dragged || this.turds.hidden || !state.current?.size) return;
    const button = event.target.closest(".turd") ?? this.#under(event.clientX, event.clientY);
    if (button) {
      const number = this.#number(button);
      update({ selected: state.selected === number ? null : number });
    } else {
      const { left, top } = this.turds.getBoundingClientRect();
      this.add([(event.clientX - left) / this.#zoom, (event.clientY - top) / this.#zoom]);
    }
  }

  /** The turd whose picture is at a point of the screen where its button isn't: the tip of a turd, the ears of a cat. */
  #under(x, y) {
    return [...this.turds.children].find((button) => {
      const { left, top, width, height } = button.firstElementChild.getBoundingClientRect();
      return width > 0 && Math.hypot((2 * (x - left)) / width - 1, (2 * (y - top)) / height - 1) < 1;
    });
  }

  #typed(event) {
    const button = event.target.closest(".turd");
    if (event.key === "Escape") update({ selected: null });
    if (!button || !KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.edit(KEYS[event.key], this.#number(button));
  }

  /** One finger moves, two also resize and turn; the handle is a second finger on a turd whose center is held. */
  #pointed(event) {
    const button = event.target.closest(".turd");
    if (event.type === "pointerdown") {
      if (!this.#gesture) this.#dragged = false;
      if (!button || event.button > 0) return;
      button.setPointerCapture(event.pointerId);
      const { faces } = state.current;
      this.#gesture ??= { number: this.#number(button), fingers: new Map(), faces, before: faces };
      if (event.target.closest(".handle")) this.#gesture.fingers.set("center", this.#onScreen(center(this.#held)));
    }
    if (!this.#gesture || (event.type !== "pointerdown" && !this.#gesture.fingers.has(event.pointerId))) return;
    const point = [event.clientX, event.clientY];
    if (event.type === "pointermove") this.#drag(event.pointerId, point);
    else if (event.type === "pointerdown") this.#hold(this.#gesture.fingers.set(event.pointerId, point));
    else this.#release(event.pointerId);
  }

  get #held() {
    return this.#gesture.faces[this.#gesture.number];
  }

  /** From here on fingers move relative to where they are now. */
  #hold(fingers) {
    Object.assign(this.#gesture, { fingers, from: new Map(fingers), face: this.#held });
  }

  #drag(finger, point) {
    const { fingers, from, face, number, faces } = this.#gesture;
    fingers.set(finger, point);
    if (distance(from.get(finger), point) > TAP) this.#dragged = true;
    if (!this.#dragged) return;
    const [before, after] = [span([...from.values()]), span([...fingers.values()])];
    const [x, y] = [0, 1].map((axis) => (after.middle[axis] - before.middle[axis]) / this.#zoom);
    const resized = from.size > 1 ? turned(scaled(face, after.length / before.length), before.angle - after.angle) : face;
    const shifted = from.has("center") ? resized : moved(resized, x, y);
    this.#gesture.faces = replaced(faces, number, within(shifted, state.current.size));
    this.draw();
  }

  #release(finger) {
    const { fingers, faces, number } = this.#gesture;
    fingers.delete(finger);
    fingers.delete("center");
    if (fingers.size) {
      this.#hold(fingers);
      return;
    }
    this.#gesture = null;
    if (this.#dragged) {
      state.current.change(faces);
      update({ selected: number });
    } else {
      this.draw();
    }
  }

  #onScreen([x, y]) {
    const { left, top } = this.turds.getBoundingClientRect();
    return [left + x * this.#zoom, top + y * this.#zoom];
  }

  #number(button) {
    return [...this.turds.children].indexOf(button);
  }
}

/** What the button or key of that name makes of a face. */
function edited(face, name) {
  const step = STEP * Math.max(...state.current.size);
  switch (name) {
    case "bigger":
      return scaled(face, GROWTH);
    case "smaller":
      return scaled(face, 1 / GROWTH);
    case "turnLeft":
      return turned(face, TURN);
    case "turnRight":
      return turned(face, -TURN);
    default:
      return moved(face, step * ((name === "right") - (name === "left")), step * ((name === "down") - (name === "up")));
  }
}

function turd() {
  const button = document.createElement("button");
  const [picture, veil, handle] = ["img", "span", "span"].map((name) => document.createElement(name));
  Object.assign(button, { type: "button", className: "turd" });
  Object.assign(picture, { alt: "", draggable: false });
  handle.className = "handle";
  button.setAttribute("aria-describedby", "keys");
  button.append(picture, veil, handle);
  return button;
}

function place(button, face, zoom, number, total) {
  const [x, y] = center(face).map((side) => side * zoom);
  const [width, height] = size(face).map((side) => Math.max(TARGET, side * zoom));
  style(button, { left: x - width / 2, top: y - height / 2, width, height });
  button.style.zIndex = Math.round(size(face)[1]);
  button.setAttribute("aria-pressed", number === state.selected);
  button.setAttribute("aria-label", say("turdLabel", { emoji: settings.emoji[face.emoji], number: number + 1, total }));
  const [picture, veil] = button.children;
  picture.hidden = settings.masks.includes(face.emoji);
  veil.hidden = !picture.hidden;
  if (picture.hidden) drawMask(veil, face, zoom);
  else drawCover(picture, face, zoom, [width / 2, height / 2]);
}

/** The cover's picture, its face on the button's middle, turned round that. */
function drawCover(picture, face, zoom, [x, y]) {
  const cover = settings.covers[face.emoji];
  const pixel = scale(face) * zoom; // of the cover's picture, on the screen
  const [anchorX, anchorY] = cover.center.map((side) => side * pixel);
  if (picture.getAttribute("src") !== cover.url) picture.src = cover.url;
  style(picture, { left: x - anchorX, top: y - anchorY, width: cover.size * pixel });
  picture.style.transformOrigin = `${anchorX}px ${anchorY}px`;
  picture.style.transform = `rotate(${-face.angle}deg)`;
}

/** What masks.py does to the photo, as far as a browser can show it: where it is right, a mosaic only looks blurred. */
function drawMask(veil, face, zoom) {
  const [width, height] = size(face).map((side) => (side * zoom * settings.size) / 100 / settings.solidShare);
  style(veil, { width, height });
  veil.className = `veil ${face.emoji}`;
  const blur = face.emoji === "solid" ? "" : `blur(${height / 8}px)`;
  Object.assign(veil.style, { backdropFilter: blur, webkitBackdropFilter: blur });
}

function style(element, pixels) {
  for (const [property, value] of Object.entries(pixels)) element.style[property] = `${value}px`;
}

/** The middle of one or two points, how far they are apart, and the direction from one to the other, clockwise. */
function span([one, other = one]) {
  return {
    middle: [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2],
    length: distance(one, other) || 1,
    angle: (Math.atan2(other[1] - one[1], other[0] - one[0]) * 180) / Math.PI,
  };
}

function distance(one, other) {
  return Math.hypot(other[0] - one[0], other[1] - one[1]);
}
