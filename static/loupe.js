// A magnifier beside the finger that drags a cover: what the finger hides, and which part of it the cover will.

import { center, opaqueRadii, size } from "./placement.js";

const WIDTH = 136; // CSS pixels, as in turdify.css
const SHARE = 0.6; // of that for the face's longer side
const APART = 36; // CSS pixels between it and the middle of the fingertip

export class Loupe {
  #element;

  constructor(element) {
    this.#element = element;
  }

  /** Beside the point on the screen: of the photo at that address, as large as `photoSize`, where the face is. */
  show(point, url, face, photoSize) {
    const [picture, ring] = this.#element.children;
    const scale = (SHARE * WIDTH) / Math.max(...size(face));
    const [x, y] = center(face).map((side) => WIDTH / 2 - side * scale);
    const [across, down] = opaqueRadii(face).map((radius) => 2 * radius * scale);
    if (picture.getAttribute("src") !== url) picture.src = url;
    Object.assign(picture.style, { width: `${photoSize[0] * scale}px`, height: `${photoSize[1] * scale}px` });
    picture.style.transform = `translate(${x}px, ${y}px)`;
    Object.assign(ring.style, { width: `${across}px`, height: `${down}px` });
    ring.style.transform = `translate(-50%, -50%) rotate(${-face.angle}deg)`;
    const [left, top] = beside(point);
    this.#element.style.transform = `translate(${left}px, ${top}px)`;
    this.#element.hidden = false;
  }

  hide() {
    this.#element.hidden = true;
  }
}

/** Above the finger, or where there is no room, on the side that has more. */
function beside([x, y]) {
  const above = y - APART - WIDTH;
  if (above >= 0) return [Math.min(Math.max(0, x - WIDTH / 2), innerWidth - WIDTH), above];
  return [x < innerWidth / 2 ? x + APART : Math.max(0, x - APART - WIDTH), Math.max(0, y - WIDTH / 2)];
}
