// From the state to the page: everything that is shown, but for the turds, which are the editor's.

import { bring } from "./fading.js";
import { choiceOf } from "./numbers.js";
import { megabytes, say, settings } from "./settings.js";
import { OWN, state } from "./state.js";

export const at = (id) => document.getElementById(id);

let begun = null; // the photos that the page is laid out for
let brought = null; // which cover was brought into sight, and where
let mended = null; // the number of the face that was selected last

/** The page as the state has it; `editor` draws the turds. */
export function show(editor) {
  const { current, photos } = state;
  const held = document.activeElement;
  if (Boolean(current) !== document.body.classList.contains("working")) layOut(Boolean(current));
  showStrip();
  showOptions();
  showNotice();
  showPutAway();
  showPeople();
  if (!current) {
    begun = null;
    return;
  }
  showProgress();
  showPhoto();
  editor.draw();
  showButtons();
  showBatch();
  showStatus();
  keepFocus(held);
  mended = state.selected ?? mended;
  if (begun !== photos) at("file").focus({ preventScroll: true }); // whoever chose photos is taken to where they are
  begun = photos;
}

/** From a page that asks for photos to one where they are worked on, or back. */
function layOut(working) {
  at("result")?.remove();
  document.body.classList.toggle("working", working);
  for (const part of ["strip", "search"]) at(`${part}-${working ? "here" : "home"}`).append(at(part));
  if (working) at("message").prepend(at("notice"));
  else at("notice-home").append(at("notice"));
  at("work").hidden = !working;
  scrollTo({ top: 0 });
  if (!working) at("photo").focus({ preventScroll: true });
}

function showStrip() {
  const { current, emoji, own, selected } = state;
  at("own").hidden = !own;
  if (own) load(at("own").querySelector("img"), settings.covers[OWN].url);
  const dressed = current?.faces[selected];
  write("strip-for", say(dressed ? "forOne" : current ? "forAll" : "forThose"));
  const input = at("strip").querySelector(`[value="${choiceOf(dressed?.emoji ?? current?.choice ?? emoji)}"]`);
  const where = `${input.value} ${Boolean(current)}`;
  input.checked = !dressed?.kept; // who is kept wears none
  if (input.checked && brought !== where) bring(input.parentElement, at("choices"), at("strip-here"));
  brought = where;
}

/** How the faces that are seen were found, or how others will be, and how they are covered and saved; browsers fill in what
 * was chosen before somebody left.
 */
function showOptions() {
  const { current, format, sensitivity } = state;
  at("sensitivity").value = current?.state === "done" ? current.sensitivity : sensitivity;
  at("size").value = settings.size;
  at("format").value = format;
}

function showNotice() {
  const words = state.notice || (state.current?.failure?.message ?? "");
  at("notice").hidden = !words;
  at("notice").classList.toggle("calm", isCalm(words));
  const isNew = at("notice").textContent !== words;
  write("notice", words); // and not again, or it would be read out again
  if (isNew && words && !state.current) at("notice").scrollIntoView({ block: "nearest" });
}

/** Whether nothing went wrong: red is for what did. */
function isCalm(words) {
  const calm = ["canceled", "busy", "nothingToPaste"].map((name) => say(name));
  return [...calm, say("tooMany", { count: settings.maxPhotos })].some((start) => words.startsWith(start));
}

/** What was put away for another, and can be had back: beside the message, or where photos are chosen. */
function showPutAway() {
  const { current, photos, putAway } = state;
  const list = at("put-away");
  list.hidden = Boolean(current) || !putAway.length;
  const isEdited = photos.some(({ canUndo }) => canUndo);
  const isNext = current && current.state !== "busy" && !isEdited && !isForNobody(current); // there is no room for more
  at("return").hidden = !putAway.length || !isNext;
  while (list.children.length > putAway.length) list.lastElementChild.remove();
  while (list.children.length < putAway.length) {
    list.append(Object.assign(document.createElement("button"), { type: "button", className: "quiet" }));
  }
  putAway.forEach(({ current: { name } }, number) => (list.children[number].textContent = say("bringBack", { name })));
}

