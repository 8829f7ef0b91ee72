/** What one does to a message without further questions: copy its link, pin it, mark unread, see it in the admin. */

import { restore } from "../lib/api.js";
import { copyText } from "../lib/clipboard.js";
import { notify } from "./notices.js";

export function messageCommands(_, { conversation }) {
  const attempt = (act) => act.catch((error) => notify(error.message));

  conversation.on("pin", ({ seq, pinned }) => attempt(conversation.setPinned(seq, !pinned)));
  conversation.on("unread", (message) => attempt(conversation.markUnread(message)));
  conversation.on("told", notify);
  conversation.on("restore", ({ room, seq }) => attempt(restore(room, seq)));
  conversation.on("admin", ({ room, seq }) => location.assign(`${conversation.may.admin}at/${room}/${seq}/`));
  conversation.on("copy", async ({ room, seq }) => {
    const copied = await copyText(new URL(`/rooms/${room}/${seq}/`, location.origin).href);
    notify(copied ? "Link copied." : "This browser does not let the page copy.");
  });
}
