// Everyone but me: who is kept uncovered. Their pictures stay in this page, and go to the server with each photo that is
// looked through; this browser remembers them where somebody asks it to.

import { forget, recall, remember } from "./memory.js";
import { say } from "./settings.js";
import { state, update } from "./state.js";

const PEOPLE = "people"; // what memory.js calls them

/** What the server is sent of them. */
export function fieldsFor(people) {
  return { keep: people.map(({ file }) => file), keep_box: people.map(({ box }) => JSON.stringify(box)) };
}

/** From here on somebody more is kept, whose face it is in `photo`: that needn't be looked through for them. */
export function add(reference, face, photo) {
  const person = { ...shown(reference), source: face.box };
  photo.sought.add(person);
  update({ people: [...state.people, person], keeping: true, peopleRemembered: false, notice: "" });
}

/** Whoever is remembered is offered to be kept. */
export async function recallPeople() {
  const people = await recall(PEOPLE);
  if (people && !state.people.length) update({ people: people.map(shown), peopleRemembered: true });
}

export async function rememberPeople() {
  try {
    await remember(PEOPLE, state.people.map(({ file, box, portrait }) => ({ file, box, portrait })));
    update({ peopleRemembered: true, told: say("meRemembered"), notice: "" });
  } catch {
    update({ notice: say("cannotRemember") });
  }
}

/** Here, in what can be undone and in this browser's memory; who is not surely one of them is covered again. It is told
 * when it is done: who reads that and leaves is forgotten.
 */
export async function forgetPeople() {
  const { people, photos, putAway } = state;
  for (const photo of [...photos, ...putAway.flatMap((those) => those.photos)]) photo.forgetPeople();
  people.forEach(({ url }) => URL.revokeObjectURL(url));
  update({ people: [], keeping: false, selected: null });
  try {
    await forget(PEOPLE);
    update({ peopleRemembered: false, told: say("meForgotten"), notice: "" });
  } catch {
    update({ notice: say("cannotForget") });
  }
}

function shown(person) {
  return { ...person, url: URL.createObjectURL(person.portrait) };
}
