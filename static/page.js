// The page: choose photos, watch them being covered, mend what was missed, save. Without scripts the form does the job;
// with them the photos stay in the browser, and the server is asked where faces are and to draw the result.

import { Editor } from "./editor.js";
import { Photo } from "./photo.js";
import { emojiFor } from "./placement.js";
import { asFailure, ask, Failure, post } from "./request.js";
import { megabytes, say, settings } from "./settings.js";
import { zip } from "./zip.js";

const SHOWN_BY_BROWSERS = ["image/jpeg", "image/png"]; // and as the server reads them: one picture, upright
const PATIENCE = 500; // milliseconds before it says what takes so long
const LONG = 8000;
// What of the page tells how a photo comes on, and what it says once the photo is sent.
const SNIFFING = { row: "busy", waits: [[PATIENCE, "sniffing"], [LONG, "stillSniffing"]] };
const SAVING = { row: "saving", waits: [[0, "rendering"]] };
const OWN = "picture";
const ATTEMPTS = 6; // for each photo of several, when the server is busy

const at = (id) => document.getElementById(id);
const strip = at("strip");
const camera = at("camera");
const input = at("photo");

const editor = new Editor({ stage: at("stage"), turds: at("turds"), changed, full });

let photos = [];
let current = null;
let asking = new AbortController(); // ends what the server is asked
let saving = null; // while something is: what ends it, and whether it takes long
let ownPicture = null; // the file of a cover that somebody brought
let told = ""; // of the current photo

// ---- Choosing -------------------------------------------------------------------------------------------------------

function choose(files) {
  const taken = [...files].slice(0, settings.maxPhotos).map((file) => [file, problem(file)]);
  if (!taken.length) return;
  if (taken.every(([, why]) => why)) {
    notice(taken[0][1].message); // and what was there stays
    return;
  }
  asking.abort();
  saving?.ended.abort();
  photos.forEach((photo) => photo.forget());
  photos = taken.map(([file, failure]) => Object.assign(new Photo(file), failure && { state: "failed", failure }));
  at("result")?.remove();
  document.body.classList.add("working");
  document.querySelector(".another").hidden = false;
  at("strip-here").append(strip);
  open(photos.find((photo) => photo.state === "waiting"));
  if (files.length > taken.length) notice(say("tooMany", { count: taken.length }));
  at("file").focus({ preventScroll: true });
  scrollTo({ top: 0 });
  findFaces(photos);
}

/** What can be known to be wrong before anything is sent, as a Failure. */
function problem(file) {
  if (file.type && !file.type.startsWith("image/")) return new Failure(say("notAPhoto"), { retry: false });
  if (file.size <= settings.maxBytes) return null;
  const limit = megabytes(settings.maxBytes);
  return new Failure(say("tooLarge", { size: megabytes(file.size), limit }), { retry: false });
}

async function chooseSample() {
  try {
    const answer = await fetch(settings.sample, { signal: signal() });
    if (!answer.ok) throw new Failure(say("clogged"));
    choose([new File([await answer.blob()], "sample.jpg", { type: "image/jpeg" })]);
  } catch (failure) {
    if (failure.name !== "AbortError") notice(failure instanceof Failure ? failure.message : say("offline"));
  }
}

// ---- Asking the server ----------------------------------------------------------------------------------------------

/** The signal for what is asked next; what was canceled before doesn't end it. */
function signal() {
  if (asking.signal.aborted) asking = new AbortController();
  return asking.signal;
}

async function findFaces(list) {
  const ended = signal();
  for (const photo of list) if (photo.state === "waiting") await findFacesIn(photo, ended);
}

async function findFacesIn(photo, ended) {
  photo.state = "busy";
  refresh();
  try {
    const sent = { my_file: photo.file };
    const { faces, width, height } = await patiently(ask, settings.find, sent, photo, SNIFFING, ended);
    photo.found(faces.map((face, number) => ({ ...face, emoji: emojiFor(editor.emoji, number) })), [width, height]);
    if (!(await isShownUpright(photo))) {
      const uncovered = { ...sent, faces: "[]", format: "jpeg" };
      photo.showAs(await patiently(post, settings.cover, uncovered, photo, SNIFFING, ended));
    }
    photo.state = "done";
  } catch (error) {
    photo.state = "failed";
    photo.failure = asFailure(error);
  }
  if (!photos.includes(photo)) return;
  refresh();
  if (photo === current && photo.state === "done") tell(outcome(photo));
}

