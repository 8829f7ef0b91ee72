/** A message with its replies beside the conversation; closing it leads back to the message. */

import { arrangeChildren, clone, find, slot } from "../lib/dom.js";
import { fill } from "./message_view.js";
import { notify } from "./notices.js";

export function threadPanel(section, { chat, conversation }) {
  const { thread } = conversation;
  const list = slot(section, "thread");
  const drawer = find(`[aria-controls="${section.parentElement.id}"]`);
  const answer = find("[data-answer]", section);
  const elements = new Map();

  function draw() {
    section.hidden = thread.of === null;
    const shown = thread.messages.map((message) => {
      if (!elements.has(message.seq)) elements.set(message.seq, clone("message-template"));
      return fill(elements.get(message.seq), { message, first: true }, chat.me);
    });
    arrangeChildren(list, shown);
    slot(section, "earlier").hidden = !thread.hasEarlier;
    if (answer) answer.disabled = !shown.length;
  }

  const isDrawn = () => drawer.getAttribute("aria-expanded") === "true";

  async function open(message) {
    elements.clear();
    const opened = thread.open(message).catch((error) => (close(), notify(error.message)));
    if (drawer.checkVisibility() && !isDrawn()) drawer.click();
    section.parentElement.scrollTop = 0;
    find("[data-close]", section).focus();
    await opened;
  }

  function close() {
    const { of } = thread;
    thread.close();
    const article = find(`main [data-seq="${of}"] article`);
    if (article) article.focus();
    else conversation.emit("write");
  }

  thread.on("change", draw);
  conversation.on("thread", open);
  find("[data-close]", section).addEventListener("click", close);
  answer?.addEventListener("click", () => {
    if (isDrawn()) drawer.click();
    conversation.emit("reply", thread.messages[0]);
  });
}
