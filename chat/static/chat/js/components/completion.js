/** Offers people and emoji while one writes "@be" or ":wav"; the arrows choose, Enter and Tab take, Escape declines. */

import { people } from "../lib/api.js";
import { clone, closest, fillSlot, find, slot } from "../lib/dom.js";
import { drawFace } from "../lib/people.js";
import { choicesFor, named, wordAt } from "../models/completion.js";
import { insertText } from "./insert_text.js";

const ASK_AFTER_MS = 200;

export function completion(box, { conversation }) {
  const field = find("textarea", box);
  const list = slot(box, "choices");
  const asked = new Map();
  let word = null;
  let choices = [];
  let at = 0;
  let timer = null;

  function look() {
    word = field.selectionStart === field.selectionEnd ? wordAt(field.value, field.selectionStart) : null;
    const emoji = named(word);
    if (emoji) return void take({ text: emoji });
    choices = word && word.kind !== "named" ? choicesFor(word, known()) : [];
    at = 0;
    draw();
    if (word?.kind === "person") askServer(word.text);
  }

  /** Those of the room first; anybody can be called in an open room. */
  function known() {
    const { members, presence, store } = conversation;
    const here = [...[...members.values()].map(({ person }) => person), ...presence.people];
    const all = [...here, ...store.messages.map(({ author }) => author), ...[...asked.values()].flat()];
    return [...new Map(all.map((person) => [person.username, person])).values()];
  }

  function askServer(text) {
    clearTimeout(timer);
    if (conversation.summary.kind !== "open" || text.length < 2 || asked.has(text)) return;
    timer = setTimeout(async () => {
      asked.set(text, await people(text));
      if (word?.text === text) look();
    }, ASK_AFTER_MS);
  }

  function draw() {
    list.replaceChildren(...choices.map(option));
    list.hidden = !choices.length;
    if (choices.length) field.setAttribute("aria-activedescendant", `choice-${at}`);
    else field.removeAttribute("aria-activedescendant");
    slot(box, "count").textContent = choices.length ? `${choices.length} suggestions` : "";
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function option({ label, aside, sign, person }, index) {
    const item = clone("choice-template");
    item.id = `choice-${index}`;
    item.setAttribute("aria-selected", String(index === at));
    slot(item, "face").hidden = !person;
    if (person) drawFace(slot(item, "face"), person);
    fillSlot(item, "sign", sign);
    fillSlot(item, "label", label);
    fillSlot(item, "aside", aside);
    return item;
  }

  function take({ text }) {
    const { start, end } = word;
    close();
    field.setSelectionRange(start, end);
    insertText(field, text);
  }

  function close() {
    word = null;
    choices = [];
    draw();
  }

  function pressed(event) {
    if (!choices.length || event.isComposing || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = (at + step + choices.length) % choices.length;
      draw();
    } else if (event.key === "Enter" || event.key === "Tab") take(choices[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  box.addEventListener("keydown", pressed, { capture: true });
  field.addEventListener("input", look);
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = closest(event, "[role=option]");
    if (item) take(choices[[...list.children].indexOf(item)]);
  });
}
