// The covers over a photo: tapped, held, pinched and typed at; and the window through which they are seen. Knows nothing of
// servers and saving.

import { areas, hitsAt } from "./areas.js";
import { distance, Gestures } from "./gestures.js";
import { Loupe } from "./loupe.js";
import { center, emojiFor, faceLike, moved, replaced, scaled, size, turned, within } from "./placement.js";
import { say, settings, times } from "./settings.js";
import { state, update } from "./state.js";
import { NEARBY, Taps } from "./taps.js";
import { isDrawnAt, place, turd } from "./turds.js";
import { Viewport } from "./viewport.js";

const STEP = 0.01; // of the longer side of what is seen of the photo, for each move by a key or a button
const GROWTH = 1.1;
const TURN = 10;
const ZOOM = 1.5;

const COMFORTABLE = 88; // CSS pixels: how high a double tap makes faces, so that fingers part them

const KEYS = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  "+": "bigger", "=": "bigger", "-": "smaller", "[": "turnLeft", "]": "turnRight",
  Delete: "remove", Backspace: "remove",
}; // prettier-ignore
const ZOOM_KEYS = { "+": "in", "=": "in", "-": "out", 0: "whole" };
const TOLD = { bigger: "resized", smaller: "resized", turnLeft: "turned", turnRight: "turned" }; // and else moved

export class Editor {
  #drag = null; // while a cover is held: its number, the faces before and as they are dragged, and how that is told
  #taps = new Taps();

  /** `view` holds all that is here; in it `stage`, `sheet` (the photo) and over that `turds`, which is filled here. */
  constructor({ view, stage, sheet, turds, image, loupe }) {
    Object.assign(this, { turds, image });
    this.viewport = new Viewport({ stage, sheet, changed: () => this.draw() });
    this.gestures = new Gestures(stage, (event, fingers) => this.#take(event, fingers));
    this.loupe = new Loupe(loupe);
    stage.addEventListener("click", (event) => this.#tapped(event));
    turds.addEventListener("focusin", (event) => this.#focused(event));
    view.addEventListener("keydown", (event) => this.typed(event));
    view.addEventListener("click", ({ target }) => this.zoom(target.dataset.zoom));
    const beside = ({ target }) => stage.contains(target) || this.#settle();
    document.addEventListener("click", beside, { capture: true });
    this.levels = [...view.querySelectorAll("[data-zoom]")];
    this.level = view.querySelector(".level");
  }

  draw() {
    const { current } = state;
    if (this.#drag?.before !== current?.faces) this.#letGo(); // what was held is no longer there
    const shown = current?.size ?? [this.image.naturalWidth, this.image.naturalHeight];
    if (!current || !shown[0] || !this.viewport.open(current, shown)) return;
    const faces = current.size ? this.#faces : [];
    while (this.turds.children.length > faces.length) this.turds.lastElementChild.remove();
    while (this.turds.children.length < faces.length) this.turds.append(turd());
    const { scale } = this.viewport;
    areas(faces, scale).forEach((area, number) => {
      const shown = { number, total: faces.length, selected: state.selected };
      place(this.turds.children[number], faces[number], scale, area, shown);
    });
    this.#showLevel();
  }

  /** At a point of a photo, or in the middle of what is seen of the current one. */
  add(point = this.viewport.toPhoto(this.viewport.middle), photo = state.current) {
    const { faces, size: photoSize } = photo;
    if (faces.length >= settings.maxFaces) {
      update({ notice: say("tooManyFaces", { count: settings.maxFaces }) });
      return;
    }
    const added = faceLike(faces, point, photoSize, emojiFor(photo.choice, faces.length));
    photo.change([...faces, within(added, photoSize)]);
    if (photo !== state.current) {
      update(); // another was opened since it was tapped
      return;
    }
    update({ selected: faces.length, told: say("added", { count: photo.covers.length }) });
    this.turds.lastElementChild.focus({ preventScroll: true });
  }

  /** Do to a face what the button or key of that name does: bigger, turnLeft, up, remove... */
  edit(name, number = state.selected) {
    this.#drop();
    if (number === null || state.current.faces[number].kept) return;
    if (name === "remove") {
      this.#remove(number);
      return;
    }
    const step = STEP * this.viewport.extent;
    const faces = replaced(state.current.faces, number, edited(state.current.faces[number], name, step));
    this.#change(faces, number, TOLD[name] ?? "moved");
    this.viewport.reveal(state.current.faces[number].box);
  }

  /** Make the photo larger ("in") or smaller ("out") round what is selected, or show the "whole" of it. */
  zoom(way) {
    const { viewport } = this;
    const selected = state.current?.faces[state.selected];
    if (way === "whole") viewport.showWhole();
    else if (way) viewport.zoomBy(way === "in" ? ZOOM : 1 / ZOOM, selected && center(selected), viewport.middle);
  }

  /** Who goes on to something else taps no second time, and leaves what is held where it is seen. */
  #settle() {
    this.#taps.doNow();
    this.#drop();
  }

  get #faces() {
    return this.#drag?.faces ?? state.current.faces;
  }

  #showLevel() {
    const { viewport, level, levels } = this;
    const words = times(viewport.scale / viewport.whole);
    if (level.textContent !== words) level.textContent = words;
    const idle = { in: viewport.isLargest, out: viewport.isWhole, whole: viewport.isWhole };
    for (const button of levels) button.setAttribute("aria-disabled", idle[button.dataset.zoom]); // and keeps the focus
  }

  #change(faces, number, told) {
    const photoSize = state.current.size;
    state.current.change(replaced(faces, number, within(faces[number], photoSize)));
    const words = say(told, { number: number + 1, total: faces.length });
    update({ told: words === state.told ? `${words}\u00a0` : words }); // or it would not be read out once more
  }

