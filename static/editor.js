// The turds over a photo: buttons that are tapped, dragged, pinched and typed at. Knows nothing of servers and saving.

import { center, emojiFor, faceLike, moved, replaced, scale, scaled, size, turned, within } from "./placement.js";
import { say, settings } from "./settings.js";

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
  /** The number of the face that the tools are for, or null. */
  selected = null;
  /** The cover for turds to come, and "mixed". */
  emoji = settings.names[0];

  #photo = null;
  #gesture = null;
  #dragged = false;

  /**
   * `stage` holds the photo and over it `turds`, which is filled here. `changed` is called with what to say, and has to
   * draw; `full` when there is no room for one more.
   */
  constructor({ stage, turds, changed, full }) {
    Object.assign(this, { turds, changed, full });
    stage.addEventListener("click", (event) => this.#tapped(event));
    turds.addEventListener("keydown", (event) => this.#typed(event));
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      turds.addEventListener(type, (event) => this.#pointed(event));
    }
    new ResizeObserver(() => this.draw()).observe(stage);
  }

  show(photo) {
    if (photo !== this.#photo) this.selected = null;
    this.#photo = photo;
    this.#gesture = null;
    this.draw();
  }

  draw() {
    const faces = this.#photo?.size ? this.#faces : [];
    while (this.turds.children.length > faces.length) this.turds.lastElementChild.remove();
    while (this.turds.children.length < faces.length) this.turds.append(turd());
    if (this.selected >= faces.length) this.selected = null;
    faces.forEach((face, number) => this.#place(this.turds.children[number], face, number, faces.length));
  }

  add(point = this.#photo.size.map((side) => side / 2)) {
    const faces = this.#photo.faces;
    if (faces.length >= settings.maxFaces) {
      this.full();
      return;
    }
    const emoji = emojiFor(this.emoji, faces.length);
    this.selected = faces.length;
    this.#photo.change([...faces, faceLike(faces, point, this.#photo.size, emoji)]);
    this.changed(say("added", { count: faces.length + 1 }));
    this.turds.lastElementChild.focus({ preventScroll: true });
  }

  /** Do to a face what the button or key of that name does: bigger, turnLeft, up, remove... */
  edit(name, number = this.selected) {
    if (number === null) return;
    if (name === "remove") this.#remove(number);
    else this.#replace(number, this.#edited(this.#photo.faces[number], name));
  }

  /** Another cover on the selected face, or else on all, and on those to come. */
  dress(choice) {
    if (this.selected === null) this.emoji = choice;
    this.#photo?.dress(choice, this.selected);
    this.changed();
  }

  deselect() {
    this.selected = null;
    this.changed();
  }

  get #faces() {
    return this.#gesture?.faces ?? this.#photo.faces;
  }

  /** CSS pixels per pixel of the photo. */
  get #zoom() {
    return this.turds.getBoundingClientRect().width / this.#photo.size[0];
  }

  #edited(face, name) {
    const step = STEP * Math.max(...this.#photo.size);
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

  #replace(number, face) {
    this.#photo.change(replaced(this.#photo.faces, number, within(face, this.#photo.size)));
    this.changed();
  }

  #remove(number) {
    this.selected = null;
    this.#photo.change(this.#photo.faces.filter((_, other) => other !== number));
    this.changed(say("removed"));
    const next = this.turds.children[Math.min(number, this.turds.children.length - 1)];
    next?.focus({ preventScroll: true });
  }

  #place(button, face, number, total) {
    const zoom = this.#zoom;
    const [x, y] = center(face).map((side) => side * zoom);
    const [width, height] = size(face).map((side) => Math.max(TARGET, side * zoom));
    style(button, { left: x - width / 2, top: y - height / 2, width, height });
    button.style.zIndex = Math.round(size(face)[1]);
    button.setAttribute("aria-pressed", number === this.selected);
    button.setAttribute("aria-label", say("turdLabel", { emoji: settings.emoji[face.emoji], number: number + 1, total }));
    const [picture, veil] = button.children;
    picture.hidden = settings.masks.includes(face.emoji);
    veil.hidden = !picture.hidden;
    if (picture.hidden) drawMask(veil, face, zoom);
    else drawCover(picture, face, zoom, [width / 2, height / 2]);
  }

  #tapped(event) {
    const dragged = this.#dragged;
    this.#dragged = false;
    if (dragged || this.turds.hidden || !this.#photo?.size) return;
    const button = event.target.closest(".turd") ?? this.#under(event.clientX, event.clientY);
    if (button) {
      const number = this.#number(button);
      this.selected = this.selected === number ? null : number;
      this.changed();
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
    if (event.key === "Escape") this.deselect();
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
      this.#gesture ??= { number: this.#number(button), fingers: new Map(), faces: this.#photo.faces };
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
    this.#gesture.faces = replaced(faces, number, within(shifted, this.#photo.size));
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
      this.selected = number;
      this.#photo.change(faces);
      this.changed();
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

/** What masking.py does to the photo, as far as a browser can show it: where it is right, a mosaic only looks blurred. */
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