/** Who is kept in all photos, where these are chosen. */
function showPeople() {
  const { people, keeping } = state;
  at("everyone").hidden = !people.length;
  at("but-me").checked = keeping;
  while (at("people").children.length > people.length) at("people").lastElementChild.remove();
  while (at("people").children.length < people.length) at("people").append(new Image(56, 56));
  people.forEach(({ url }, number) => {
    const picture = at("people").children[number];
    picture.alt = say("reference");
    load(picture, url);
  });
  const idle = !people.length || Boolean(state.current && !state.current.faces[state.selected]?.kept);
  const isKnown = people.every(({ remembered }) => remembered);
  for (const button of document.querySelectorAll(".remember-me")) button.hidden = idle || isKnown;
  for (const button of document.querySelectorAll(".forget-me")) button.hidden = idle;
}

function showProgress() {
  const { current, saving } = state;
  at("busy").hidden = current.state !== "busy";
  at("saving").hidden = !saving?.long;
  at("retry").hidden = !current.failure?.retry && !current.missed.length;
  at("shrink").hidden = !current.failure?.shrink;
  at("dock").setAttribute("aria-busy", current.state === "busy");
  fill(at("busy").querySelector("progress"), current.percent);
  fill(at("saving").querySelector("progress"), saving?.percent);
}

function fill(bar, percent = null) {
  if (percent === null) bar.removeAttribute("value");
  else bar.value = percent;
}

function showPhoto() {
  const { current, original, unseen } = state;
  const count = current.covers.length;
  write("file", `${current.name}, ${megabytes(current.file.size)} MB`);
  load(at("original"), current.url);
  at("original").alt = count && !original ? say("alt", { count }) : say("altOriginal");
  at("stage").hidden = unseen;
  at("later").hidden = !unseen || current.state === "failed";
  at("turds").hidden = original;
  write("show", say(original ? "showCovered" : "showOriginal"));
}

function showButtons() {
  const { current, saving, selected } = state;
  const done = current.state === "done";
  at("undo").disabled = !current.canUndo;
  at("redo").disabled = !current.canRedo;
  at("reset").disabled = !current.canUndo;
  at("add").disabled = !done;
  at("show").disabled = at("box").disabled = !done;
  at("box").setAttribute("aria-pressed", state.drawing);
  at("stage").classList.toggle("drawing", state.drawing);
  at("tools").hidden = selected === null;
  at("all").hidden = !at("tools").hidden;
  showTools(current.faces[selected]);
  at("identify").hidden = current.uncovered.length > 0 || !state.photos.some(({ unsure }) => unsure.length);
  at("download").disabled = !current.canSave || Boolean(saving?.long);
  at("share").disabled = at("copy").disabled = at("download").disabled;
  const own = current.choice === OWN;
  at("remember").hidden = !own || state.remembered;
  at("forget").hidden = !own || !state.remembered;
  at("copy").hidden = !(navigator.clipboard?.write && globalThis.ClipboardItem);
  at("share").hidden = !canShare();
  at("download").hidden = canShare() && Boolean(navigator.standalone); // where iOS breaks downloads off
  at("anyway").hidden = !isForNobody(current);
}

/** Whether nothing in it is covered, and nobody has said yet that this is right. */
function isForNobody({ state, faces, anyway }) {
  return state === "done" && !faces.length && !anyway;
}

/** What can be done with the selected face: a cover is mended, and who is kept is only covered again. */
function showTools(face) {
  for (const edit of at("tools").querySelectorAll("[data-edit]")) edit.hidden = Boolean(face?.kept);
  at("cover").hidden = !face?.kept;
  write("keys", say(face?.kept ? "keptKeys" : "keys"));
  at("keep").hidden = face?.shape === "box" || (face?.kept && !face.unsure);
  const isKnown = state.people.some(({ source }) => source && source === face?.box);
  at("keep-all").hidden = isKnown || face?.shape === "box" || Boolean(face?.unsure);
}

function canShare() {
  const probe = new File([""], "photo.jpg", { type: "image/jpeg" });
  return Boolean(navigator.canShare?.({ files: [probe] }));
}

