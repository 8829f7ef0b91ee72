/** What single keys share: where they are letters, and whether they act at all. */

import { Shelf } from "./storage.js";

const FIELDS = "input, textarea, select, [contenteditable]";
const shelf = new Shelf("keys");

/** Whether a key pressed here is text, or meant for the browser. */
export const isWriting = ({ target, ctrlKey, metaKey, altKey, isComposing }) =>
  ctrlKey || metaKey || altKey || isComposing || Boolean(target.closest?.(FIELDS));

/** The reader's choice, kept in this browser. */
export const singleKeys = {
  get on() {
    return shelf.get("single") ?? true;
  },
  set on(wanted) {
    shelf.set("single", wanted);
  },
};
