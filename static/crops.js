// Parts of a photo round a face: to recognize somebody by, and to be looked at.

import { center, size } from "./placement.js";

// The server makes 164 pixels of a reference's face and looks at as much again round it; but it finds the face first.
const REFERENCE = { side: 600, room: 1 };
const PORTRAIT = { side: 200, room: 0.3 };
const QUALITY = 0.9;

/** The face and some room, as a canvas. */
export async function portrait(photo, face) {
  return (await crop(photo, face, PORTRAIT)).canvas;
}

/** A person as people.js has them: {file, box, portrait}, the box in the file's pixels. */
export async function personIn(photo, face) {
  const { canvas, box } = await crop(photo, face, REFERENCE);
  return { file: await jpeg(canvas), box, portrait: await jpeg(await portrait(photo, face)) };
}

/** Of at most `side` pixels a side, and never larger than in the photo, with `room`, of the face's height, on all sides;
 * and the face's box in it.
 */
async function crop(photo, face, { side, room }) {
  const image = new Image();
  image.src = photo.url;
  await image.decode();
  const zoom = image.naturalWidth / photo.size[0];
  const [[x, y], [width, height]] = [center(face), size(face)];
  const [across, down] = [width / 2 + room * height, height / 2 + room * height];
  const [left, upper] = [Math.max(0, x - across), Math.max(0, y - down)];
  const sides = [Math.min(photo.size[0], x + across) - left, Math.min(photo.size[1], y + down) - upper];
  const scale = Math.min(zoom, side / Math.max(...sides));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = sides.map((length) => Math.max(1, Math.round(length * scale)));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const part = [left, upper, ...sides].map((length) => length * zoom);
  context.drawImage(image, ...part, 0, 0, canvas.width, canvas.height);
  return { canvas, box: face.box.map((length, number) => (length - [left, upper][number % 2]) * scale) };
}

function jpeg(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
