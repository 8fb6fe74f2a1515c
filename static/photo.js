// A photo that was chosen: its file, how far it has come, and what was done to its faces. A face that is `kept` stays
// uncovered, and one that isn't is covered because somebody said so, if that is false and not only undefined. It is
// `unsure` if it was recognized as one of the people in `like`, and nobody has said yet that it is, and `alike` if it is
// covered as it might be, but so might another.

import { choiceOf, numbered } from "./numbers.js";
import { emojiFor, nearest, renewed, uncovered } from "./placement.js";
import { say, settings } from "./settings.js";

export class Photo {
  /** One of: waiting, busy, done, failed. */
  state = "waiting";
  /** Why it failed: what request.js throws. */
  failure = null;
  /** How much of it is sent, while it is. */
  percent = null;
  /** [width, height] of the upright photo, as soon as the server has told. */
  size = null;
  /** What the server is asked about: {size, file}, its size being null where only the server can tell. */
  copy = null;
  /** Whether it is a moving picture, of which the first is used. */
  animated = false;
  /** Whether it may be saved without any cover. */
  anyway = false;
  /** The people who were looked for in it. */
  sought = new Set();
  /** Those of them who could not be looked for, but may be later. */
  missed = [];

  // What was done, step by step: {faces, choice, search}, the last of these being what the server found before that step,
  // how it was asked, and all faces that it ever found: {faces, choice, sensitivity, known}.
  #history = [{ faces: [], choice: null, search: { faces: [], choice: null, sensitivity: null, known: [] } }];
  #step = 0;
  #rendered = null;
  #agreed = null; // to what somebody said yes: {faces, count}, as many of those that were found showed
  #saved = null; // the faces as they were found, or last saved

  constructor(file) {
    this.file = file;
    this.url = URL.createObjectURL(file);
  }

  get name() {
    return this.file.name || "photo";
  }

