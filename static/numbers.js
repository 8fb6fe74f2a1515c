// Numbers as covers: drawn with the strokes that the server draws them with, and given out so that no two faces have the same.

import { say, settings } from "./settings.js";

export const NUMBERED = "numbers"; // what is chosen, or still to become a number

/** The picture of a cover that is no mask, and where a face goes in it: {url, size, center, radii}. */
export function coverOf(emoji) {
  const digits = digitsOf(emoji);
  if (digits) settings.covers[emoji] ??= drawn(digits);
  return settings.covers[emoji];
}

/** How people call a cover. */
export function labelOf(emoji) {
  const number = digitsOf(emoji);
  return number ? say("number", { number }) : settings.emoji[emoji];
}

/** What is chosen to get that cover. */
export function choiceOf(emoji) {
  return digitsOf(emoji) ? NUMBERED : emoji;
}

/** The faces, each that is to get a number, or has one that another has too, with the lowest that is free. Those that are
 * kept come last: they only get one in case they are covered.
 */
export function numbered(faces) {
  const taken = new Set();
  const isFirst = ({ emoji }) => taken.size < taken.add(emoji).size;
  const without = faces.filter((face) => choiceOf(face.emoji) === NUMBERED && (face.emoji === NUMBERED || !isFirst(face)));
  if (!without.length) return faces;
  const given = new Map();
  let number = 1;
  for (const face of [...without.filter(({ kept }) => !kept), ...without.filter(({ kept }) => kept)]) {
    while (taken.has(`number-${number}`)) number += 1;
    given.set(face, `number-${number}`);
    number += 1;
  }
  return faces.map((face) => ({ ...face, emoji: given.get(face) ?? face.emoji }));
}

function digitsOf(emoji) {
  return /^number-(\d+)$/.exec(emoji)?.[1];
}

function drawn(digits) {
  const { disc, face, pen, strokes, zooms, advance, underlined, below, units } = settings.numbers;
  const parts = [...digits].map((digit, index) => [strokes[digit], advance * (index - (digits.length - 1) / 2), 0]);
  if (new RegExp(underlined).test(digits)) parts.push([strokes.line, 0, below]);
  const paths = parts.map(([stroke, x, y]) => `<path transform="translate(${x} ${y})" d="${stroke}"/>`).join("");
  const transform = `translate(${units / 2} ${units / 2}) scale(${zooms[digits.length - 1]})`;
  const box = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${units} ${units}"`;
  const svg = `<svg ${box}>${disc}<g ${pen} transform="${transform}">${paths}</g></svg>`;
  return { url: `data:image/svg+xml,${encodeURIComponent(svg)}`, size: units, ...face };
}
