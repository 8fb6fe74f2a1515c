// Before a face is saved uncovered that was only recognized: somebody is asked whether it is who it seems to be.

import { portrait } from "./crops.js";
import { asFailure } from "./request.js";
import { say } from "./settings.js";
import { state, subscribe, update } from "./state.js";

const dialog = document.getElementById("you");
const list = document.getElementById("you-list");

let open = null; // while it is asked: what to settle, {photo, face} by the row of the list that shows it

// One press answers once: what a double click or a held key finds below it was not asked yet.
dialog.addEventListener("click", ({ target, detail }) => {
  const { value } = (detail < 2 && target.closest("button")) || {};
  if (value === "later") dialog.close();
  else if (value === "all") settle([...open.keys()], true);
  else if (value) settle([target.closest("li")], value === "yes");
});

// Whoever was forgotten in another tab is nobody to ask about.
subscribe(() => {
  const isKnown = ({ face }) => face.like.some((person) => state.people.includes(person));
  if (dialog.open && ![...open.values()].every(isKnown)) dialog.close();
});

dialog.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());

/** Whether everybody who is kept in the photos was confirmed or is covered now; asks about whoever wasn't. */
export async function identified(photos) {
  const asked = photos.flatMap((photo) => photo.unsure.map((face) => ({ photo, face })));
  if (!asked.length) return true;
  if (open) return false;
  open = new Map();
  let failure = null;
  try {
    for (const who of asked) open.set(await row(who, open.size), who); // one by one: a photo takes much memory
  } catch (error) {
    failure = asFailure(error);
  }
  const isLeft = photos.some((photo) => !state.photos.includes(photo)); // others were chosen meanwhile
  const isOld = !asked.every(({ photo, face }) => photo.unsure.includes(face)); // or it is no question any more
  if (failure || isLeft || isOld) {
    open = null;
    if (failure && !isLeft) update({ notice: failure.message });
    return !failure && !isLeft && identified(photos);
  }
  list.replaceChildren(...open.keys());
  document.getElementById("you-all").hidden = asked.length < 2;
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const isAnswered = !open.size;
  open = null;
  list.replaceChildren(); // nobody's picture is left
  return isAnswered && identified(photos); // more may have been recognized meanwhile
}

function settle(rows, kept) {
  for (const row of rows) {
    const { photo, face } = open.get(row);
    photo.settle(photo.unsure.filter(({ box }) => box === face.box), kept);
    open.delete(row);
    row.remove();
  }
  update({ selected: null, told: state.current.outcome });
  if (open.size) list.querySelector("button").focus();
  else dialog.close();
}

/** The face beside the pictures of whom it might be, and the answers. */
async function row({ photo, face }, number) {
  const name = Object.assign(document.createElement("p"), { id: `you-${number}`, textContent: photo.name });
  const [element, pictures, answers] = ["li", "div", "div"].map((tag) => document.createElement(tag));
  const canvas = await portrait(photo, face);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("faceIn", photo));
  pictures.className = "pictures";
  pictures.append(canvas, ...face.like.map(({ url }) => Object.assign(new Image(), { src: url, alt: say("reference") })));
  for (const value of ["yes", "no"]) {
    const button = Object.assign(document.createElement("button"), { type: "button", value, className: "quiet" });
    button.textContent = say(value);
    button.setAttribute("aria-describedby", name.id);
    answers.append(button);
  }
  element.append(name, pictures, answers);
  return element;
}
