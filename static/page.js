// The page: choose photos, watch them being covered, mend what was missed, save. Without scripts the form does the job;
// with them the photos stay in the browser, and the server is asked where faces are and to draw the result.
// Here is only who listens to what.

import { chooseCover, recallCover, rememberCover } from "./artwork.js";
import { addBoxInMiddle, drawBoxes } from "./boxing.js";
import { Editor } from "./editor.js";
import { fading } from "./fading.js";
import { identified } from "./identifying.js";
import { keepEverywhere, keepHere, seekAgain } from "./keeping.js";
import { forgetPeople, recallPeople, rememberPeople } from "./people.js";
import {
  accept, bringBack, cancel, choose, chooseSample, close, dress, open, paste, resize, retry, search, shrink, turnTo,
} from "./photos.js";
import { paged } from "./paging.js";
import { expectShared, sharedFiles } from "./receiving.js";
import { copy, download, downloadAll, save, share } from "./saving.js";
import { say } from "./settings.js";
import { state, subscribe, update } from "./state.js";
import { swiped } from "./swipe.js";
import { at, rowOf, show } from "./view.js";

const editor = new Editor({
  view: at("view"), stage: at("stage"), sheet: at("sheet"), turds: at("turds"), image: at("original"), loupe: at("loupe"),
}); // prettier-ignore
const input = at("photo");
const on = (id, action) => at(id).addEventListener("click", action);
const asked = () => document.querySelector("dialog[open]"); // while it is, what it is about stays

subscribe(() => show(editor));

for (const element of [input, at("camera")]) {
  element.addEventListener("change", () => {
    choose(element.files);
    element.value = ""; // so that the same photo can be chosen again
  });
}
// What the browser can't show, HEIC mostly, comes back from the server as a JPEG.
for (const type of ["load", "error"]) {
  at("original").addEventListener(type, () => update({ unseen: type === "error" }));
}
at("slide")?.addEventListener("input", ({ target }) => at("compare").style.setProperty("--cut", `${target.value}%`));
on("sample", chooseSample);
on("cancel", cancel);
on("retry", () => {
  seekAgain();
  retry();
});
on("shrink", shrink);
on("another", () => input.click());
on("return", () => bringBack());
on("put-away", ({ target }) => target.matches("button") && bringBack([...at("put-away").children].indexOf(target)));
on("batch", ({ target }) => {
  const photo = state.photos[rowOf(target)];
  if (target.closest(".nobody")) accept(photo);
  else if (photo) open(photo);
});
on("previous", () => turnTo(-1));
on("next", () => turnTo(1));
swiped(document.querySelector(".view"), turnTo);
on("add", () => {
  update({ original: false });
  editor.add();
});
// A key can't drag.
on("box", ({ detail }) => {
  if (detail) update({ drawing: !state.drawing, original: false, selected: null, told: say("drawBox") });
  else addBoxInMiddle();
});
drawBoxes(at("stage"), at("turds"), at("frame"));
for (const step of ["undo", "redo", "reset", "mend"]) {
  on(step, () => {
    state.current[step]();
    const { choice, sensitivity } = state.current;
    update({ emoji: choice ?? state.emoji, sensitivity, selected: null, original: false, told: state.current.outcome });
  });
}
on("show", () => update({ original: !state.original }));
on("done", () => update({ selected: null }));
on("tools", ({ target }) => target.dataset.edit && editor.edit(target.dataset.edit));
paged(at("choices"), at("covers-back"), at("covers-on"));
fading(["tools", "all", "choices", "strip-here"].map(at));
on("keep", () => keepHere(true));
on("keep-all", keepEverywhere);
on("cover", () => keepHere(false));
on("identify", async () => {
  await identified(state.photos);
  if (at("identify").hidden) at("download").focus({ preventScroll: true });
});
at("but-me").addEventListener("change", ({ target }) => update({ keeping: target.checked }));
for (const [name, action] of [[".remember-me", rememberPeople], [".forget-me", forgetPeople]]) {
  for (const button of document.querySelectorAll(name)) button.addEventListener("click", action);
}
// A click, as one on what is chosen already means something too; keys click as well.
on("strip", ({ target }) => target.type === "radio" && dress(target.value));
at("picture").addEventListener("change", ({ target }) => {
  chooseCover(target.files[0]);
  target.value = "";
});
on("download", () => save(at("download"), download));
on("remember", () => rememberCover(true));
on("forget", () => rememberCover(false));
on("copy", () => save(at("copy"), copy));
at("size").addEventListener("input", ({ target }) => resize(Number(target.value)));
at("sensitivity").addEventListener("change", ({ target }) => search(target.value));
at("format").addEventListener("change", ({ target }) => update({ format: target.value }));
on("share", () => save(at("share"), share));
on("download-all", () => save(at("download-all"), downloadAll));
on("anyway", () => {
  state.current.agree();
  accept(state.current);
  save(at("download"), at("download").hidden ? share : download);
});
on("stop", () => state.saving.ended.abort());

at("paste").hidden = !navigator.clipboard?.read;
on("paste", paste);
document.addEventListener("paste", ({ clipboardData }) => asked() || choose(clipboardData.files));
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
  if (!asked()) choose(event.dataTransfer.files);
});
document.addEventListener("keydown", (event) => {
  if (asked()) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && (event.target === document.body || event.target.closest(".head"))) turnTo(step);
  if (state.selected !== null && event.target.matches("body, .dock button")) editor.typed(event);
  if (event.key === "Escape" && (state.selected !== null || state.drawing)) update({ selected: null, drawing: false });
  if (!(event.ctrlKey || event.metaKey) || !state.current) return;
  const change = { z: event.shiftKey ? "redo" : "undo", Z: "redo", y: "redo" }[event.key];
  if (!change || at(change).disabled) return;
  event.preventDefault();
  at(change).click();
});

// Back closes the photos, and not the site; what was done to them isn't lost without a word.
subscribe(() => state.current && !history.state?.working && history.pushState({ working: true }, ""));
addEventListener("popstate", () => {
  asked()?.close();
  if (state.current) close();
  else if (history.state?.working && state.putAway.length) bringBack();
});
document.querySelector(".home").addEventListener("click", (event) => {
  if (!state.current) return;
  event.preventDefault();
  history.back();
});
addEventListener("beforeunload", (event) => {
  const photos = [...state.photos, ...state.putAway.flatMap((those) => those.photos)];
  if (state.saving || photos.some((photo) => photo.isEdited)) event.preventDefault();
});

input.multiple = true;
update({ notice: at("notice").textContent }); // what the server said already
expectShared();
recallCover();
recallPeople();
const shared = await sharedFiles();
const waiting = [...input.files, ...(shared ?? [])]; // what was chosen before the scripts were there
history.replaceState(null, "", location.pathname); // after a reload nothing is being worked on
if (!shared) update({ notice: say("sharedLost") });
choose(waiting);
