/** Asks before a message is deleted; of another's message also why. */

import { find, slot } from "../lib/dom.js";
import { notify } from "./notices.js";

export function deleteDialog(dialog, { conversation }) {
  const reason = find("[name=reason]", dialog);
  let message = null;

  conversation.on("delete", (wanted) => {
    message = wanted;
    reason.value = "";
    const mine = conversation.isMine(wanted);
    for (const name of ["reason-field", "others"]) slot(dialog, name).hidden = mine;
    slot(dialog, "own").hidden = !mine;
    reason.required = !mine;
    dialog.returnValue = "";
    dialog.showModal();
  });

  dialog.addEventListener("close", async () => {
    // Whoever has gone on to writing before the browser tells of the closing stays there.
    if (!document.activeElement?.matches(".compose *")) focusNear(message.seq);
    if (dialog.returnValue !== "delete") return;
    await conversation.remove(message.seq, reason.value).catch((error) => notify(error.message));
  });
}

const focusNear = (seq) => find(`[data-seq="${seq}"] article`)?.focus();
