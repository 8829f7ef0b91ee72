/** What one does to a message without further questions: copy its link, pin it, mark unread from it. */

import { copyText } from "../lib/clipboard.js";
import { notify } from "./notices.js";

export function messageCommands(_, { conversation }) {
  const attempt = (act) => act.catch((error) => notify(error.message));

  conversation.on("pin", ({ seq, pinned }) => attempt(conversation.setPinned(seq, !pinned)));
  conversation.on("unread", (message) => attempt(conversation.markUnread(message)));
  conversation.on("copy", async ({ room, seq }) => {
    const copied = await copyText(new URL(`/rooms/${room}/${seq}/`, location.origin).href);
    notify(copied ? "Link copied." : "This browser does not let the page copy.");
  });
}
