// What the page knows. Everybody may read it; whoever changes it calls `update`, and whoever shows it is called then.

import { settings } from "./settings.js";

export const OWN = "picture"; // the name of a cover that somebody brought

export const state = {
  /** The chosen photos, and the one of them that is looked at. */
  photos: [],
  current: null,
  /** The photos that others took the place of, or that were closed, the last ones first: [{photos, current}]. */
  putAway: [],
  /** The cover for faces to come, or "mixed"; and an own one: {file, size, center, radii}. */
  emoji: settings.names[0],
  own: null,
  /** Whether this browser remembers that. */
  remembered: false,
  /** How faces to come are found: "low" finds sure ones only, "high" all that may be one, or "normal". */
  sensitivity: settings.sensitivity,
  /** Who is kept uncovered, {id, file, box, portrait, url, source, remembered}, the last being whether this browser does;
   * and whether they are kept.
   */
  people: [],
  keeping: false,
  /** What is saved: "same" as it came, or a format's name. */
  format: "same",
  /** The number of the face that the tools are for, or null. */
  selected: null,
  /** Whether a drag draws a box. */
  drawing: false,
  /** Whether the photo is shown without its covers. */
  original: false,
  /** Whether the browser can't show the photo. */
  unseen: false,
  /** What the live region says of the current photo, and what the alert does. */
  told: "",
  notice: "",
  /** While something is saved: what ends it, how much is sent, and whether it takes long. */
  saving: null,
};

const listeners = [];

/** Call `listener` after each change. */
export function subscribe(listener) {
  listeners.push(listener);
}

/** Change the state by these values, or tell that a photo in it has changed. */
export function update(values = {}) {
  Object.assign(state, values);
  for (const listener of listeners) listener();
}

export function tell(words) {
  if (words !== state.told) update({ told: words });
}
