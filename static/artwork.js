// Somebody's own picture as a cover, which this browser remembers where it is asked to.

import { forget, recall, remember, watch } from "./memory.js";
import { dress } from "./photos.js";
import { asFailure, ask } from "./request.js";
import { say, settings } from "./settings.js";
import { OWN, state, update } from "./state.js";

const PICTURE = "picture"; // what memory.js calls it

let chosen = null; // the file that was chosen last

/** For the face that is selected now, or for all; the server tells where a face goes in it. */
export async function chooseCover(file) {
  if (!file) return;
  chosen = file;
  const { current, selected } = state;
  const face = current?.faces[selected];
  try {
    const { width, center, radii } = await ask(settings.fit, { picture: file });
    if (file !== chosen) return; // another was chosen meanwhile
    takeCover({ file, size: width, center, radii });
  } catch (error) {
    if (file === chosen) update({ notice: asFailure(error).message });
    return;
  }
  update({ notice: "" });
  const isSelected = current === state.current && selected === state.selected;
  const number = isSelected || !face ? selected : current.numberOf(face);
  if (number !== -1) dress(OWN, current, number); // or it was taken away meanwhile
}

function takeCover(own, remembered = false) {
  const { file, size, center, radii } = own;
  settings.covers[OWN] = { url: URL.createObjectURL(file), size, center, radii };
  update({ own, remembered });
}

/** The picture of before, if somebody wanted that. */
export async function recallCover() {
  const own = await recall(PICTURE);
  if (own && !state.own) takeCover(own, true);
  else update({ remembered: Boolean(own) && isSame(own.file, state.own.file) });
}

watch(PICTURE, recallCover);

function isSame(one, other) {
  return ["name", "size", "lastModified"].every((key) => one[key] === other[key]);
}

/** Remember one's own picture in this browser, or forget it there. */
export async function rememberCover(remembered) {
  const { own } = state;
  try {
    await (remembered ? remember(PICTURE, own) : forget(PICTURE));
    const isTrue = remembered && own === state.own; // or another was chosen meanwhile
    update({ remembered: isTrue, told: say(remembered ? "remembered" : "forgotten"), notice: "" });
  } catch {
    update({ notice: say(remembered ? "cannotRemember" : "cannotForget") });
  }
}
