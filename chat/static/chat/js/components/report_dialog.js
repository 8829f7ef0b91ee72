/** Asks what is wrong with a message and tells the moderators. */

import { report } from "../lib/api.js";
import { find } from "../lib/dom.js";
import { notify } from "./notices.js";

export function reportDialog(dialog, { conversation }) {
  const reason = find("[name=reason]", dialog);
  let message = null;

  conversation.on("report", (wanted) => {
    message = wanted;
    reason.value = "";
    dialog.returnValue = "";
    dialog.showModal();
  });

  dialog.addEventListener("close", async () => {
    find(`[data-seq="${message.seq}"] article`)?.focus();
    if (dialog.returnValue !== "report") return;
    const told = await report(conversation.room, message.seq, reason.value).then(() => null, (error) => error);
    notify(told ? told.message : "Reported. What comes of it is in your settings, under Reports.");
  });
}
