// A worker that makes smaller JPEGs of photos, upright, so that the page stays quick meanwhile.

import { isAnimated, isReadAlike } from "./alike.js";

onmessage = async ({ data, ports: [answer] }) => {
  try {
    answer.postMessage(await (data.toAsk ? copyToAsk(data) : copyWithin(data)));
  } catch {
    answer.postMessage(null); // not something that this browser can show, or too large for it
  }
};

/** {animated, size, blob}: the photo's own size, null for what is in doubt, and a copy to ask about, or null if the
 * photo itself does. The server finds faces under transparent pixels too, which a JPEG hasn't.
 */
async function copyToAsk({ file, side, quality }) {
  const buffer = await file.arrayBuffer();
  const animated = isAnimated(buffer);
  if (!isReadAlike(buffer)) return { animated, size: null, blob: null };
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const size = [picture.width, picture.height];
  const canvas = drawn(picture, Math.min(1, side / Math.max(...size)));
  const blob = isOpaque(canvas) ? await canvas.convertToBlob({ type: "image/jpeg", quality }) : file;
  return { animated, size, blob: blob.size < file.size ? blob : null };
}

/** The largest {blob} of at most so many pixels and bytes that a few attempts find; transparency becomes white. */
async function copyWithin({ file, pixels, bytes, quality }) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  for (let scale = Math.min(1, Math.sqrt(pixels / (picture.width * picture.height))); scale > 0.05; scale *= 0.8) {
    const blob = await drawn(picture, scale, "white").convertToBlob({ type: "image/jpeg", quality });
    if (blob.size <= bytes) return { blob };
  }
  return null;
}

function drawn(picture, scale, ground = null) {
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.floor(side * scale)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }); // else it may be made on the graphics card
  context.imageSmoothingQuality = "high";
  if (ground) Object.assign(context, { fillStyle: ground }).fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

function isOpaque(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] < 255) return false;
  return true;
}