  get #now() {
    return this.#history[this.#step];
  }

  get faces() {
    return this.#now.faces;
  }

  /** With which sensitivity the faces were found, or null. */
  get sensitivity() {
    return this.#now.search.sensitivity;
  }

  /** Those that are covered. */
  get covers() {
    return this.faces.filter(({ kept }) => !kept);
  }

  /** The number of the face with that box, or -1 where it isn't there any more. */
  numberOf({ box }) {
    return this.faces.findIndex((face) => face.box === box);
  }

  get kept() {
    return this.faces.filter(({ kept }) => kept);
  }

  get unsure() {
    return this.faces.filter(({ unsure }) => unsure);
  }

  get canUndo() {
    return this.#step > 0;
  }

  get canRedo() {
    return this.#step < this.#history.length - 1;
  }

  get canSave() {
    return this.state === "done" && (this.faces.length > 0 || this.anyway);
  }

  /** Whether something was done to its faces that isn't saved. */
  get isEdited() {
    return this.size !== null && this.faces !== this.#saved;
  }

  /** The cover that all faces have; where they differ or were mixed, what was chosen for all of them last. */
  get choice() {
    const { faces, choice } = this.#now;
    const worn = new Set(faces.filter(({ shape }) => shape !== "box").map(({ emoji }) => choiceOf(emoji)));
    return worn.size === 1 && choice !== "mixed" ? [...worn][0] : choice;
  }

  /** In words, how many faces are covered, and how many are kept. */
  get outcome() {
    const [count, kept] = [this.covers.length, this.kept.length];
    const alike = this.faces.some((face) => face.alike && face.kept === undefined);
    const sought = alike ? "coveredAlike" : this.sought.size ? "coveredAll" : "covered";
    const told = kept ? "coveredAndKept" : sought;
    const words = this.faces.length ? say(told, { count, kept }) : say("noFace");
    return this.animated ? `${words} ${say("firstOnly")}` : words;
  }

  /** Those of the faces that the server ever found that no cover hides any more, though nobody wanted them kept. */
  get uncovered() {
    return uncovered(this.#now.search.known, this.faces);
  }

  /** Whether nothing shows that was found, or no more than somebody agreed to. */
  get isAgreed() {
    const { faces, count } = this.#agreed ?? {};
    return this.uncovered.length <= (faces === this.faces ? count : 0);
  }

  /** It may be saved as it is, somebody says, though faces that were found show. */
  agree() {
    this.#agreed = { faces: this.faces, count: this.uncovered.length };
  }

  /** Cover again what isn't any more: by undoing the last step, where that does it, or else with what is chosen for all. */
  mend() {
    const [before] = this.#history.slice(this.#step - 1);
    const dressed = (face, number) => ({ ...face, emoji: emojiFor(this.choice, this.faces.length + number) });
    if (this.canUndo && !uncovered(before.search.known, before.faces).length) this.undo();
    else this.change([...this.faces, ...this.uncovered.map(dressed)]);
  }

  /** The faces that the server found, in the cover that was chosen: where undoing ends. Where they were looked for once
   * more, that is a step in which what was placed by hand stays, and what isn't found again shows.
   */
  found(faces, { size, choice, sensitivity }) {
    const dressed = faces.map((face, number) => ({ ...face, emoji: emojiFor(choice, number) }));
    const others = this.#now.search.known.filter((face) => !nearest(face, dressed));
    const all = numbered(dressed);
    const search = { faces: all, choice, sensitivity, known: [...all, ...others] };
    const { isEdited } = this;
    if (this.size) this.#take({ faces: renewed(dressed, this.faces, this.#now.search.faces), choice, search });
    else this.#history = [{ faces: all, choice, search }];
    this.size = size;
    if (!isEdited) this.#saved = this.faces;
    this.sought = new Set(); // who is in it may have been found only now
    this.missed = [];
  }

  /** Its faces are saved as they were then. */
  saved(faces) {
    this.#saved = faces;
  }

  change(faces, choice = this.#now.choice) {
    this.#take({ ...this.#now, faces, choice });
  }

  #take(step) {
    this.#history = [...this.#history.slice(0, this.#step + 1), { ...step, faces: numbered(step.faces) }];
    this.#step += 1;
  }

  /** Another cover on the face of that number, or on all of them; what is mixed already is mixed again. */
  dress(choice, only = null) {
    if (!this.size) return; // it has no faces yet, and is asked about with what is chosen by then
    const again = only === null && choice === this.choice;
    const first = this.faces.find(({ emoji }) => settings.names.includes(emoji));
    const shift = again && first ? settings.names.indexOf(first.emoji) - this.faces.indexOf(first) + 1 : 0;
    const isMeant = ({ shape }, number) => {
      if (only !== null) return only === number;
      return shape !== "box" || settings.masks.includes(choice); // a picture would leave its corners bare
    };
    const cover = only === null ? {} : { kept: false, unsure: false };
    const isWorn = ({ emoji }) => only !== null && choiceOf(emoji) === choice; // its number stays
    const dressed = (face, number) => {
      return { ...face, ...(face.kept && cover), emoji: isWorn(face) ? face.emoji : emojiFor(choice, number + shift) };
    };
    const faces = this.faces.map((face, number) => (isMeant(face, number) ? dressed(face, number) : face));
    this.change(faces, only === null ? choice : undefined);
  }

  /** Keep these of its faces, or cover them: somebody said so. */
  settle(faces, kept) {
    const settled = { kept, unsure: false, alike: false };
    this.change(this.faces.map((face) => (faces.includes(face) ? { ...face, ...settled } : face)));
  }

  /** Keep, until somebody says more, what is at the places of faces that were found to be one of these people. Where none
   * is for sure, faces that might be are `alike`.
   */
  recognize(found, people) {
    people.forEach((person) => this.sought.add(person));
    const kept = found.filter((face) => face.kept);
    const might = kept.length ? kept : found.filter(({ distance }) => distance !== undefined);
    const undecided = this.faces.filter((face) => face.kept === undefined && face.shape !== "box");
    const meant = might.map((face) => nearest(face, undecided));
    const what = kept.length ? { kept: true, unsure: true, like: people } : { alike: true, like: people };
    const told = (face) => (meant.includes(face) ? { ...face, ...what } : face);
    if (meant.some(Boolean)) this.change(this.faces.map(told));
  }

  /** Nobody is known any more, nor in what can be undone: whoever was recognized is covered again, unless somebody said
   * that it is them.
   */
  forgetPeople() {
    this.sought = new Set();
    this.missed = [];
    const alike = new Map(); // so that what is alike from here on is the same
    const left = (faces) => {
      const words = JSON.stringify(faces.map(unknown));
      return alike.get(words) ?? alike.set(words, faces.map(unknown)).get(words);
    };
    const steps = this.#history.map((step) => ({ ...step, faces: left(step.faces) }));
    const isStep = (step, number) => number === 0 || !isSameStep(step, steps[number - 1]); // nothing else is to be undone
    this.#step = steps.slice(0, this.#step + 1).filter(isStep).length - 1;
    this.#history = steps.filter(isStep);
    this.#saved &&= left(this.#saved); // and drawn as before: whoever wasn't confirmed was covered
    if (this.#agreed) this.#agreed.faces = left(this.#agreed.faces);
  }

  undo() {
    this.#step = Math.max(0, this.#step - 1);
  }

  redo() {
    this.#step = Math.min(this.#history.length - 1, this.#step + 1);
  }

  reset() {
    const { faces, choice } = this.#now.search;
    this.change(faces, choice);
  }

  /** Show another picture of it: as the server reads it, where the browser can't or reads it otherwise. */
  showAs(blob) {
    URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(blob);
  }

  /** Work on another file from here on. */
  replaceFile(file) {
    this.file = file;
    this.copy = null;
    this.showAs(file);
  }

  /** Forget what was drawn, which takes much memory. */
  forgetRendered() {
    this.#rendered = null;
  }

  /** The covered photo as a Blob; `render` makes it when the faces or the options have changed since the last time. */
  async covered(render, options) {
    const key = this.keyWith(options);
    if (this.#rendered?.key !== key) this.#rendered = { key, blob: await render(this.#sent) };
    return this.#rendered.blob;
  }

  /** What is another wherever something else would be drawn. */
  keyWith(options) {
    return options + this.#sent;
  }

  get #sent() {
    return JSON.stringify(this.faces.map(asSent));
  }

  forget() {
    URL.revokeObjectURL(this.url);
  }
}

/** The face without what was known of who it is. */
function unknown({ like, alike, ...face }) {
  const { kept, unsure, ...undecided } = face;
  return alike || unsure ? undecided : face;
}

function isSameStep(one, other) {
  return one.faces === other.faces && one.choice === other.choice && one.search === other.search;
}

/** As the server is told of it: what nobody is sure of is covered. */
function asSent({ box, angle, emoji, shape, kept, unsure }) {
  return { box, angle, emoji, shape, kept: kept && !unsure };
}