/** Whether the browser shows the file as the server reads it. */
async function isShownUpright(photo) {
  if (!SHOWN_BY_BROWSERS.includes(photo.file.type)) return false;
  const image = Object.assign(new Image(), { src: photo.url });
  try {
    await image.decode();
  } catch {
    return false;
  }
  return image.naturalWidth === photo.size[0] && image.naturalHeight === photo.size[1];
}

/** Ask or post, tell how it goes, and of several photos wait for a busy server. */
async function patiently(way, url, fields, photo, stage, ended) {
  for (let attempt = 1; ; attempt += 1) {
    const watch = watchOf(photo, stage);
    try {
      return await way(url, fields, { signal: ended, progress: watch.progress });
    } catch (failure) {
      if (!failure.seconds || photos.length === 1 || attempt === ATTEMPTS) throw failure;
      if (photo === current) tell(say("waitingInLine"));
      await pause(failure.seconds, ended);
    } finally {
      watch.stop();
    }
  }
}

function pause(seconds, ended) {
  return new Promise((resolve) => {
    setTimeout(resolve, 1000 * seconds);
    ended.addEventListener("abort", resolve, { once: true });
  });
}

/** Keeps a progress bar and the words for it up to date. */
function watchOf(photo, { row, waits }) {
  let timers = [];
  const bar = at(row).querySelector("progress");
  const announce = (words) => (photo === current || row === SAVING.row) && tell(words);
  return {
    progress(percent) {
      if (percent < 100) {
        bar.value = percent;
        announce(say("uploading", { percent: percent - (percent % 10) })); // not each one is worth reading out
      } else if (!timers.length) {
        bar.removeAttribute("value");
        timers = waits.map(([milliseconds, name]) => setTimeout(announce, milliseconds, say(name)));
      }
    },
    stop() {
      bar.removeAttribute("value");
      timers.forEach(clearTimeout);
    },
  };
}

function retry() {
  for (const photo of photos) if (photo.failure?.retry) Object.assign(photo, { state: "waiting", failure: null });
  notice("");
  findFaces(photos);
}

// ---- Showing --------------------------------------------------------------------------------------------------------

function open(photo) {
  current = photo;
  notice("");
  showOriginal(false);
  editor.show(photo);
  tell(photo.state === "done" ? outcome(photo) : "");
  refresh();
}

function outcome(photo) {
  return photo.faces.length ? say("covered", { count: photo.faces.length }) : say("noFace");
}

/** Everything on the page, as the current photo has it. */
function refresh() {
  const { state, failure } = current;
  const held = document.activeElement;
  at("work").hidden = false;
  at("file").textContent = `${current.name}, ${megabytes(current.file.size)} MB`;
  at("busy").hidden = state !== "busy";
  at("failed").hidden = !failure?.retry;
  at("controls").hidden = state !== "done";
  at("saving").hidden = !saving?.long;
  at("save").hidden = !at("saving").hidden;
  if (state === "failed") {
    tell("");
    notice(failure.message);
  }
  refreshStage();
  refreshButtons();
  refreshBatch();
  refreshStatus();
  keepFocus(held);
}

/** Who used a button that is gone or has nothing left to do finds the focus nearby, not at the top of the page. */
function keepFocus(held) {
  if (held === document.body || (held.isConnected && !held.disabled && held.getClientRects().length)) return;
  const next = [at("stop"), at("retry"), at("download"), at("add"), at("file")];
  next.find((element) => element.getClientRects().length && !element.disabled)?.focus({ preventScroll: true });
}

function refreshStage() {
  const image = at("original");
  if (image.getAttribute("src") !== current.url) image.src = current.url;
  if (current.state === "failed") at("later").hidden = true;
  const count = current.faces.length;
  image.alt = count && !at("turds").hidden ? say("alt", { count }) : say("altOriginal");
  editor.draw();
}

function refreshButtons() {
  const { faces } = current;
  at("undo").disabled = !current.canUndo;
  at("redo").disabled = !current.canRedo;
  at("reset").disabled = !current.canUndo;
  at("tools").hidden = editor.selected === null;
  at("download").disabled = !current.canSave;
  at("share").disabled = !current.canSave;
  at("share").hidden = !canShare();
  at("download").hidden = canShare() && Boolean(navigator.standalone); // where iOS breaks downloads off
  at("anyway").hidden = faces.length > 0 || current.anyway;
  at("strip-for").textContent = say(editor.selected === null ? "forAll" : "forOne");
  const emoji = editor.selected === null ? editor.emoji : faces[editor.selected].emoji;
  strip.querySelector(`[value="${emoji}"]`).checked = true;
}

