/** Who belongs to the room and who is here now. */

import { arrangeChildren, clone, closest, fillSlot, find, findAll, slot } from "../lib/dom.js";
import { drawFace } from "../lib/people.js";

export function peoplePanel(panel, { conversation }) {
  const { presence, members } = conversation;
  const items = new Map(findAll("[data-username]", panel).map((item) => [item.dataset.username, item]));
  const lists = { here: find("[data-slot=here]", panel), away: find("[data-slot=away]", panel) };

  function draw() {
    const visitors = presence.people.filter(({ username }) => !members.has(username));
    const all = [...members.values(), ...visitors.map((person) => ({ person, role: "visitor" }))];
    all.sort((a, b) => a.person.display_name.localeCompare(b.person.display_name));
    const here = all.filter(({ person }) => presence.has(person.username));
    const away = all.filter(({ person }) => !presence.has(person.username));
    arrangeChildren(lists.here, here.map(fill));
    arrangeChildren(lists.away, away.map(fill));
    fillSlot(panel, "here-title", here.length ? `Here now · ${here.length}` : "");
    fillSlot(panel, "away-title", away.length ? `Away · ${away.length}` : "");
    find("#here-count").textContent = here.length || "";
  }

  function fill({ person, role }) {
    const item = items.get(person.username) ?? clone("person-template");
    items.set(person.username, item);
    item.dataset.username = person.username;
    const face = slot(item, "face");
    drawFace(face, person);
    face.classList.toggle("here", presence.has(person.username));
    slot(item, "name").textContent = person.display_name;
    item.title = `@${person.username}`;
    const moderates = find("[data-moderate]", item);
    if (moderates) {
      moderates.hidden = person.username === conversation.chat.me.username;
      moderates.ariaLabel = `Moderate ${person.display_name}`;
    }
    fillSlot(item, "role", role === "member" ? (person.kind === "bot" ? "bot" : "") : role);
    return item;
  }

  panel.addEventListener("click", (event) => {
    if (!closest(event, "[data-moderate]")) return;
    const { username } = closest(event, "[data-username]").dataset;
    const person = members.get(username)?.person ?? presence.people.find((each) => each.username === username);
    conversation.emit("sanction", person);
  });
  presence.on("change", draw);
  conversation.on("members", draw);
}
