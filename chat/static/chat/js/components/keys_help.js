/** Lists the keys; here single letters can be turned off, for who dictates or presses them by accident. */

import { slot } from "../lib/dom.js";
import { isWriting, singleKeys } from "../lib/keys.js";

export function keysHelp(dialog, { chat }) {
  const single = slot(dialog, "single");
  single.checked = singleKeys.on;

  function open() {
    if (!document.querySelector("dialog[open]")) dialog.showModal();
  }

  chat.on("open-keys", open);
  single.addEventListener("change", () => (singleKeys.on = single.checked));
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && singleKeys.on && !isWriting(event)) open();
  });
}
