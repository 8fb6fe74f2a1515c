// The page: choose photos, watch them being covered, mend what was missed, save. Without scripts the form does the job;
// with them the photos stay in the browser, and the server is asked where faces are and to draw the result.
// Here is only who listens to what.

import { Editor } from "./editor.js";
import { cancel, choose, chooseCover, chooseSample, dress, open, retry, shrink } from "./photos.js";
import { download, downloadAll, save, share } from "./saving.js";
import { state, subscribe, update } from "./state.js";
import { at, rowOf, show } from "./view.js";

const editor = new Editor({
  view: at("view"), stage: at("stage"), sheet: at("sheet"), turds: at("turds"), image: at("original"), loupe: at("loupe"),
}); // prettier-ignore
const input = at("photo");
const on = (id, action) => at(id).addEventListener("click", action);

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
on("sample", chooseSample);
on("cancel", cancel);
on("retry", retry);
on("shrink", shrink);
on("batch", ({ target }) => {
  const photo = state.photos[rowOf(target)];
  if (photo) open(photo);
});
on("add", () => {
  update({ original: false });
  editor.add();
});
for (const step of ["undo", "redo", "reset"]) {
  on(step, () => {
    state.current[step]();
    update({ selected: null, original: false, told: state.current.outcome });
  });
}
on("mend", () => {
  state.current.mend();
  update({ selected: null, original: false, told: state.current.outcome });
});
on("show", () => update({ original: !state.original }));
on("tools", ({ target }) => target.dataset.edit && editor.edit(target.dataset.edit));
at("strip").addEventListener("change", ({ target }) => {
  if (target.type === "file") chooseCover(target.files[0]);
  else dress(target.value);
});
on("download", () => save(at("download"), download));
on("share", () => save(at("share"), share));
on("download-all", () => save(at("download-all"), downloadAll));
on("anyway", () => {
  Object.assign(state.current, { anyway: true, agreed: state.current.faces });
  update();
  save(at("download"), at("download").hidden ? share : download);
});
on("stop", () => state.saving.ended.abort());

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
  if (!(event.ctrlKey || event.metaKey) || !state.current) return;
  const step = { z: event.shiftKey ? "redo" : "undo", Z: "redo", y: "redo" }[event.key];
  if (!step || at(step).disabled) return;
  event.preventDefault();
  at(step).click();
});

input.multiple = true;
document.body.classList.add("scripted");
update({ notice: at("notice").textContent }); // what the server said already
choose(input.files); // what was chosen before the scripts were there
