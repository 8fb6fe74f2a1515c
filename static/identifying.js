// Before a face is saved uncovered that was only recognized: somebody is asked whether it is who it seems to be.

import { portrait } from "./crops.js";
import { say } from "./settings.js";
import { state, update } from "./state.js";

const dialog = document.getElementById("you");
const list = document.getElementById("you-list");

/** Whether everybody who is kept in the photos was confirmed or is covered now; asks about whoever wasn't. */
export async function identified(photos) {
  const asked = photos.flatMap((photo) => photo.unsure.map((face) => ({ photo, face })));
  if (!asked.length) return true;
  const rows = await Promise.all(asked.map(row));
  list.replaceChildren(...rows.map(({ element }) => element));
  document.getElementById("you-all").hidden = rows.length < 2;
  let open = rows.length;
  const settle = (number, kept) => {
    const { photo, face } = asked[number];
    photo.settle(photo.faces.filter(({ box, unsure }) => unsure && box === face.box), kept);
    update({ selected: null, told: state.current.outcome });
  };
  return new Promise((resolve) => {
    dialog.onclick = ({ target }) => {
      const { value } = target.closest("button") ?? {};
      if (value === "later") dialog.close();
      if (!["yes", "no", "all"].includes(value)) return;
      const meant = rows.filter(({ element }) => element.isConnected && (value === "all" || element.contains(target)));
      for (const { element, number } of meant) {
        settle(number, value !== "no");
        element.remove();
        open -= 1;
      }
      if (open) list.querySelector("button").focus();
      else dialog.close();
    };
    dialog.addEventListener("close", () => resolve(!open && identified(photos)), { once: true });
    dialog.showModal();
  });
}

/** The face beside the pictures of whom it might be, and what to say of it. */
async function row({ photo, face }, number) {
  const canvas = await portrait(photo, face);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("faceIn", photo));
  const references = face.like.map(({ url }) => Object.assign(new Image(), { src: url, alt: say("reference") }));
  const pictures = document.createElement("div");
  pictures.className = "pictures";
  pictures.append(canvas, ...references);
  const element = document.createElement("li");
  const name = Object.assign(document.createElement("p"), { id: `you-${number}`, textContent: photo.name });
  const answers = ["yes", "no"].map((value) => {
    const button = Object.assign(document.createElement("button"), { type: "button", value, className: "quiet" });
    button.textContent = say(value);
    button.setAttribute("aria-describedby", name.id);
    return button;
  });
  const choice = document.createElement("div");
  choice.append(...answers);
  element.append(name, pictures, choice);
  return { element, number };
}
