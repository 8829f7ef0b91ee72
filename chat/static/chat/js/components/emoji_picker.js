/** One picker of emoji for reactions and for the composer: those one used last, all in groups, or those of a name. */

import { clone, closest, fillSlot, find, findAll, slot } from "../lib/dom.js";
import { findEmoji, grouped, nameOf } from "../lib/emoji.js";
import { Shelf } from "../lib/storage.js";

const KEPT = 18;
const EDGE_PX = 8;

export function emojiPicker(picker, { chat, conversation }) {
  const search = find("input", picker);
  const groups = slot(picker, "groups");
  const shelf = new Shelf(`emoji.${chat.me.username}`);
  let asked = null;

  const buttons = () => findAll("button", groups);
  const used = () => shelf.get("used") ?? [];

  function open(request) {
    asked = request;
    search.value = "";
    draw();
    picker.showPopover();
    place(picker, request.anchor);
    groups.scrollTop = 0;
    search.focus();
  }

  function draw() {
    const recent = { title: "Used last", emojis: used().map((emoji) => ({ emoji, name: nameOf(emoji) })) };
    const found = { title: "Found", emojis: findEmoji(search.value) };
    const shown = search.value.trim() ? [found] : [recent, ...grouped()];
    groups.replaceChildren(...shown.filter(({ emojis }) => emojis.length).map(section));
    slot(picker, "none").hidden = groups.children.length > 0;
    buttons()[0]?.setAttribute("tabindex", "0");
  }

  function choose(emoji) {
    shelf.set("used", [emoji, ...used().filter((each) => each !== emoji)].slice(0, KEPT));
    picker.hidePopover();
    asked.choose(emoji);
  }

  function walk(event) {
    const here = closest(event, "button");
    const next = here && neighbour(here, event.key, buttons());
    if (!next) return;
    event.preventDefault();
    here.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  function searching(event) {
    const first = buttons()[0];
    if (!first || event.isComposing) return;
    if (event.key === "ArrowDown") first.focus();
    else if (event.key === "Enter") choose(first.dataset.pick);
    else return;
    event.preventDefault();
  }

  conversation.on("pick-emoji", open);
  search.addEventListener("input", draw);
  search.addEventListener("keydown", searching);
  groups.addEventListener("keydown", walk);
  groups.addEventListener("click", (event) => {
    const button = closest(event, "button");
    if (button) choose(button.dataset.pick);
  });
  picker.addEventListener("toggle", ({ newState }) => newState === "closed" && asked.closed());
}

function section({ title, emojis }) {
  const group = clone("emoji-group-template");
  fillSlot(group, "title", title);
  slot(group, "emojis").append(...emojis.map(({ emoji, name }) => {
    const button = clone("emoji-template");
    button.dataset.pick = button.textContent = emoji;
    button.title = name.replaceAll("_", " ");
    button.setAttribute("aria-label", button.title);
    return button;
  }));
  return group;
}

/** The button that an arrow leads to: the next one, or the nearest of the row below or above. */
function neighbour(here, key, all) {
  const at = all.indexOf(here);
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const { x, y } = here.getBoundingClientRect();
  const side = key === "ArrowDown" ? all.slice(at + 1) : all.slice(0, at).reverse();
  const rows = side.map((button) => ({ button, box: button.getBoundingClientRect() })).filter(({ box }) => box.y !== y);
  const row = rows.filter(({ box }) => box.y === rows[0].box.y);
  return row.sort((a, b) => Math.abs(a.box.x - x) - Math.abs(b.box.x - x))[0]?.button;
}

/** Above what opened it, or below where there is more room, and wholly in the window. */
function place(picker, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = picker;
  const clamp = (value, most) => Math.max(EDGE_PX, Math.min(value, most - EDGE_PX));
  const above = box.top - height - EDGE_PX;
  const top = above >= EDGE_PX ? above : clamp(box.bottom + EDGE_PX, innerHeight - height);
  picker.style.setProperty("--top", `${top}px`);
  const end = getComputedStyle(picker).direction === "rtl" ? box.left : innerWidth - box.right;
  picker.style.setProperty("--end", `${clamp(end, innerWidth - width)}px`);
}
