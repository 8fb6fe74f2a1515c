// Before a face that was found is saved uncovered: somebody is asked, and may have it covered again.

import { say } from "./settings.js";
import { update } from "./state.js";

const dialog = document.getElementById("sure");

// The second click of two is one that was begun before this was asked.
dialog.addEventListener("click", ({ target, detail }) => {
  if (detail < 2 && target.matches("button")) dialog.close(target.value);
});

/** Whether the photos may be saved as they are. Each is asked about once, until it is changed or more of it shows. */
export async function agreed(photos) {
  const shown = photos.filter((photo) => photo.canSave && !photo.isAgreed);
  if (!shown.length) return true;
  const count = shown.reduce((total, { uncovered }) => total + uncovered.length, 0);
  document.getElementById("sure-why").textContent = say("uncovered", { count });
  const answer = await asked();
  if (answer === "anyway") for (const photo of shown) photo.agree();
  if (answer === "mend") {
    for (const photo of shown) photo.mend();
    update({ selected: null, told: say("coveredAgain", { count }) });
  }
  return answer === "anyway";
}

/** The value of the button that ends the dialog; none for Escape. */
function asked() {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