function showBatch() {
  const { current, photos } = state;
  const list = at("batch");
  list.hidden = photos.length < 2;
  at("download-all").hidden = list.hidden;
  at("dock").classList.toggle("several", !list.hidden);
  const working = photos.some(({ state }) => state === "waiting" || state === "busy");
  at("download-all").disabled = working || Boolean(state.saving?.long) || !photos.some(({ canSave }) => canSave);
  for (const [id, end] of [["previous", photos[0]], ["next", photos.at(-1)]]) {
    at(id).hidden = list.hidden;
    at(id).disabled = current === end;
  }
  write("download", say(list.hidden ? "download" : "downloadThis"));
  if (list.hidden) return;
  while (list.children.length < photos.length) list.append(row());
  while (list.children.length > photos.length) list.lastElementChild.remove();
  photos.forEach((photo, number) => {
    const [button, nobody] = list.children[number].children;
    nobody.hidden = !isForNobody(photo);
    const [thumbnail, name, outcome] = button.children;
    button.setAttribute("aria-current", photo === current);
    load(thumbnail, photo.url);
    name.textContent = photo.name;
    outcome.textContent = stateOf(photo);
  });
}

function row() {
  const [item, button, nobody] = ["li", "button", "button"].map((name) => document.createElement(name));
  button.type = nobody.type = "button";
  Object.assign(nobody, { className: "nobody", textContent: say("nobody") });
  const thumbnail = Object.assign(document.createElement("img"), { alt: "" });
  for (const type of ["load", "error"]) {
    thumbnail.addEventListener(type, () => (thumbnail.style.visibility = type === "load" ? "" : "hidden"));
  }
  button.append(thumbnail, document.createElement("span"), document.createElement("span"));
  item.append(button, nobody);
  return item;
}

/** The number of the photo in whose row of the list something is. */
export function rowOf(element) {
  return [...at("batch").children].findIndex((row) => row.contains(element));
}

function stateOf({ state, faces, covers, kept, anyway, uncovered }) {
  if (state !== "done") return say({ waiting: "rowWaiting", busy: "rowBusy", failed: "rowFailed" }[state]);
  if (uncovered.length) return say("batchUncovered", { count: uncovered.length });
  if (kept.length) return say("rowKept", { count: covers.length, kept: kept.length });
  if (faces.length) return say("rowFaces", { count: faces.length });
  return say(anyway ? "rowNobody" : "rowNoFace");
}

/** The live region: what was told with how far several photos are, and which of the found faces show again. There is room
 * for one of them, and that a face shows counts for more: then all is read out, and only that is seen.
 */
function showStatus() {
  const { current, photos, told } = state;
  const count = current.uncovered.length;
  const bare = count ? say("uncovered", { count }) : "";
  write("status", [told, photos.length > 1 && batchSummary(photos), bare].filter(Boolean).join(" "));
  write("bare", bare);
  at("bare").hidden = at("mend").hidden = !count;
}

function batchSummary(photos) {
  const count = (test) => photos.filter(test).length;
  const done = count(({ state }) => state === "done");
  const without = count(isForNobody);
  const failed = count(({ state }) => state === "failed");
  const bare = photos.reduce((total, { uncovered }) => total + uncovered.length, 0);
  return [
    say("batch", { done, total: photos.length }),
    without && say("batchNoFace", { count: without }),
    failed && say("batchFailed", { count: failed }),
    bare && say("batchUncovered", { count: bare }),
  ].filter(Boolean).join(" · ");
}

/** Who used a button that is gone or has nothing left to do finds the focus nearby, not at the top of the page: on the
 * cover that it was for.
 */
function keepFocus(held) {
  if (held === document.body || isUsable(held)) return;
  const cover = at("tools").contains(held) ? [...at("turds").children].slice(mended, mended + 1) : [];
  const next = [...cover, at("stop"), at("retry"), at("download"), at("add"), at("file"), at("photo")];
  next.find(isUsable)?.focus({ preventScroll: true });
}

function isUsable(element) {
  return !element.disabled && element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
}

function write(id, words) {
  if (at(id).textContent !== words) at(id).textContent = words;
}

function load(image, url) {
  if (image.getAttribute("src") !== url) image.src = url;
}
