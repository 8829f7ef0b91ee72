/** Ctrl+K: rooms and people by the first letters of their names; rooms in which something waits stand first. */

import { people } from "../lib/api.js";
import { clone, closest, fillSlot, find, slot } from "../lib/dom.js";
import { matching, wordsOfPerson } from "../lib/match.js";
import { drawFace, roomName } from "../lib/people.js";

const MOST = 9;
const ASK_AFTER_MS = 200;

export function switcher(dialog, { chat }) {
  const { list, me } = chat;
  const field = find("input", dialog);
  const places = slot(dialog, "places");
  const write = slot(dialog, "write");
  let asked = { text: "", people: [] };
  let shown = [];
  let at = 0;
  let timer = null;

  function open() {
    if (find("dialog[open]")) return;
    field.value = "";
    dialog.showModal();
    look();
  }

  function look() {
    const text = field.value.replace(/^[#@]/u, "");
    shown = [...matching(text, roomPlaces(), ({ words }) => words, MOST), ...personPlaces(text)].slice(0, MOST);
    at = 0;
    draw();
    ask(text.trim());
  }

  function roomPlaces() {
    const waits = (room) => (room.unread ? 1 : 0) + (room.mentions ? 1 : 0);
    return list.rooms.toSorted((a, b) => waits(b) - waits(a)).map((room) => {
      const label = roomName(room, me);
      const person = room.kind === "direct" && (room.people.find(({ username }) => username !== me.username) ?? me);
      const words = [label, ...label.split(/\s+/u), ...(person ? [person.username] : [])];
      return { label, words, person, room: room.room, aside: room.unread ? `${room.unread} unread` : "" };
    });
  }

  /** People with whom there is no room yet. */
  function personPlaces(text) {
    const direct = list.rooms.filter(({ kind }) => kind === "direct");
    const known = new Set(direct.flatMap((room) => room.people.map(({ username }) => username)));
    const strangers = asked.people.filter(({ username }) => username !== me.username && !known.has(username));
    if (!text.trim()) return [];
    return matching(text, strangers, wordsOfPerson).map((person) => ({
      label: person.display_name, person, username: person.username, aside: "Write to",
    }));
  }

  function ask(text) {
    clearTimeout(timer);
    if (!text || text === asked.text) return;
    timer = setTimeout(async () => {
      asked = { text, people: await people(text) };
      if (dialog.open) look();
    }, ASK_AFTER_MS);
  }

  function draw() {
    places.replaceChildren(...shown.map(option));
    slot(dialog, "none").hidden = shown.length > 0;
    if (shown.length) field.setAttribute("aria-activedescendant", `place-${at}`);
    else field.removeAttribute("aria-activedescendant");
    places.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function option({ label, person, aside }, index) {
    const item = clone("place-template");
    item.id = `place-${index}`;
    item.setAttribute("aria-selected", String(index === at));
    slot(item, "face").hidden = !person;
    if (person) drawFace(slot(item, "face"), person);
    fillSlot(item, "sign", person ? "" : "#");
    fillSlot(item, "label", label);
    fillSlot(item, "aside", aside);
    return item;
  }

  function go(place) {
    if (!place) return;
    if (place.room) return void location.assign(`/rooms/${place.room}/`);
    find("[name=username]", write).value = place.username;
    write.submit();
  }

  function pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      at = (at + step + shown.length) % shown.length;
      draw();
    } else if (event.key === "Enter" && !event.isComposing) go(shown[at]);
    else return;
    event.preventDefault();
  }

  chat.on("open-switcher", open);
  field.addEventListener("input", look);
  field.addEventListener("keydown", pressed);
  places.addEventListener("click", (event) => go(shown[[...places.children].indexOf(closest(event, "[role=option]"))]));
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
}
