// Everyone but me: who is kept uncovered. Their pictures stay in this page, and go to the server with each photo that is
// looked through; this browser remembers them where somebody asks it to.

import { forget, recall, remember, watch } from "./memory.js";
import { say, settings } from "./settings.js";
import { state, update } from "./state.js";

const PEOPLE = "people"; // what memory.js calls them

/** What the server is sent of them. */
export function fieldsFor(people) {
  return { keep: people.map(({ file }) => file), keep_box: people.map(({ box }) => JSON.stringify(box)) };
}

/** From here on somebody more is kept, whose face it is in `photo`: that needn't be looked through for them. */
export function add(reference, face, photo) {
  const [id] = crypto.getRandomValues(new Uint32Array(1));
  const person = { ...shown(reference), id, source: face.box, remembered: false };
  photo.sought.add(person);
  update({ people: [...state.people, person], keeping: true, notice: "" });
}

/** Whoever is remembered is offered to be kept. */
export async function recallPeople() {
  const people = await recall(PEOPLE);
  if (people && !state.people.length) update({ people: people.map((one) => ({ ...shown(one), remembered: true })) });
}

/** With those whom another tab had remembered meanwhile. */
export async function rememberPeople() {
  const before = (await recall(PEOPLE)) ?? [];
  const { people } = state;
  if (!people.length) return; // they were forgotten
  const others = before.filter(({ id }) => !people.some((person) => person.id === id));
  try {
    const all = [...others, ...people].slice(-settings.maxPeople);
    await remember(PEOPLE, all.map(({ id, file, box, portrait }) => ({ id, file, box, portrait })));
    people.forEach((person) => (person.remembered = true));
    update({ told: say("meRemembered"), notice: "" });
  } catch {
    update({ notice: say("cannotRemember") });
  }
}

/** Here, in what can be undone and in this browser's memory; who is not surely one of them is covered again. It is told
 * when it is done: who reads that and leaves is forgotten.
 */
export async function forgetPeople() {
  letGo(state.people);
  try {
    await forget(PEOPLE);
    update({ told: say("meForgotten"), notice: "" });
  } catch {
    update({ notice: say("cannotForget") });
  }
}

// What is remembered and forgotten in one tab is so in all of them.
watch(PEOPLE, async () => {
  const isEmpty = !(await recall(PEOPLE));
  const forgotten = state.people.filter(({ remembered }) => remembered && isEmpty);
  if (forgotten.length) {
    letGo(forgotten);
    update({ told: say("meForgotten") });
  } else recallPeople();
});

/** They are kept no more, here and in what can be undone. */
function letGo(people) {
  const { photos, putAway } = state;
  for (const photo of [...photos, ...putAway.flatMap((those) => those.photos)]) photo.forgetPeople();
  people.forEach(({ url }) => URL.revokeObjectURL(url));
  const left = state.people.filter((person) => !people.includes(person));
  update({ people: left, keeping: state.keeping && left.length > 0, selected: null });
}

function shown(person) {
  return { ...person, url: URL.createObjectURL(person.portrait) };
}
