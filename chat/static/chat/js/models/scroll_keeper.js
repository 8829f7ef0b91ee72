/**
 * Keeps the reader's place while messages come and go.
 *
 * The scroller lays out from its end (column-reverse), so it opens at the newest message and stays there before any
 * script runs; its scrollTop is 0 at the end and negative above. Emits "move" {atEnd, nearStart, nearEnd}.
 */

import { Emitter } from "../lib/emitter.js";

const END_PX = 60;
const NEAR_PX = 800;
const EDGE_PX = 8;

export class ScrollKeeper extends Emitter {
  #scroller;
  #list;

  /** `list` holds, inside `scroller`, the articles whose places matter. */
  constructor(scroller, list) {
    super();
    this.#scroller = scroller;
    this.#list = list;
    scroller.addEventListener("scroll", () => this.emit("move", this.place), { passive: true });
  }

  get place() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const below = -scrollTop;
    const above = scrollHeight - clientHeight - below;
    return { atEnd: below < END_PX, nearStart: above < NEAR_PX, nearEnd: below < NEAR_PX };
  }

  /** What is drawn at the upper edge. */
  get topmost() {
    const { left, top, width } = this.#scroller.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + EDGE_PX);
  }

  toEnd() {
    this.#scroller.scrollTop = 0;
  }

  /** Shows an element in the upper third. */
  show(element) {
    const top = element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += top - this.#scroller.clientHeight / 3;
  }

  /** Runs `change`; with `follow` the end stays in view, otherwise what the reader looks at stays where it is. */
  keep(change, follow) {
    const stays = follow ? null : this.#anchor();
    const before = stays?.getBoundingClientRect().top;
    change();
    if (follow) this.toEnd();
    else if (stays?.isConnected) this.#scroller.scrollTop += stays.getBoundingClientRect().top - before;
    this.emit("move", this.place);
  }

  /** The message in the middle of the view: the outer ones gain and lose headings when neighbours come. */
  #anchor() {
    const { top, height } = this.#scroller.getBoundingClientRect();
    const articles = [...this.#list.querySelectorAll("article")];
    return articles.find((article) => article.getBoundingClientRect().bottom > top + height / 2) ?? articles.at(-1);
  }
}
