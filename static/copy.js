// Smaller copies of photos: to find faces in with an eighth of the bytes, and of what is over the limits.

import { settings } from "./settings.js";

// Found as many of 301 and 239 labeled faces as the whole photos did. The first is the side that CenterFace looks at.
const SIDE = 1600;
const QUALITY = 0.8;

const QUALITY_TO_KEEP = 0.9; // as photo.QUALITY, for what is saved
const PATIENCE = 30_000; // milliseconds for what takes a second or two: a worker that is killed doesn't tell

const waiting = new Set(); // what ends each job without a copy
let copier = start(); // with the page, as it couldn't be without a connection

/** {animated, size, blob}, or null where the browser can't tell: whether it is a moving picture; its upright
 * [width, height] if the server certainly reads it just as the browser shows it; the copy, if the photo isn't small.
 */
export function copyToAsk(file) {
  return ask({ toAsk: true, file, side: SIDE, quality: QUALITY });
}

/** The photo as a JPEG File within the server's limits, or null where the browser can't make one. */
export async function shrunk(file) {
  const { maxBytes, maxPixels } = settings;
  const copy = await ask({ toAsk: false, file, pixels: maxPixels, bytes: maxBytes, quality: QUALITY_TO_KEEP });
  return copy && new File([copy.blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

function start() {
  try {
    const worker = new Worker(new URL("copier.js", import.meta.url), { type: "module" });
    worker.onerror = stop;
    return worker;
  } catch {
    return null; // an old browser
  }
}

/** It couldn't be loaded, or was killed. */
function stop() {
  copier?.terminate();
  copier = null;
  for (const end of waiting) end(null);
}

function ask(job) {
  copier ??= start();
  if (!copier) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const patience = setTimeout(stop, PATIENCE);
    const end = (answer) => {
      clearTimeout(patience);
      waiting.delete(end);
      port1.close();
      resolve(answer);
    };
    waiting.add(end);
    port1.onmessage = ({ data }) => end(data);
    copier.postMessage(job, [port2]);
  });
}