function refreshBatch() {
  const list = at("batch");
  list.hidden = photos.length < 2;
  at("download-all").hidden = list.hidden;
  const working = photos.some(({ state }) => state === "waiting" || state === "busy");
  at("download-all").disabled = working || !photos.some(({ canSave }) => canSave);
  if (list.hidden) return;
  while (list.children.length < photos.length) list.append(row());
  while (list.children.length > photos.length) list.lastElementChild.remove();
  photos.forEach((photo, number) => {
    const [button] = list.children[number].children;
    const [thumbnail, name, state] = button.children;
    button.onclick = () => open(photo);
    button.setAttribute("aria-current", photo === current);
    if (thumbnail.getAttribute("src") !== photo.url) thumbnail.src = photo.url;
    name.textContent = photo.name;
    state.textContent = stateOf(photo);
  });
}

function row() {
  const [item, button] = [document.createElement("li"), document.createElement("button")];
  button.type = "button";
  const thumbnail = Object.assign(document.createElement("img"), { alt: "" });
  button.append(thumbnail, document.createElement("span"), document.createElement("span"));
  item.append(button);
  return item;
}

function stateOf({ state, faces }) {
  if (state !== "done") return say({ waiting: "rowWaiting", busy: "rowBusy", failed: "rowFailed" }[state]);
  return faces.length ? say("rowFaces", { count: faces.length }) : say("rowNoFace");
}

function batchSummary() {
  const count = (test) => photos.filter(test).length;
  const done = count(({ state }) => state === "done");
  const without = count(({ state, faces }) => state === "done" && !faces.length);
  const failed = count(({ state }) => state === "failed");
  return [
    say("batch", { done, total: photos.length }),
    without && say("batchNoFace", { count: without }),
    failed && say("batchFailed", { count: failed }),
  ].filter(Boolean).join(" · ");
}

/** In the live region, with how far several photos are. */
function tell(words) {
  told = words;
  refreshStatus();
}

function refreshStatus() {
  const text = photos.length > 1 ? [told, batchSummary()].filter(Boolean).join(" ") : told;
  if (at("status").textContent !== text) at("status").textContent = text;
}

function notice(words) {
  at("notice").hidden = !words;
  if (at("notice").textContent !== words) at("notice").textContent = words; // or it would be read out again
}

function changed(words = "") {
  if (!current) return;
  if (words) tell(words);
  refresh();
}

function full() {
  notice(say("tooManyFaces", { count: settings.maxFaces }));
}

function showOriginal(original) {
  at("turds").hidden = original;
  at("show").setAttribute("aria-pressed", original);
  at("show").textContent = say(original ? "showCovered" : "showOriginal");
}

// ---- Saving ---------------------------------------------------------------------------------------------------------

function coveredBlob(photo, ended) {
  const fields = { my_file: photo.file, format: "same" };
  if (photo.faces.some(({ emoji }) => emoji === OWN)) fields.picture = ownPicture;
  return photo.covered((faces) => patiently(post, settings.cover, { ...fields, faces }, photo, SAVING, ended));
}

/** Somebody's own picture as a cover; the server tells where a face goes in it. */
async function chooseCover(file) {
  if (!file) return;
  try {
    const { width, center, radii } = await ask(settings.fit, { picture: file });
    ownPicture = file;
    photos.forEach((photo) => photo.outdate());
    settings.covers[OWN] = { url: URL.createObjectURL(file), size: width, center, radii };
  } catch (error) {
    notice(asFailure(error).message);
    return;
  }
  notice("");
  at("own").hidden = false;
  at("own").querySelector("img").src = settings.covers[OWN].url;
  strip.querySelector(`[value="${OWN}"]`).checked = true;
  dress(OWN);
}

function dress(choice) {
  if (editor.selected === null) photos.filter((photo) => photo !== current).forEach((photo) => photo.dress(choice));
  editor.dress(choice);
}

function saveName(photo, blob) {
  const stem = photo.name.replace(/\.[^.]*$/, "") || "photo";
  return `${stem}-turdified${settings.suffixes[blob.type] ?? ""}`;
}

