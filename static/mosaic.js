// What the mosaic of masks.py will look like, for the preview: squares of the mean color of what is under them.

import { center, size } from "./placement.js";
import { settings } from "./settings.js";

/** Paint it, once, on a veil that is `grown` times as large as the face; `image` shows the photo. */
export function paintMosaic(veil, image, face, grown) {
  const painted = `${image.src} ${face.box} ${grown}`;
  if (veil.dataset.painted === painted || !image.complete || !image.naturalWidth) return; // or it is still the one before
  veil.dataset.painted = painted;
  const square = Math.max(...size(face)) / settings.mosaicSquares;
  const [width, height] = size(face).map((side) => side * grown);
  const [x, y] = center(face);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width / square));
  canvas.height = Math.max(1, Math.round(height / square));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x - width / 2, y - height / 2, width, height, 0, 0, canvas.width, canvas.height);
  veil.style.backgroundImage = `url(${canvas.toDataURL()})`;
}

export function clearMosaic(veil) {
  delete veil.dataset.painted;
  veil.style.backgroundImage = "";
}
