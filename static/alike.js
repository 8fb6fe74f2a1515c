// Whether every reader shows a file alike: one whole picture, turned the same way. The server must cover faces where the
// browser found them, so what is in any doubt (two EXIF blocks, an animation, a cut-off end) is left to the server alone.

const ORIENTATION = 0x0112; // EXIF 2.3
const SHORT = 3;

const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const WEBP_EXIF_OR_ANIMATION = 0x0a; // the flags of VP8X: https://developers.google.com/speed/webp/docs/riff_container

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

/** Chunks up to the end, no EXIF and no animation among them. */
function isPlainPng(view) {
  for (let at = 8, kind = ""; kind !== "IEND"; at += 12 + view.getUint32(at)) {
    kind = text(view, at + 4, 4);
    if (kind === "eXIf" || kind === "acTL") return false;
  }
  return true;
}

function isPlainWebp(view) {
  if (view.getUint32(4, true) + 8 > view.byteLength) return false;
  const kind = text(view, 12, 4);
  return kind === "VP8 " || kind === "VP8L" || (kind === "VP8X" && !(view.getUint8(20) & WEBP_EXIF_OR_ANIMATION));
}

function startsWith(view, bytes) {
  return bytes.every((byte, at) => view.getUint8(at) === byte);
}

function text(view, at, length) {
  return String.fromCharCode(...Array.from({ length }, (_, number) => view.getUint8(at + number)));
}