/** Draw what is to be saved and hand it on; a failure is told, and nothing is lost. */
async function save(button, deliver) {
  if (saving) return;
  const photo = current;
  saving = { ended: new AbortController(), long: false };
  const patience = setTimeout(() => {
    saving.long = true;
    refresh();
  }, PATIENCE);
  tell(say("rendering"));
  try {
    await deliver(photo, saving.ended.signal);
    if (photos.includes(photo)) notice("");
  } catch (error) {
    if (!photos.includes(photo)) return; // others were chosen meanwhile
    tell("");
    notice(asFailure(error).message);
  } finally {
    clearTimeout(patience);
    const waited = document.activeElement === at("stop");
    saving = null;
    refresh();
    if (waited && !button.disabled) button.focus({ preventScroll: true });
  }
}

async function download(photo, ended) {
  const blob = await coveredBlob(photo, ended);
  hand(blob, saveName(photo, blob));
}

/** Those that can be saved in one file; what fails, and what lost its covers meanwhile, is left out and counted. */
async function downloadAll(_, ended) {
  const chosen = photos;
  const files = new Map();
  let failure = null;
  for (const photo of chosen) {
    try {
      if (!photo.canSave) continue;
      const blob = await coveredBlob(photo, ended);
      const name = unused(saveName(photo, blob), files);
      files.set(name.toLowerCase(), { name, blob });
    } catch (reason) {
      failure ??= reason;
    }
  }
  if (ended.aborted) throw new Failure(say("canceled"));
  if (!files.size) throw failure ?? new Failure(say("noFace"));
  if (chosen !== photos) return;
  hand(await zip([...files.values()]), "turdified.zip");
  tell(say("zipped", { count: files.size, total: chosen.length }));
}

/** beach-turdified.jpg, or beach-turdified (2).jpg where there is one already. */
function unused(name, taken) {
  for (let number = 2, free = name; ; number += 1) {
    if (!taken.has(free.toLowerCase())) return free;
    free = name.replace(/(\.\w+)?$/, ` (${number})$1`);
  }
}

function hand(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  tell(say("saved", { name }));
}

function canShare() {
  const probe = new File([""], "photo.jpg", { type: "image/jpeg" });
  return Boolean(navigator.canShare?.({ files: [probe] }));
}

/** Sharing needs a fresh tap; where drawing took too long for that, it asks for another. */
async function share(photo, ended) {
  const blob = await coveredBlob(photo, ended);
  const file = new File([blob], saveName(photo, blob), { type: blob.type });
  try {
    await navigator.share({ files: [file] });
    tell("");
  } catch (error) {
    tell(error.name === "NotAllowedError" ? say("shareAgain") : "");
  }
}

// ---- What people do -------------------------------------------------------------------------------------------------

const on = (id, action) => at(id).addEventListener("click", action);

for (const element of [input, camera]) {
  element.addEventListener("change", () => {
    choose(element.files);
    element.value = ""; // so that the same photo can be chosen again
  });
}
// What the browser can't show, HEIC mostly, comes back from the server as a JPEG.
for (const type of ["load", "error"]) {
  at("original").addEventListener(type, () => {
    at("later").hidden = type === "load" || current.state === "failed";
    at("stage").hidden = type === "error";
  });
}
on("sample", chooseSample);
on("cancel", () => asking.abort());
on("stop", () => saving.ended.abort());
on("retry", retry);
on("add", () => {
  showOriginal(false);
  editor.add();
});
for (const step of ["undo", "redo", "reset"]) {
  on(step, () => {
    current[step]();
    editor.selected = null;
    showOriginal(false);
    editor.show(current);
    tell(outcome(current));
    refresh();
  });
}
on("show", () => {
  showOriginal(!at("turds").hidden);
  refresh();
});
on("tools", ({ target }) => target.dataset.edit && editor.edit(target.dataset.edit));
strip.addEventListener("change", ({ target }) => {
  if (target.type === "file") chooseCover(target.files[0]);
  else dress(target.value);
});
on("download", () => save(at("download"), download));
on("share", () => save(at("share"), share));
on("download-all", () => save(at("download-all"), downloadAll));
on("anyway", () => {
  current.anyway = true;
  refresh();
  save(at("download"), at("download").hidden ? share : download);
});

document.addEventListener("paste", ({ clipboardData }) => choose(clipboardData.files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) document.body.classList.remove("dropping"); // it left the window
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  choose(event.dataTransfer.files);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || !current) return;
  const step = { z: event.shiftKey ? "redo" : "undo", Z: "redo", y: "redo" }[event.key];
  if (!step || at(step).disabled) return;
  event.preventDefault();
  at(step).click();
});

input.multiple = true;
document.body.classList.add("scripted");
choose(input.files); // what was chosen before the scripts were there
