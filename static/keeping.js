// Keeping faces uncovered: in one photo by hand, or in all that are chosen, where the server recognizes them.

import { patiently, SNIFFING } from "./asking.js";
import { personIn } from "./crops.js";
import { add, fieldsFor } from "./people.js";
import { resized } from "./placement.js";
import { ask, asFailure } from "./request.js";
import { say, settings } from "./settings.js";
import { state, subscribe, update } from "./state.js";

let seeking = null; // {photos, people, ended} while they are looked through

subscribe(() => {
  if (seeking && !isWanted(seeking)) seeking.ended.abort();
  if (!seeking) seek();
});

/** Keep the selected face, in this photo alone, or cover it. */
export function keepHere(kept) {
  const { current, selected } = state;
  current.settle([current.faces[selected]], kept);
  update({ selected: null, told: current.outcome });
}

/** Keep the selected face, and look for it in the other photos, and in those that are chosen later. */
export async function keepEverywhere() {
  const { current, selected, people } = state;
  const face = current.faces[selected];
  if (!face.kept) keepHere(true);
  if (people.length >= settings.maxPeople) {
    update({ notice: say("tooManyPeople", { count: settings.maxPeople }) });
    return;
  }
  update({ told: say("seeking") });
  try {
    const person = await personIn(current, face);
    await ask(settings.find, { my_file: person.file, ...fieldsFor([person]) }); // or the server can't recognize it
    // Or all were forgotten, whoever this is as well, or it was taken back.
    if (people.every((known) => state.people.includes(known)) && isKept(current, face)) {
      add(person, face, current);
      selectAgain(current, face);
    }
  } catch (error) {
    const where = current === state.current ? "" : `${current.name}:`;
    const kept = isKept(current, face) ? say("keptOnlyHere") : "";
    update({ notice: [where, kept, asFailure(error).message].filter(Boolean).join(" ") });
  }
  if (state.current === current) update({ told: current.outcome });
}

function isKept(photo, face) {
  return photo.faces[photo.numberOf(face)]?.kept;
}

/** So that whoever is kept can be remembered, unless something else was begun meanwhile. */
function selectAgain(photo, face) {
  const number = photo.numberOf(face);
  if (state.current === photo && state.selected === null && number >= 0) update({ selected: number });
}

/** Where that failed, but may not always. */
export function seekAgain() {
  for (const photo of state.photos) {
    photo.missed.forEach((person) => photo.sought.delete(person));
    photo.missed = [];
  }
}

/** Look for the people in each photo where that wasn't done, one after the other. */
async function seek() {
  const photo = state.keeping && state.photos.find((one) => one.state === "done" && unsought(one).length);
  if (!photo) return;
  const { photos, current } = state;
  const people = unsought(photo);
  const sought = { photos, people, ended: new AbortController() };
  seeking = sought;
  if (photo === current) update({ told: say("seeking") });
  try {
    await seekIn(photo, people, sought.ended.signal);
  } catch (error) {
    if (isWanted(sought)) {
      const failure = asFailure(error);
      known(people).forEach((person) => photo.sought.add(person));
      if (failure.retry) photo.missed = known(people);
      state.notice = `${say("notSought", photo)} ${failure.message}`;
    }
  }
  seeking = null;
  update(photo === state.current && isWanted(sought) ? { told: photo.outcome } : {});
}

/** Whether they are still to be looked through: no others were chosen, and nobody said that all are to be forgotten. */
function isWanted({ photos, people }) {
  return photos === state.photos && known(people).length > 0;
}

/** Those who weren't forgotten meanwhile. */
function known(people) {
  return people.filter((person) => state.people.includes(person));
}

async function seekIn(photo, people, ended) {
  // The photo itself: in a smaller copy too many faces would be too small to be told apart.
  const { sensitivity } = photo;
  const fields = { my_file: photo.file, sensitivity, ...fieldsFor(people) };
  const { faces, width, height } = await patiently(ask, settings.find, fields, { job: {}, waits: SNIFFING, ended });
  const [across, down] = [photo.size[0] / width, photo.size[1] / height];
  const left = photo.sensitivity === sensitivity ? known(people) : []; // or its faces are others, to be looked through anew
  if (left.length) photo.recognize(faces.map((face) => resized(face, across, down)), left);
}

function unsought(photo) {
  return state.people.filter((person) => !photo.sought.has(person));
}
