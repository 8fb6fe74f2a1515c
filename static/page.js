// The page: choose photos, watch them being covered, mend what was missed, save. Without scripts the form does the job;
// with them the photos stay in the browser, and the server is asked where faces are and to draw the result.

import { Editor } from "./editor.js";
import { Photo } from "./photo.js";
import { emojiFor } from "./placement.js";
import { Failure, post } from "./request.js";
import { megabytes, say, settings } from "./settings.js";
import { zip } from "./zip.js";

const SHOWN_BY_BROWSERS = ["image/jpeg", "image/png"]; // and as the server reads them: one picture, upright
const PATIENCE = 500; // milliseconds before it says what takes so long
const LONG = 8000;
const OWN = "picture";
const ATTEMPTS = 6; // for each photo of several, when the server is busy

const at = (id) => document.getElementById(id);
const strip = at("strip");
const camera = at("camera");
const input = at("photo");

const editor = new Editor({ stage: at("stage"), image: at("original"), turds: at("turds"), changed });

let photos = [];
let current = null;
let asking = new AbortController(); // ends what the server is asked
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

/** The signal for what is asked next; what was cancelled before doesn't end it. */
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
    const answer = await (await patiently(settings.find, { my_file: photo.file }, photo, ended)).text();
    const { faces, width, height } = JSON.parse(answer);
    photo.found(faces.map((face, number) => ({ ...face, emoji: emojiFor(editor.emoji, number) })), [width, height]);
    if (!(await isShownUpright(photo))) {
      photo.showAs(await patiently(settings.cover, { my_file: photo.file, faces: "[]", format: "jpeg" }, photo, ended));
    }
    photo.state = "done";
  } catch (failure) {
    photo.state = "failed";
    photo.failure = failure instanceof Failure ? failure : new Failure(say("clogged"));
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

/** Post, tell how it goes, and of several photos wait for a busy server. */
async function patiently(url, fields, photo, ended) {
  for (let attempt = 1; ; attempt += 1) {
    const watch = watchOf(photo);
    try {
      return await post(url, fields, { signal: ended, progress: watch.progress });
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

/** Keeps the progress bar and the words beside it up to date. */
function watchOf(photo) {
  let timers = [];
  const shown = () => photo === current && !at("busy").hidden;
  const after = (milliseconds, name) => setTimeout(() => shown() && tell(say(name)), milliseconds);
  return {
    progress(percent) {
      if (!shown()) return;
      if (percent < 100) {
        at("progress").value = percent;
        tell(say("uploading", { percent: percent - (percent % 10) })); // not each one is worth reading out
      } else if (!timers.length) {
        at("progress").removeAttribute("value");
        timers = [after(PATIENCE, "sniffing"), after(LONG, "stillSniffing")];
      }
    },
    stop: () => timers.forEach(clearTimeout),
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
  const next = [at("retry"), at("download"), at("add"), at("file")];
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

function showOriginal(original) {
  at("turds").hidden = original;
  at("show").setAttribute("aria-pressed", original);
  at("show").textContent = say(original ? "showCovered" : "showOriginal");
}

// ---- Saving ---------------------------------------------------------------------------------------------------------

function coveredBlob(photo) {
  const fields = { my_file: photo.file, format: "same" };
  if (photo.faces.some(({ emoji }) => emoji === OWN)) fields.picture = ownPicture;
  return photo.covered((faces) => patiently(settings.cover, { ...fields, faces }, photo, signal()));
}

/** Somebody's own picture as a cover; the server tells where a face goes in it. */
async function chooseCover(file) {
  if (!file) return;
  try {
    const { width, center, radii } = JSON.parse(await (await post(settings.fit, { picture: file })).text());
    ownPicture = file;
    photos.forEach((photo) => photo.outdate());
    settings.covers[OWN] = { url: URL.createObjectURL(file), size: width, center, radii };
  } catch (failure) {
    notice(failure instanceof Failure ? failure.message : say("clogged"));
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
  const photo = current;
  button.disabled = true;
  tell(say("rendering"));
  try {
    await deliver(photo);
    if (photos.includes(photo)) notice("");
  } catch (failure) {
    if (!photos.includes(photo)) return; // others were chosen meanwhile
    tell("");
    notice(failure instanceof Failure ? failure.message : say("clogged"));
  } finally {
    button.disabled = false;
    refresh(); // which knows whether there is still something to save
    if (document.activeElement === document.body && !button.disabled) button.focus({ preventScroll: true });
  }
}

async function download(photo) {
  const blob = await coveredBlob(photo);
  hand(blob, saveName(photo, blob));
}

/** Those that can be saved in one file; what fails, and what lost its covers meanwhile, is left out and counted. */
async function downloadAll() {
  const chosen = photos;
  const files = new Map();
  let failure = null;
  for (const photo of chosen) {
    try {
      if (!photo.canSave) continue;
      const blob = await coveredBlob(photo);
      const name = unused(saveName(photo, blob), files);
      files.set(name.toLowerCase(), { name, blob });
    } catch (reason) {
      failure ??= reason;
    }
  }
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
async function share(photo) {
  const blob = await coveredBlob(photo);
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
for (const type of ["dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (type === "drop" || !event.relatedTarget) document.body.classList.remove("dropping");
  });
}
document.addEventListener("drop", (event) => {
  event.preventDefault();
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
