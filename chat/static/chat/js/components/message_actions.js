/** One bar of actions for all messages; it stands in the message that is pointed at, focused or tapped. */

import { closest, find, findAll } from "../lib/dom.js";
import { notify } from "./notices.js";

export function messageActions(bar, { conversation }) {
  const list = find("[data-slot=entries]");
  const emoji = find("[data-emoji-row]", bar);
  const opener = find("[data-act=react]", bar);
  let current = null;

  const messageIn = (entry) => conversation.store.get(Number(entry?.dataset.seq)) ?? null;

  function place(event) {
    const entry = closest(event, "[data-key]");
    const message = messageIn(entry);
    const same = message === current && (!message || entry.contains(bar));
    if (same || !emoji.hidden) return;
    if (!message || (message.deleted && !conversation.offers("restore", message))) return void hide();
    current = message;
    for (const act of ["reply", "thread", "edit", "delete", "pin", "sanction", "admin", "restore", "report"]) {
      find(`[data-act=${act}]`, bar).hidden = !conversation.offers(act, message);
    }
    opener.hidden = !conversation.offers("pick", message);
    fillPin(find("[data-act=pin]", bar), message);
    find("[data-slot=article]", entry).append(bar);
    bar.hidden = false;
  }

  function hide() {
    current = null;
    openEmoji(false);
    bar.hidden = true;
  }

  function openEmoji(open) {
    emoji.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) findAll("button", emoji)[0].focus();
  }

  function chosen(event) {
    const act = closest(event, "[data-act]")?.dataset.act;
    const message = current && conversation.store.get(current.seq);
    if (!act || !message) return;
    if (act === "react") return void openEmoji(emoji.hidden);
    hide();
    conversation.emit(act, message);
  }

  /** Any emoji; afterwards one is back at the message. */
  function pick(message) {
    const article = find(`[data-seq="${message.seq}"] article`, list);
    conversation.emit("pick-emoji", {
      anchor: article, choose: (chosen) => toggle(message, chosen), closed: () => article.focus({ preventScroll: true }),
    });
  }

  const toggle = (message, chosen) =>
    conversation.toggle(message, chosen).catch((error) => notify(error.message));

  function reacted(event) {
    const message = messageIn(closest(event, "[data-key]"));
    if (closest(event, ".replies")) return void conversation.emit("thread", message);
    const button = closest(event, "[data-emoji]");
    if (!button) return;
    if (bar.contains(button)) {
      closest(event, "article").focus();
      hide();
    }
    toggle(message, button.dataset.emoji);
  }

  conversation.on("pick", pick);
  for (const name of ["pointerover", "focusin", "click"]) list.addEventListener(name, place);
  list.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && emoji.hidden && hide());
  bar.addEventListener("click", chosen);
  list.addEventListener("click", reacted);
  document.addEventListener("pointerdown", (event) => bar.contains(event.target) || (emoji.hidden ? null : hide()));
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || emoji.hidden) return;
    openEmoji(false);
    opener.focus();
  });
}

function fillPin(button, { pinned }) {
  button.setAttribute("aria-pressed", String(pinned));
  button.title = pinned ? "Take the pin off" : "Pin";
}
