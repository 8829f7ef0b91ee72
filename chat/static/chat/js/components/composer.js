/** Where one writes: Enter sends, Shift+Enter breaks, Up in an empty field edits the last message, Escape leaves. */

import { find, fillSlot, slot } from "../lib/dom.js";
import { closing } from "../models/closing.js";
import { Shelf } from "../lib/storage.js";
import { Draft } from "../models/draft.js";
import { insertText } from "./insert_text.js";
import { notify } from "./notices.js";

const TITLES = { new: "", reply: "Answering ", edit: "Editing your message" };
const LONGEST = 8000;

export function composer(form, { chat, conversation }) {
  // Sent before this script came: the page is about to go (early.js).
  if ("sent" in form.dataset) return;
  const field = find("textarea", form);
  const shelf = new Shelf(`draft.${chat.me.username}`);
  const draft = new Draft({ conversation, shelf, typed: field.value });
  const touch = matchMedia("(pointer: coarse)");

  function show() {
    if (field.value !== draft.text) field.value = draft.text;
    form.classList.toggle("is-editing", draft.intent === "edit");
    const about = draft.intent === "reply" ? draft.target.author.display_name : "";
    slot(form, "mode").hidden = draft.intent === "new";
    fillSlot(form, "mode-title", TITLES[draft.intent] + about);
    fit();
  }

  /** The field grows with its text; too long a text is said, never cut. */
  function fit() {
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight}px`;
    const excess = [...field.value].length - LONGEST;
    fillSlot(form, "excess", excess > 0 ? `${excess} characters too many` : "");
    find(".send", form).disabled = excess > 0 || !field.value.trim() || conversation.pause.holds(draft.intent);
  }

  function send() {
    if (find(".send", form).disabled) return;
    draft.submit();
    field.focus();
  }

  function pressed(event) {
    if (event.isComposing) return;
    const sends = event.key === "Enter" && !event.shiftKey && (!touch.matches || event.ctrlKey || event.metaKey);
    if (sends) send();
    else if (event.key === "Escape" && draft.intent !== "new") draft.cancel();
    else if (!(event.key === "ArrowUp" && !field.value && draft.editLast())) return;
    event.preventDefault();
  }

  function begin(write) {
    write();
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function pickEmoji({ currentTarget: anchor }) {
    let picked = false;
    conversation.emit("pick-emoji", {
      anchor, choose: (emoji) => ((picked = true), insertText(field, emoji)), closed: () => picked || anchor.focus(),
    });
  }

  draft.on("change", show).on("refused", (error) => notify(error.message));
  conversation.pause.on("change", fit);
  conversation.on("edit", (message) => begin(() => draft.edit(message)));
  conversation.on("reply", (message) => begin(() => draft.reply(message)));
  conversation.on("write", () => field.focus());
  conversation.on("refused", (error) => lock(form, error.message));
  conversation.on("room", (room) => keep(form, closing(room, conversation.may)));
  field.addEventListener("input", () => (draft.write(field.value), fit()));
  field.addEventListener("keydown", pressed);
  form.addEventListener("submit", (event) => (event.preventDefault(), send()));
  find("[data-cancel]", form).addEventListener("click", () => begin(() => draft.cancel()));
  slot(form, "pick").addEventListener("click", pickEmoji);
  // From here on the draft is kept by the script, and not by the browser too.
  field.autocomplete = "off";
  show();
  if (!touch.matches) field.focus({ preventScroll: true });
}

function lock(form, reason) {
  find("fieldset", form).disabled = true;
  find("textarea", form).placeholder = reason;
}

/** Locked while the room is closed for this reason, and open again without one. */
function keep(form, reason) {
  const field = find("textarea", form);
  form.dataset.invitation ??= field.placeholder;
  lock(form, reason || form.dataset.invitation);
  find("fieldset", form).disabled = Boolean(reason);
}
