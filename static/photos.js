// The chosen photos: choosing them, finding their faces, retrying. What is asked of the server about them, and when.

import { patiently, SNIFFING } from "./asking.js";
import { copyToAsk, shrunk } from "./copy.js";
import { Photo } from "./photo.js";
import { resized } from "./placement.js";
import { asFailure, ask, draw, Failure } from "./request.js";
import { megabytes, say, settings } from "./settings.js";
import { state, update } from "./state.js";

const PUT_AWAY = 10; // sets of edited photos that are kept in memory for who closed them or chose others

let asking = new AbortController(); // ends what the server is asked

export function choose(files) {
  const taken = [...files].slice(0, settings.maxPhotos).map((file) => [file, problem(file)]);
  if (!taken.length) return;
  if (taken.every(([, why]) => why && !why.shrink)) {
    update({ notice: taken[0][1].message }); // and what was there stays
    return;
  }
  const before = putAway();
  state.photos = taken.map(([file, why]) => Object.assign(new Photo(file), why && { state: "failed", failure: why }));
  open(state.photos.find((photo) => photo.state === "waiting") ?? state.photos[0]);
  const tooMany = files.length > taken.length ? say("tooMany", { count: taken.length }) : "";
  update({ notice: [tooMany, before.lost].filter(Boolean).join(" ") });
  findFaces(before);
}

/** Make room for others, or for none: what was there can be had back, until the next time if nobody worked on it. Gives
 * what that was, and what is to be said if something is lost by it.
 */
function putAway() {
  asking.abort();
  state.saving?.ended.abort();
  const { photos, current } = state;
  if (!current) return { last: null, lost: "" };
  photos.forEach((photo) => photo.forgetRendered());
  const last = { photos, current };
  const isEdited = (those) => those.photos.some((photo) => photo.isEdited);
  const gone = [last, ...state.putAway].filter(isEdited).slice(PUT_AWAY);
  const kept = [last, ...state.putAway.filter((those) => isEdited(those) && !gone.includes(those))];
  for (const those of state.putAway) if (!kept.includes(those)) those.photos.forEach((photo) => photo.forget());
  state.putAway = kept;
  return { last, lost: gone.length ? say("lost", { name: gone[0].current.name, count: PUT_AWAY }) : "" };
}

/** Back to a page that asks for photos. */
export function close() {
  const { lost } = putAway();
  update({ photos: [], current: null, selected: null, told: "", notice: lost });
}

/** The same where there is nothing to be had back. */
function discard() {
  state.photos.forEach((photo) => photo.forget());
  update({ photos: [], current: null, selected: null, told: "" });
}

/** Have those of that number back. */
export function bringBack(number = 0) {
  asking.abort();
  state.saving?.ended.abort();
  const { photos, current } = state.putAway[number];
  state.photos.forEach((photo) => photo.forget());
  Object.assign(state, { photos, putAway: state.putAway.filter((_, other) => other !== number) });
  open(current);
  retry();
}

/** What can be known to be wrong before anything is sent, as a Failure. */
function problem(file) {
  if (file.type && !file.type.startsWith("image/")) return new Failure(say("notAPhoto"), { retry: false });
  if (file.size <= settings.maxBytes) return null;
  const limit = megabytes(settings.maxBytes);
  return new Failure(say("tooLarge", { size: megabytes(file.size), limit }), { retry: false, shrink: true });
}

export async function chooseSample() {
  try {
    const answer = await fetch(settings.sample, { signal: signal() });
    if (!answer.ok) throw new Failure(say("clogged"));
    choose([new File([await answer.blob()], "sample.jpg", { type: "image/jpeg" })]);
  } catch (failure) {
    if (failure.name === "AbortError") return;
    update({ notice: failure instanceof Failure ? failure.message : say("offline") });
  }
}

/** What picture is on the clipboard, if the browser lets us see. */
export async function paste() {
  const files = [];
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) files.push(new File([await item.getType(type)], `photo.${type.slice(6)}`, { type }));
    }
  } catch {
    update({ notice: say("cannotPaste") }); // they said no, or it can't be read
    return;
  }
  if (files.length) choose(files);
  else update({ notice: say("nothingToPaste") });
}

/** Look at one of the chosen photos. */
export function open(photo) {
  const selected = photo === state.current ? state.selected : null;
  state.drawing = false;
  update({ current: photo, selected, original: false, told: photo.state === "done" ? photo.outcome : "", notice: "" });
}

/** Look at the one before (-1) or after (1) the current one. */
export function turnTo(step) {
  const photo = state.photos[state.photos.indexOf(state.current) + step];
  if (photo) open(photo);
}

/** There is no face in a photo, somebody says, so it may be saved as it is. */
export function accept(photo) {
  photo.anyway = true;
  update();
}

export function cancel() {
  asking.abort();
}

/** Whatever didn't come to an end, but may. */
export function retry() {
  for (const photo of state.photos) if (photo.failure?.retry) Object.assign(photo, { state: "waiting", failure: null });
  update({ notice: "" });
  findFaces();
}

