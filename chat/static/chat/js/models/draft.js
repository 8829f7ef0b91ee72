/** What the reader is writing in one room: a new message, an answer to one, or another text for an own one. */

import { Emitter } from "../lib/emitter.js";

export class Draft extends Emitter {
  text;
  /** "new", "reply" or "edit"; the latter two are about `target`. */
  intent = "new";
  target = null;
  #aside = "";
  #conversation;
  #shelf;

  /** `shelf` keeps the text of a new message over reloads; `typed` was written before the script came. */
  constructor({ conversation, shelf, typed = "" }) {
    super();
    this.#conversation = conversation;
    this.#shelf = shelf;
    const kept = shelf.get(conversation.room) ?? "";
    this.text = typed === kept ? kept : [kept, typed].filter(Boolean).join("\n");
    if (this.text !== kept) shelf.set(conversation.room, this.text);
  }

  write(text) {
    this.text = text;
    if (this.intent !== "edit") this.#shelf.set(this.#conversation.room, text);
    if (text.trim()) this.#conversation.typing.press();
  }

  reply(message) {
    this.cancel();
    this.#begin("reply", message, this.text);
  }

  edit(message) {
    this.cancel();
    this.#aside = this.text;
    this.#begin("edit", message, message.body);
  }

  editLast() {
    const last = this.#conversation.lastOwn();
    if (last) this.edit(last);
    return Boolean(last);
  }

  /** Back to a new message, with what was written before an edit began. */
  cancel() {
    const text = this.intent === "edit" ? this.#aside : this.text;
    this.#begin("new", null, text);
  }

  /** Sends it; an edit that the server refuses comes back to be mended. */
  async submit() {
    const { intent, target } = this;
    const text = this.text.trim();
    if (!text) return;
    if (intent === "edit") {
      this.cancel();
      if (text !== target.body) await this.#change(target, text);
      return;
    }
    this.#shelf.delete(this.#conversation.room);
    this.#begin("new", null, "");
    this.#conversation.send(text, target?.seq ?? null);
  }

  async #change(target, text) {
    try {
      await this.#conversation.edit(target.seq, text);
    } catch (error) {
      this.edit(target);
      this.text = text;
      this.emit("change");
      this.emit("refused", error);
    }
  }

  #begin(intent, target, text) {
    Object.assign(this, { intent, target, text });
    this.emit("change");
  }
}
