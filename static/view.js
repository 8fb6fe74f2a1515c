// From the state to the page: everything that is shown, but for the turds, which are the editor's.

import { megabytes, say, settings } from "./settings.js";
import { OWN, state } from "./state.js";

export const at = (id) => document.getElementById(id);

let begun = []; // the photos that the page is laid out for

/** The page as the state has it; `editor` draws the turds. */
export function show(editor) {
  const { current, photos } = state;
  const held = document.activeElement;
  showStrip();
  showNotice();
  if (!current) return;
  if (begun !== photos) layOut();
  showProgress();
  showPhoto();
  editor.draw();
  showButtons();
  showBatch();
  showStatus();
  keepFocus(held);
  if (begun !== photos) startOver();
  begun = photos;
}

/** From a page that asks for photos to one where they are worked on. */
function layOut() {
  at("result")?.remove();
  document.body.classList.add("working");
  document.querySelector(".another").hidden = false;
  at("strip-here").append(at("strip"));
  at("work").hidden = false;
}

/** Whoever chose photos is taken to where they are. */
function startOver() {
  at("file").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function showStrip() {
  const { current, emoji, ownPicture, selected } = state;
  at("own").hidden = !ownPicture;
  if (ownPicture) load(at("own").querySelector("img"), settings.covers[OWN].url);
  const dressed = current?.faces[selected];
  if (current) write("strip-for", say(dressed ? "forOne" : "forAll"));
  at("strip").querySelector(`[value="${dressed ? dressed.emoji : emoji}"]`).checked = true;
}

function showNotice() {
  const words = state.notice || (state.current?.failure?.message ?? "");
  at("notice").hidden = !words;
  write("notice", words); // and not again, or it would be read out again
}

function showProgress() {
  const { current, saving } = state;
  at("busy").hidden = current.state !== "busy";
  at("failed").hidden = !current.failure;
  at("retry").hidden = !current.failure?.retry;
  at("shrink").hidden = !current.failure?.shrink;
  at("controls").hidden = current.state !== "done";
  at("saving").hidden = !saving?.long;
  at("save").hidden = !at("saving").hidden;
  fill(at("busy").querySelector("progress"), current.percent);
  fill(at("saving").querySelector("progress"), saving?.percent);
}

function fill(bar, percent = null) {
  if (percent === null) bar.removeAttribute("value");
  else bar.value = percent;
}

function showPhoto() {
  const { current, original, unseen } = state;
  const count = current.faces.length;
  write("file", `${current.name}, ${megabytes(current.file.size)} MB`);
  load(at("original"), current.url);
  at("original").alt = count && !original ? say("alt", { count }) : say("altOriginal");
  at("stage").hidden = unseen;
  at("later").hidden = !unseen || current.state === "failed";
  at("turds").hidden = original;
  at("show").setAttribute("aria-pressed", original);
  write("show", say(original ? "showCovered" : "showOriginal"));
}

function showButtons() {
  const { current, selected } = state;
  at("undo").disabled = !current.canUndo;
  at("redo").disabled = !current.canRedo;
  at("reset").disabled = !current.canUndo;
  at("tools").hidden = selected === null;
  at("download").disabled = !current.canSave;
  at("share").disabled = !current.canSave;
  at("share").hidden = !canShare();
  at("download").hidden = canShare() && Boolean(navigator.standalone); // where iOS breaks downloads off
  at("anyway").hidden = current.faces.length > 0 || current.anyway;
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
  const working = photos.some(({ state }) => state === "waiting" || state === "busy");
  at("download-all").disabled = working || !photos.some(({ canSave }) => canSave);
  if (list.hidden) return;
  while (list.children.length < photos.length) list.append(row());
  while (list.children.length > photos.length) list.lastElementChild.remove();
  photos.forEach((photo, number) => {
    const [button] = list.children[number].children;
    const [thumbnail, name, outcome] = button.children;
    button.setAttribute("aria-current", photo === current);
    load(thumbnail, photo.url);
    name.textContent = photo.name;
    outcome.textContent = stateOf(photo);
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

/** The number of the photo in whose row of the list something is. */
export function rowOf(element) {
  return [...at("batch").children].findIndex((row) => row.contains(element));
}

function stateOf({ state, faces }) {
  if (state !== "done") return say({ waiting: "rowWaiting", busy: "rowBusy", failed: "rowFailed" }[state]);
  return faces.length ? say("rowFaces", { count: faces.length }) : say("rowNoFace");
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
  const without = count(({ state, faces }) => state === "done" && !faces.length);
  const failed = count(({ state }) => state === "failed");
  return [
    say("batch", { done, total: photos.length }),
    without && say("batchNoFace", { count: without }),
    failed && say("batchFailed", { count: failed }),
  ].filter(Boolean).join(" · ");
}

/** Who used a button that is gone or has nothing left to do finds the focus nearby, not at the top of the page. */
function keepFocus(held) {
  if (held === document.body || (held.isConnected && !held.disabled && held.getClientRects().length)) return;
  const next = [at("stop"), at("retry"), at("download"), at("add"), at("file")];
  next.find((element) => element.getClientRects().length && !element.disabled)?.focus({ preventScroll: true });
}

function write(id, words) {
  if (at(id).textContent !== words) at(id).textContent = words;
}

function load(image, url) {
  if (image.getAttribute("src") !== url) image.src = url;
}
