// Saving what is covered: as a download, by sharing, or all in one zip.

import { patiently, PATIENCE, RENDERING } from "./asking.js";
import { agreed } from "./confirming.js";
import { identified } from "./identifying.js";
import { asFailure, draw, Failure } from "./request.js";
import { say, settings } from "./settings.js";
import { OWN, state, tell, update } from "./state.js";
import { zip } from "./zip.js";

const LONGEST_STEM = 100;

/** Draw what is to be saved and hand it on; a failure is told, and nothing is lost. */
export async function save(button, deliver) {
  const photo = state.current;
  const photos = deliver === downloadAll ? state.photos : [photo];
  if (state.saving || !(await identified(photos)) || !(await agreed(photos))) return;
  if (!photos.some((one) => one.canSave && state.photos.includes(one))) return; // others were chosen meanwhile
  const saving = { ended: new AbortController(), percent: null, long: false };
  const patience = setTimeout(() => {
    saving.long = true;
    update();
  }, PATIENCE);
  update({ saving, told: say("rendering") });
  try {
    await deliver(photo, saving.ended.signal);
    if (state.photos.includes(photo)) update({ notice: "" });
  } catch (error) {
    if (state.photos.includes(photo)) update({ told: "", notice: asFailure(error).message }); // or others were chosen
  } finally {
    clearTimeout(patience);
    const waited = document.activeElement.id === "stop";
    update({ saving: null });
    if (waited && !button.disabled) button.focus({ preventScroll: true });
  }
}

export async function download(photo, ended) {
  const { faces, blob } = await drawn(photo, ended);
  hand(blob, saveName(photo, blob));
  photo.saved(faces);
}

/** Those that can be saved in one file; what fails, and what lost covers meanwhile, is left out and counted. */
export async function downloadAll(_, ended) {
  const chosen = state.photos;
  const total = chosen.length;
  const done = new Map(); // by the photo: what drawn gave, or {failure}
  const isDone = (photo) => done.has(photo) && (done.get(photo).failure || done.get(photo).key === keyOf(photo));
  const isMissing = (photo) => isReady(photo) && !isDone(photo);
  let saved = [];
  let archive = null;
  do {
    for (let photo; (photo = chosen.find(isMissing)); ) {
      done.set(photo, await drawn(photo, ended).catch((failure) => ({ failure })));
    }
    saved = chosen.filter((photo) => done.get(photo)?.blob);
    archive = await zip(named(saved.map((photo) => [photo, done.get(photo).blob])));
    if (ended.aborted) throw new Failure(say("canceled"));
  } while (chosen.some(isMissing)); // it was changed meanwhile
  if (!saved.length) throw [...done.values()][0]?.failure ?? new Failure(say("zipped", { count: 0, total }));
  hand(archive, "turdified.zip");
  saved.forEach((photo) => photo.saved(done.get(photo).faces));
  tell(say("zipped", { count: saved.length, total }));
}

/** Sharing needs a fresh tap; where drawing took too long for that, it asks for another. */
export async function share(photo, ended) {
  const { faces, blob } = await drawn(photo, ended);
  const file = new File([blob], saveName(photo, blob), { type: blob.type });
  try {
    await navigator.share({ files: [file] });
    photo.saved(faces);
    tell("");
  } catch (error) {
    tell(error.name === "NotAllowedError" ? say("shareAgain") : "");
  }
}

/** Onto the clipboard, which takes PNG alone. Browsers want to be given the promise of it while the tap is fresh. */
export async function copy(photo, ended) {
  const blob = drawn(photo, ended, "png").then((picture) => picture.blob);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  } catch (error) {
    await blob; // if that is what failed, it says why
    throw new Failure(say("cannotCopy"));
  }
  tell(say("copied"));
}

/** Whether it may be saved as it is now. */
function isReady(photo) {
  return photo.canSave && photo.isAgreed;
}

/** {faces, key, blob}: the photo as it is seen in the end, but for covers that it lost meanwhile: nobody was asked. */
async function drawn(photo, ended, format = state.format) {
  for (;;) {
    const [faces, key] = [photo.faces, keyOf(photo, format)];
    const blob = await coveredBlob(photo, ended, format);
    const isSeen = key === keyOf(photo, format);
    if (isSeen || !isReady(photo)) return { faces: isSeen ? photo.faces : faces, key, blob };
  }
}

function coveredBlob(photo, ended, format) {
  const job = { job: state.saving, waits: RENDERING, ended };
  const fields = { my_file: photo.file, format, size: settings.size };
  if (hasOwn(photo)) fields.picture = state.own.file;
  const render = (faces) => patiently(draw, settings.cover, { ...fields, faces }, job);
  return photo.covered(render, optionsOf(photo, format));
}

function keyOf(photo, format = state.format) {
  return photo.keyWith(optionsOf(photo, format));
}

function optionsOf(photo, format) {
  return `${format} ${settings.size} ${hasOwn(photo) ? settings.covers[OWN].url : ""}`;
}

function hasOwn({ faces }) {
  return faces.some(({ emoji }) => emoji === OWN);
}

/** Nothing invisible is in it, nothing that turns the reading direction or that means something to a system. */
function saveName(photo, blob) {
  const plain = photo.name.replace(/\.[^.]*$/, "").replace(/[\p{C}\p{Z}]+/gu, " ").replace(/[<>:"/\\|?*]/g, "");
  const stem = [...plain.trim().replace(/^\.+/, "")].slice(0, LONGEST_STEM).join("") || "photo";
  return `${stem}-turdified${settings.suffixes[blob.type] ?? ""}`;
}

/** The pictures as files, {name, blob}: beach-turdified.jpg, and beach-turdified (2).jpg where there is one already. */
function named(pictures) {
  const files = new Map();
  for (const [photo, blob] of pictures) {
    const name = saveName(photo, blob);
    let free = name;
    for (let number = 2; files.has(free.toLowerCase()); number += 1) free = name.replace(/(\.\w+)?$/, ` (${number})$1`);
    files.set(free.toLowerCase(), { name: free, blob });
  }
  return [...files.values()];
}

function hand(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  tell(say("saved", { name }));
}
