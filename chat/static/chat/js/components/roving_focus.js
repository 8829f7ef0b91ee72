/** Tab enters the messages once, at the newest or where one was; the arrows walk, Home and End leap. */

import { closest, find, findAll } from "../lib/dom.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export function rovingFocus(list) {
  let current = null;

  function enter(article) {
    current?.setAttribute("tabindex", "-1");
    article?.setAttribute("tabindex", "0");
    current = article;
  }

  function walk(event) {
    const step = STEPS[event.key];
    if (step === undefined || document.activeElement !== current) return;
    const articles = findAll("article", list);
    const index = Math.min(Math.max(articles.indexOf(current) + step, 0), articles.length - 1);
    articles[index].focus();
    event.preventDefault();
  }

  const newest = () => find("[data-key]:last-child article", list);

  list.addEventListener("focusin", (event) => enter(closest(event, "article")));
  list.addEventListener("focusout", ({ relatedTarget }) => list.contains(relatedTarget) || enter(newest()));
  list.addEventListener("keydown", walk);
  const mended = () => (current?.isConnected && list.contains(document.activeElement)) || enter(newest());
  new MutationObserver(mended).observe(list, { childList: true });
  enter(newest());
}
