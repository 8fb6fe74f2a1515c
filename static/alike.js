// Whether every reader shows a file alike: one whole picture, turned the same way. The server must cover faces where
// the browser found them, so what is in any doubt (two EXIF blocks, an animation, no end) is left to the server alone.

const ORIENTATION = 0x0112; // EXIF 2.3
const SHORT = 3;

const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
// Flags of VP8X: https://developers.google.com/speed/webp/docs/riff_container
const [WEBP_EXIF, WEBP_ANIMATION] = [0x08, 0x02];

/** `buffer` is the whole file. */
export function isReadAlike(buffer) {
  const view = new DataView(buffer);
  try {
    if (startsWith(view, JPEG)) return isPlainJpeg(view);
    if (startsWith(view, PNG)) return isPlainPng(view);
    return text(view, 0, 4) === "RIFF" && text(view, 8, 4) === "WEBP" && isPlainWebp(view);
  } catch (error) {
    if (error instanceof RangeError) return false; // it ends too early
    throw error;
  }
}

/** ITU T.81: segments up to the picture's code (SOS), which an EOI must end; what phones append isn't looked at. */
function isPlainJpeg(view) {
  let exif = 0;
  let at = 2;
  for (let marker; (marker = view.getUint16(at)) !== 0xffda; at += 2 + view.getUint16(at + 2)) {
    if (marker < 0xffc0) return false;
    if (marker !== 0xffe1 || text(view, at + 4, 6) !== "Exif\0\0") continue;
    exif += 1;
    if (exif > 1 || !isPlainExif(new DataView(view.buffer, at + 10, view.getUint16(at + 2) - 8))) return false;
  }
  const bytes = new Uint8Array(view.buffer);
  while ((at = bytes.indexOf(0xff, at + 1)) !== -1) if (bytes[at + 1] === 0xd9) return true;
  return false;
}

/** A TIFF header and a first directory that names at most one orientation, a SHORT from 1 to 8. */
function isPlainExif(view) {
  const little = view.getUint16(0) === 0x4949;
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return false;
  const directory = view.getUint32(4, little);
  const entries = Array.from({ length: view.getUint16(directory, little) }, (_, number) => directory + 2 + 12 * number);
  const found = entries.filter((entry) => view.getUint16(entry, little) === ORIENTATION);
  const isPlain = (entry) =>
    view.getUint16(entry + 2, little) === SHORT &&
    view.getUint32(entry + 4, little) === 1 &&
    [1, 2, 3, 4, 5, 6, 7, 8].includes(view.getUint16(entry + 8, little));
  return found.length <= 1 && found.every(isPlain);
}

/** Whether it is a moving picture, of which the server takes the first. */
export function isAnimated(buffer) {
  const view = new DataView(buffer);
  try {
    if (startsWith(view, PNG)) return chunks(view).includes("acTL");
    if (text(view, 0, 4) === "GIF8") return pictures(view) > 1;
    return text(view, 8, 8) === "WEBPVP8X" && Boolean(view.getUint8(20) & WEBP_ANIMATION);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The pictures of a GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, sections 18 to 26. */
function pictures(view) {
  const table = (at) => (view.getUint8(at) & 0x80 ? 3 << ((view.getUint8(at) & 7) + 1) : 0);
  let count = 0;
  for (let at = 13 + table(10), kind; (kind = view.getUint8(at)) !== 0x3b; at += 1) {
    if (kind !== 0x2c && kind !== 0x21) return count;
    count += kind === 0x2c;
    at += kind === 0x2c ? 11 + table(at + 9) : 2;
    while (view.getUint8(at)) at += 1 + view.getUint8(at); // blocks of data, up to an empty one
  }
  return count;
}

/** Chunks up to the end, no EXIF and no animation among them. */
function isPlainPng(view) {
  return !chunks(view).some((kind) => kind === "eXIf" || kind === "acTL");
}

/** The kinds of all chunks; a RangeError where the last is missing. */
function chunks(view) {
  const kinds = [];
  for (let at = 8; kinds.at(-1) !== "IEND"; at += 12 + view.getUint32(at)) kinds.push(text(view, at + 4, 4));
  return kinds;
}

function isPlainWebp(view) {
  if (view.getUint32(4, true) + 8 > view.byteLength) return false;
  const kind = text(view, 12, 4);
  return kind === "VP8 " || kind === "VP8L" || (kind === "VP8X" && !(view.getUint8(20) & (WEBP_EXIF | WEBP_ANIMATION)));
}

function startsWith(view, bytes) {
  return bytes.every((byte, at) => view.getUint8(at) === byte);
}

function text(view, at, length) {
  return String.fromCharCode(...Array.from({ length }, (_, number) => view.getUint8(at + number)));
}
