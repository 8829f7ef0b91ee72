/** Asks a moderator what is to be done about somebody in the room, for how long and why, and does it. */

import { moderate } from "../lib/api.js";
import { find, slot } from "../lib/dom.js";
import { notify } from "./notices.js";

export function sanctionDialog(dialog, { conversation }) {
  const form = find("form", dialog);
  const forever = find("option[value='']", form);
  let person = null;

  /** Neither is anybody removed for a while, nor are messages of all times removed at once. */
  function fit() {
    const { value } = form.elements.act;
    slot(form, "hours-field").hidden = value === "kick";
    forever.hidden = forever.disabled = value === "messages";
    if (forever.disabled && !form.elements.hours.value) form.elements.hours.value = "24";
  }

  conversation.on("sanction", (wanted) => {
    person = wanted.author ?? wanted;
    form.reset();
    fit();
    slot(dialog, "name").textContent = person.display_name;
    dialog.returnValue = "";
    dialog.showModal();
  });

  form.addEventListener("change", fit);
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "do") return;
    const chosen = Object.fromEntries(new FormData(form));
    await moderate(conversation.room, person.username, chosen).catch((error) => notify(error.message));
  });
}
