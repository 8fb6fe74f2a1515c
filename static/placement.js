// Faces, and where their covers go. A face is {box: [left, upper, right, lower], angle, emoji, shape}: pixels of the upright
// photo, degrees counter-clockwise. Nothing here changes a face: each function returns a new one.

import { coverOf } from "./numbers.js";
import { settings } from "./settings.js";

// A face that is made smaller stays a face: at least some pixels.
const SMALLEST = 8;

const SAME = 0.25; // of the lower face's height: no farther are the middles of two boxes of one face

const ROUND = 64; // points on a face's rim that are looked at, to tell whether a cover hides it

/** Photo pixels per pixel of the cover's picture: as placement.place has it, which draws what is saved; no masks. */
export function scale(face) {
  const { radii } = coverOf(face.emoji);
  const [halfWidth, halfHeight] = size(face).map((side) => side / 2 + settings.softEdge);
  const cosine = Math.cos(radians(face.angle));
  const sine = Math.sin(radians(face.angle));
  const fit = [
    [(cosine * halfWidth) / radii[0], (-sine * halfHeight) / radii[0]],
    [(sine * halfWidth) / radii[1], (cosine * halfHeight) / radii[1]],
  ];
  return (settings.size / 100) * norm(fit);
}

/** Those of the faces that were `found` that are neither kept nor hidden by a cover, in which all of a face's ellipse is. */
export function uncovered(found, faces) {
  const unmoved = new Set(faces.map(({ box }) => box)); // and so hidden, however they were turned and dressed
  return found.filter((face) => !unmoved.has(face.box) && !faces.some((other) => isSeenTo(face, other)));
}

/** Whether a face is the other one, which is kept for sure, or is hidden by the other's cover. */
function isSeenTo(face, other) {
  return other.kept && !other.unsure ? isSame(other, face) : hides(other, face);
}

/** The one of the others that is at a face's place; undefined where none is. */
export function nearest(face, others) {
  const apart = (other) => Math.hypot(...[0, 1].map((axis) => center(face)[axis] - center(other)[axis]));
  return others.filter((other) => isSame(other, face)).sort((one, other) => apart(one) - apart(other))[0];
}

function isSame(one, other) {
  const [[x, y], [left, upper]] = [center(one), center(other)];
  return Math.hypot(x - left, y - upper) <= SAME * Math.min(size(one)[1], size(other)[1]);
}

/** The covers for what was found now, where there are covers for what was found before: those that were placed by hand
 * stay, with what they hide, and who is kept stays so; the others go, but whoever is found again keeps their emoji.
 */
export function renewed(found, covers, before) {
  const byHand = covers.filter((cover) => !before.some(({ box, angle }) => box === cover.box && angle === cover.angle));
  const others = covers.filter((cover) => !byHand.includes(cover));
  const bare = found.filter((face) => !byHand.some((cover) => isSeenTo(face, cover)));
  const again = bare.map((face) => {
    const same = others.find((cover) => isWithin(center(cover), face.box));
    const { box, angle, score, emoji, ...said } = nearest(face, others) ?? {}; // whether they are kept
    return { ...face, ...(same && { emoji: same.emoji }), ...said };
  });
  const still = others.filter((cover) => cover.kept && !nearest(cover, found));
  return [...again, ...still, ...byHand];
}

function isWithin([x, y], [left, upper, right, lower]) {
  return left <= x && x < right && upper <= y && y < lower;
}

function hides(cover, face) {
  const [across, down] = opaqueRadii(cover);
  const [cosine, sine] = [Math.cos, Math.sin].map((of) => of(radians(isMask(cover) ? 0 : cover.angle)));
  const middle = center(cover);
  return [center(face), ...rim(face)].every((point) => {
    const [x, y] = [point[0] - middle[0], point[1] - middle[1]];
    const reach = [(cosine * x - sine * y) / across, (sine * x + cosine * y) / down];
    return (cover.shape === "box" ? Math.max(...reach.map(Math.abs)) : Math.hypot(...reach)) <= 1;
  });
}

function* rim(face) {
  const [[x, y], [width, height]] = [center(face), size(face)];
  for (let step = 0; step < ROUND; step += 1) {
    const turn = (2 * Math.PI * step) / ROUND;
    yield [x + (width / 2) * Math.cos(turn), y + (height / 2) * Math.sin(turn)];
  }
}

/** Half the width and height of the ellipse, or of the box, in which a cover lets nothing through, before it is turned. */
export function opaqueRadii(cover) {
  if (cover.shape === "box") return size(cover).map((side) => side / 2);
  if (isMask(cover)) return size(cover).map((side) => (side / 2) * (settings.size / 100));
  return coverOf(cover.emoji).radii.map((radius) => radius * scale(cover));
}

function isMask({ emoji }) {
  return settings.masks.includes(emoji);
}

/** The larger singular value of a 2 by 2 matrix. */
function norm([[a, b], [c, d]]) {
  const squares = a * a + b * b + c * c + d * d;
  const determinant = a * d - b * c;
  return Math.sqrt((squares + Math.sqrt(Math.max(0, squares ** 2 - 4 * determinant ** 2))) / 2);
}

export function center({ box }) {
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

export function size({ box }) {
  return [box[2] - box[0], box[3] - box[1]];
}

/** The face in the same photo of another size. */
export function resized(face, across, down) {
  const [left, upper, right, lower] = face.box;
  return { ...face, box: [left * across, upper * down, right * across, lower * down] };
}

export function moved(face, x, y) {
  const [left, upper, right, lower] = face.box;
  return { ...face, box: [left + x, upper + y, right + x, lower + y] };
}

/** Moved back so that its center is in the photo: a cover that is out of sight would still count. */
export function within(face, [width, height]) {
  const [x, y] = center(face);
  return moved(face, Math.min(Math.max(x, 0), width) - x, Math.min(Math.max(y, 0), height) - y);
}

/** The faces with another one at that number. */
export function replaced(faces, number, face) {
  return faces.map((other, index) => (index === number ? face : other));
}

/** As much smaller or larger as the server takes a face in a photo of that size; all but a pixel, which is for rounding. */
export function scaled(face, factor, photoSize) {
  const [width, height] = size(face);
  const largest = settings.maxBox * Math.max(...photoSize) - 1;
  const bounded = Math.min(Math.max(factor, SMALLEST / Math.min(width, height)), largest / Math.max(width, height));
  return { ...face, ...faceAt(center(face), [width * bounded, height * bounded], face.angle, face.emoji) };
}

/** Turned by degrees counter-clockwise; the angle stays between -180 and 180. */
export function turned(face, degrees) {
  return { ...face, angle: ((((face.angle + degrees + 180) % 360) + 360) % 360) - 180 };
}

/** A face of the middle size of the others, or of a fifth of the photo where there are none. */
export function faceLike(others, [x, y], photoSize, emoji) {
  const fifth = Math.min(...photoSize) / 5;
  const sizes = others.length ? others.map(size) : [[fifth, fifth * 1.3]];
  return faceAt([x, y], [median(sizes.map(([width]) => width)), median(sizes.map(([, height]) => height))], 0, emoji);
}

/** The cover for the face of that number: the one that is chosen, or of a mixture each in turn; numbers come later. */
export function emojiFor(choice, number) {
  return choice === "mixed" ? settings.names.at(number % settings.names.length) : choice;
}

function faceAt([x, y], [width, height], angle, emoji) {
  return { box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2], angle, emoji };
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}
