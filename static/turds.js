// The covers as they are drawn over the photo: a button each, which may be much smaller or larger than its picture.

import { clearMosaic, paintMosaic } from "./mosaic.js";
import { coverOf, labelOf } from "./numbers.js";
import { center, scale, size } from "./placement.js";
import { say, settings } from "./settings.js";

/** A button for a cover: its picture or mask, what is hit of it, and what it is resized and turned by. */
export function turd() {
  const button = document.createElement("button");
  const [picture, veil, area, handle] = ["img", "span", "span", "span"].map((name) => document.createElement(name));
  Object.assign(button, { type: "button", className: "turd" });
  Object.assign(picture, { alt: "", draggable: false });
  area.className = "area";
  handle.className = "handle";
  button.append(picture, veil, area, handle);
  return button;
}

/** Draw a face's cover. `zoom` is CSS pixels for each pixel of the photo, `area` what is hit and how deep the picture lies,
 * `selected` the number of the cover that is, or null: from that, Tab leads to what can be done with it.
 */
export function place(button, face, zoom, area, { number, total, selected }) {
  const [x, y] = center(face).map((side) => side * zoom);
  const [width, height] = area.size;
  style(button, { left: x - width / 2, top: y - height / 2, width, height });
  button.setAttribute("aria-pressed", number === selected);
  button.tabIndex = selected === null || number === selected ? 0 : -1;
  button.classList.toggle("kept", Boolean(face.kept));
  button.classList.toggle("box", face.shape === "box");
  if (face.kept) button.removeAttribute("aria-describedby");
  else button.setAttribute("aria-describedby", "keys");
  const isDoubtful = Boolean(face.unsure || face.alike);
  button.classList.toggle("unsure", isDoubtful);
  const label = isDoubtful ? "unsureLabel" : face.kept ? "keptLabel" : "turdLabel";
  button.setAttribute("aria-label", say(label, { emoji: labelOf(face.emoji), number: number + 1, total }));
  const [picture, veil, hit] = button.children;
  picture.style.zIndex = veil.style.zIndex = area.depth;
  hit.style.zIndex = number === selected ? 2 * total : 2 * total - 1 - area.depth; // small ones are in front, to be hit
  const isMask = settings.masks.includes(face.emoji);
  picture.hidden = face.kept || isMask;
  veil.hidden = face.kept || !isMask;
  if (!veil.hidden) drawMask(veil, face, zoom);
  else if (!picture.hidden) drawCover(picture, face, zoom, [width / 2, height / 2]);
}

/** The cover's picture, its face on the button's middle, turned round that. */
function drawCover(picture, face, zoom, [x, y]) {
  const cover = coverOf(face.emoji);
  const [[anchorX, anchorY], width] = onScreen(face, zoom);
  if (picture.getAttribute("src") !== cover.url) picture.src = cover.url;
  style(picture, { left: x - anchorX, top: y - anchorY, width });
  picture.style.transformOrigin = `${anchorX}px ${anchorY}px`;
  picture.style.transform = `rotate(${-face.angle}deg)`;
}

/** Where a face's middle is in the cover's picture, and how wide that is, in CSS pixels. */
function onScreen(face, zoom) {
  const cover = coverOf(face.emoji);
  const pixel = scale(face) * zoom;
  return [cover.center.map((side) => side * pixel), cover.size * pixel];
}

/** What masks.py does to the photo, as far as a browser can show it. */
function drawMask(veil, face, zoom) {
  const grown = face.shape === "box" ? 1 : settings.size / 100 / settings.solidShare;
  const [width, height] = size(face).map((side) => side * zoom * grown);
  style(veil, { width, height });
  veil.className = `veil ${face.emoji} ${face.shape ?? ""}`;
  if (face.emoji === "mosaic") paintMosaic(veil, document.getElementById("original"), face, grown);
  else clearMosaic(veil);
  const blur = face.emoji === "blur" ? `blur(${height / 8}px)` : "";
  Object.assign(veil.style, { backdropFilter: blur, webkitBackdropFilter: blur });
}

/** Whether the picture on a button is opaque at a point, [x, y] in CSS pixels from the face's middle. */
export function isDrawnAt(button, face, zoom, [x, y]) {
  const [picture] = button.children;
  if (picture.hidden || !picture.complete || !picture.naturalWidth) return false;
  const [[anchorX, anchorY], width] = onScreen(face, zoom);
  if (Math.hypot(x, y) > 2 * width) return false;
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  pixel.translate(-x, -y);
  pixel.rotate((-face.angle * Math.PI) / 180);
  pixel.drawImage(picture, -anchorX, -anchorY, width, (width * picture.naturalHeight) / picture.naturalWidth);
  return pixel.getImageData(0, 0, 1, 1).data[3] > 127;
}

function style(element, pixels) {
  for (const [property, value] of Object.entries(pixels)) element.style[property] = `${value}px`;
}