  #remove(number) {
    state.current.change(state.current.faces.filter((_, other) => other !== number));
    update({ selected: null, told: say("removed") });
    const next = this.turds.children[Math.min(number, this.turds.children.length - 1)];
    next?.focus({ preventScroll: true });
  }

  /** A tap on a cover selects it, or the one below where it is selected already; beside the selected one, it lets go. */
  #tapped(event) {
    if (this.gestures.moved || this.turds.hidden || !state.current?.size) return;
    const { place } = this.gestures;
    const button = event.target.closest(".turd");
    const byKey = button && (event.detail === 0 || distance(place, [event.clientX, event.clientY]) > NEARBY);
    const hits = byKey ? [this.#number(button)] : this.#hits(place);
    const isSecond = this.gestures.pointerType === "touch" && this.#taps.isSecond(event, place);
    if (isSecond) this.#zoomTo(place);
    else if (hits.length) this.#select(hits[hits.indexOf(state.selected) + 1] ?? null);
    else if (state.selected !== null) update({ selected: null });
    else this.#addAt(place);
  }

  /** In the photo that is tapped, though a finger's tap may become a double one, and another photo be open by then. */
  #addAt(place) {
    const { current } = state;
    const point = this.viewport.toPhoto(place);
    if (!point.every((side, axis) => side >= 0 && side < current.size[axis])) return;
    if (this.gestures.pointerType !== "touch") this.add(point);
    else this.#taps.wait(() => this.add(point, current));
  }

  #select(number) {
    update({ selected: number });
    this.turds.children[number]?.focus({ preventScroll: true });
  }

  /** So near that fingers part the faces; and from there, back to the whole photo. */
  #zoomTo(place) {
    const { viewport } = this;
    const heights = state.current.faces.map((face) => size(face)[1]).sort((one, other) => one - other);
    const middle = heights[Math.floor(heights.length / 2)] ?? 0;
    if (!viewport.isWhole) viewport.showWhole();
    else viewport.zoomTo(Math.max(2 * viewport.whole, COMFORTABLE / middle || 0), viewport.toPhoto(place));
  }

  /** The numbers of the covers at a place on the screen: by what is hit of them, or else by where they are drawn. */
  #hits(place) {
    const { scale } = this.viewport;
    const { faces } = state.current;
    const hits = hitsAt(faces, scale, this.viewport.toPhoto(place));
    if (hits.length) return hits;
    const from = faces.map((face) => this.viewport.toScreen(center(face)));
    const drawn = [...this.turds.children].map((button, number) => number).filter((number) => {
      const [x, y] = from[number];
      return isDrawnAt(this.turds.children[number], faces[number], scale, [place[0] - x, place[1] - y]);
    });
    return drawn.sort((one, other) => distance(from[one], place) - distance(from[other], place));
  }

  /** On a cover, or beside all of them on what has no use for keys, which are for the selected one then. */
  typed(event) {
    const button = event.target.closest(".turd");
    const number = button ? this.#number(button) : event.target.closest(".view") ? null : state.selected;
    if (event.key === "Escape") update({ selected: null });
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [edit, zoom] = [number !== null && KEYS[event.key], ZOOM_KEYS[event.key]];
    if (!edit && !zoom) return;
    event.preventDefault();
    if (edit) this.edit(edit, number);
    else this.zoom(zoom);
  }

  /** What pointers hold: the selected cover, if one is on it or there are two; the window, by two fingers or the mouse. */
  #take({ target, pointerType }, fingers) {
    if (!state.current?.size) return null;
    const selected = this.turds.hidden ? null : target.closest('.turd[aria-pressed="true"]');
    const cover = state.current.faces[state.selected];
    const isCovering = !this.turds.hidden && cover && !cover.kept;
    if (isCovering && (selected || fingers > 1)) {
      return this.#heldCover(pointerType, Boolean(target.closest(".handle")));
    }
    return fingers > 1 || (pointerType === "mouse" && !this.viewport.isWhole) ? this.#heldWindow() : null;
  }

  /** One finger moves it, two also resize and turn it; the handle is a second finger where its middle is held. */
  #heldCover(pointerType, byHandle) {
    const { faces } = state.current;
    const number = state.selected;
    this.#drag = { number, faces, before: faces, told: "moved" };
    let face = null;
    return {
      pivot: byHandle && this.viewport.toScreen(center(faces[number])),
      grip: () => (face = this.#faces[number]),
      follow: (from, to) => {
        if (!this.#drag) return;
        const [x, y] = [0, 1].map((axis) => (to.middle[axis] - from.middle[axis]) / this.viewport.scale);
        const resized = turned(scaled(face, to.length / from.length, state.current.size), from.angle - to.angle);
        const dragged = within(byHandle ? resized : moved(resized, x, y), state.current.size);
        const told = from.length > 1 ? "resized" : "moved";
        Object.assign(this.#drag, { faces: replaced(faces, number, dragged), told });
        this.draw();
        if (pointerType !== "mouse") this.loupe.show(to.middle, state.current.url, dragged, state.current.size);
      },
      release: () => this.#drop(),
    };
  }

  /** What is held stays where it was dragged to. */
  #drop() {
    const { number, faces, before, told } = this.#drag ?? {};
    this.#letGo();
    if (faces !== before) this.#change(faces, number, told);
  }

  #letGo() {
    this.#drag = null;
    this.loupe.hide();
  }

  #heldWindow() {
    const { viewport } = this;
    let [scale, point] = [];
    return {
      grip: ({ middle }) => ([scale, point] = [viewport.scale, viewport.toPhoto(middle)]),
      follow: (from, to) => viewport.zoomTo((scale * to.length) / from.length, point, to.middle),
      release: () => {},
    };
  }

  /** Browsers scroll only to what can't be seen at all. */
  #focused({ target }) {
    const face = this.#faces[this.#number(target)];
    if (face && target.matches(":focus-visible")) this.viewport.reveal(face.box);
  }

  #number(button) {
    return [...this.turds.children].indexOf(button);
  }
}

/** What the button or key of that name makes of a face; a move is by so many pixels. */
function edited(face, name, step) {
  switch (name) {
    case "bigger":
      return scaled(face, GROWTH, state.current.size);
    case "smaller":
      return scaled(face, 1 / GROWTH, state.current.size);
    case "turnLeft":
      return turned(face, TURN);
    case "turnRight":
      return turned(face, -TURN);
    default:
      return moved(face, step * ((name === "right") - (name === "left")), step * ((name === "down") - (name === "up")));
  }
}
