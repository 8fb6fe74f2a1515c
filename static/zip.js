// Many files in one .zip, uncompressed (photos are compressed already). PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 (local
// header), 4.3.12 (central directory) and 4.3.16 (its end).

const VERSION = 20;
const UTF8_NAMES = 0x0800;
const FIRST_OF_JANUARY_1980 = 0x0021; // the earliest date that there is: when a photo was covered is nobody's business

/** A Blob of type application/zip. `files` is a list of {name, blob}, the names unlike each other. */
export async function zip(files) {
  const entries = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const encoded = new TextEncoder().encode(name);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const common = [
      [2, VERSION], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_OF_JANUARY_1980],
      [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, encoded.length], [2, 0],
    ]; // prettier-ignore
    const local = [record([[4, 0x04034b50], ...common]), encoded, blob];
    const place = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    const central = [record([[4, 0x02014b50], [2, VERSION], ...common, ...place]), encoded];
    entries.push({ local, central });
    offset += new Blob(local).size;
  }
  const directory = new Blob(entries.flatMap(({ central }) => central));
  const count = entries.length;
  const end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, directory.size], [4, offset], [2, 0]]);
  return new Blob([...entries.flatMap(({ local }) => local), directory, end], { type: "application/zip" });
}

/** Little-endian numbers, given as [bytes, value]. */
function record(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return view;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff];
  return ~sum >>> 0;
}
