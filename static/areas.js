// What is hit of covers, on the screen: enough for a finger where there is room, and no more of it than half the way to the
// next cover, so that each point belongs to one cover or to none as soon as zooming has parted them. Until then each is
// hit from as far as the tip of a finger reaches; between two the nearer one is.

import { center, size } from "./placement.js";

const TARGET = 44; // CSS pixels: what a finger hits
const LEAST = 24; // CSS pixels: WCAG 2.5.8

const laid = new WeakMap(); // what was worked out for these faces, in pixels of the photo

/** For each face, `size`: the width and height of the ellipse to hit; and `depth`: how many covers lie under its own. */
export function areas(faces, zoom) {
  if (!laid.has(faces)) laid.set(faces, { gaps: gaps(faces), depths: depths(faces) });
  const { gaps: apart, depths: depth } = laid.get(faces);
  return faces.map((face, number) => {
    const target = Math.max(LEAST, Math.min(TARGET, apart[number] * zoom));
    return { size: size(face).map((side) => Math.max(target, side * zoom)), depth: depth[number] };
  });
}

/** The numbers of the faces that are hit at a point of the photo; first who wins it: the smaller, or the nearer. */
export function hitsAt(faces, zoom, [x, y]) {
  const ellipses = areas(faces, zoom);
  const reach = faces.map((face, number) => {
    const [across, down] = center(face).map((side, axis) => ([x, y][axis] - side) * zoom);
    const [width, height] = ellipses[number].size;
    const inside = Math.hypot((2 * across) / width, (2 * down) / height) <= 1;
    return inside ? Math.hypot(across, down) + height / 2 : Infinity;
  });
  return order(reach).filter((number) => reach[number] < Infinity);
}

/** How far each face's middle is from the nearest other's. */
function gaps(faces) {
  const middles = faces.map(center);
  return middles.map(([x, y], number) =>
    middles.reduce((gap, other, index) => {
      return index === number ? gap : Math.min(gap, Math.hypot(other[0] - x, other[1] - y));
    }, Infinity),
  );
}

/** As the server lays covers on each other: those of higher faces lie on top. */
function depths(faces) {
  const depth = [];
  order(faces.map((face) => size(face)[1])).forEach((number, below) => (depth[number] = below));
  return depth;
}

/** The numbers of the values, the smallest first; of equal ones the first. */
function order(values) {
  return values.map((_, number) => number).sort((one, other) => values[one] - values[other] || one - other);
}