/** The signal for what is asked next; what was canceled before doesn't end it. */
function signal() {
  if (asking.signal.aborted) asking = new AbortController();
  return asking.signal;
}

/** If none of the photos can be used, what putAway put away for them is back, or the page that asks for photos. */
async function findFaces({ last, lost } = {}) {
  const ended = signal();
  const { photos } = state;
  const inTurn = async () => {
    for (const photo of photos) if (photo.state === "waiting") await findFacesIn(photo, ended);
  };
  await Promise.all(Array.from({ length: settings.photosAtOnce }, inTurn));
  const useless = photos.every(({ failure }) => failure && !failure.retry && !failure.shrink);
  if (photos !== state.photos || !photos.length || !useless) return;
  const number = state.putAway.indexOf(last);
  if (number < 0) discard();
  else bringBack(number);
  update({ notice: `${photos[0].failure.message} ${lost ?? ""}`.trim() });
}

async function findFacesIn(photo, ended) {
  photo.state = "busy";
  update();
  try {
    const job = { job: photo, waits: SNIFFING, ended };
    photo.copy ??= await copied(photo, job);
    do await lookAt(photo, job);
    while (photo.sensitivity !== state.sensitivity); // it was changed meanwhile
    photo.state = "done";
  } catch (error) {
    if (ended.aborted && ended !== asking.signal && state.photos.includes(photo)) {
      photo.state = "waiting"; // it was put away and brought back meanwhile
      findFaces();
    } else failed(photo, asFailure(error));
    return;
  }
  if (photo === state.current) update({ told: photo.outcome });
  else if (state.photos.includes(photo)) update();
}

/** It has no faces; or where they were looked for once more, those of before. */
function failed(photo, failure) {
  const isKept = Boolean(photo.size);
  Object.assign(photo, isKept ? { state: "done" } : { state: "failed", failure });
  if (photo === state.current) {
    update({ told: "", notice: isKept ? failure.message : "", ...(isKept && { sensitivity: photo.sensitivity }) });
  } else if (state.photos.includes(photo)) {
    update(isKept ? { notice: `${photo.name}: ${failure.message}` } : {});
  }
}

/** What to ask about it with: a copy; what only the server can read is first shown as that does. */
async function copied(photo, job) {
  let copy = await copyToAsk(photo.file);
  photo.animated = Boolean(copy?.animated);
  if (!copy?.size) {
    const uncovered = { my_file: photo.file, faces: "[]", format: "same" };
    const picture = await patiently(draw, settings.cover, uncovered, job);
    photo.showAs(picture);
    copy = await copyToAsk(picture);
  }
  if (copy?.size && copy.size[0] * copy.size[1] > settings.maxPixels) {
    const values = { megapixels: settings.maxPixels / 1e6 };
    throw new Failure(say("tooManyPixels", values), { retry: false, shrink: true });
  }
  return { size: copy?.size ?? null, file: copy?.blob ?? photo.file };
}

/** Where its faces are. */
async function lookAt(photo, job) {
  const { sensitivity } = state;
  const { file } = photo.copy;
  const { faces, width, height } = await patiently(ask, settings.find, { my_file: file, sensitivity }, job);
  const size = photo.copy.size ?? [width, height];
  const found = faces.map((face) => resized(face, size[0] / width, size[1] / height));
  photo.found(found, { size, choice: photo.size ? photo.choice : state.emoji, sensitivity });
  if (photo === state.current) update({ selected: null }); // it was the number of another
}

/** Find faces that are more or less sure, in photos that are open and those to come. */
export function search(sensitivity) {
  const { photos } = state;
  for (const photo of photos) if (photo.state === "done" && photo.sensitivity !== sensitivity) photo.state = "waiting";
  update({ sensitivity, notice: "" });
  findFaces();
}

/** What is over the server's limits is made smaller, as somebody agreed to. */
export async function shrink() {
  const photo = state.current;
  update({ told: say("shrinking") });
  const file = await shrunk(photo.file);
  if (photo.state !== "failed") return; // it was asked for twice
  if (file) {
    photo.replaceFile(file);
    Object.assign(photo, { state: "waiting", failure: null });
  }
  if (photo === state.current) update({ told: "", notice: file ? "" : say("cannotShrink") }); // or another is seen now
  findFaces();
}

/** Another cover on a photo's face, the selected one, or where that is none on all of all photos, and on those to come. */
export function dress(choice, photo = state.current, number = state.selected) {
  if (number === null) {
    state.emoji = choice;
    state.photos.forEach((one) => one.dress(choice));
  } else {
    const { kept } = photo.faces[number];
    photo.dress(choice, number);
    if (kept && photo === state.current) state.told = photo.outcome; // as it is covered from here on
  }
  update();
}

/** How large all covers are, in percent. */
export function resize(percent) {
  settings.size = percent; // by which everything is drawn
  update();
}
