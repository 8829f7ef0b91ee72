/** Short words to the reader about something that did not work; each goes by itself. */

import { clone, find } from "../lib/dom.js";

const STAY_MS = 6000;

export function notify(text) {
  const notice = clone("notice-template");
  notice.textContent = text;
  find("#notices").append(notice);
  setTimeout(() => notice.remove(), STAY_MS);
}
