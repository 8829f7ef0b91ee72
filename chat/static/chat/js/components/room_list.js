/** The list of rooms beside every page: what waits in each, also in the page's title and icon. */

import { arrangeChildren, clone, fillSlot, find, findAll, slot } from "../lib/dom.js";
import { drawFace, roomName } from "../lib/people.js";

export function roomList(nav, { chat }) {
  const { list, me } = chat;
  const title = document.title;
  const icon = find("link[rel=icon]");
  const read = icon.href;
  const here = find("[aria-current]", nav)?.dataset.room;
  const links = new Map(findAll("[data-room]", nav).map((link) => [link.dataset.room, link.parentElement]));

  function draw() {
    const rooms = list.rooms.map((room) => [room, fill(links.get(room.room) ?? clone("room-template"), room)]);
    const those = (direct) => rooms.filter(([room]) => (room.kind === "direct") === direct).map(([, item]) => item);
    arrangeChildren(find("[data-slot=rooms]", nav), those(false));
    arrangeChildren(find("[data-slot=direct]", nav), those(true));
    document.title = list.calls ? `(${list.calls}) ${title}` : title;
    icon.href = list.rooms.some(({ unread }) => unread) ? icon.dataset.unread : read;
  }

  function fill(item, room) {
    const link = item.firstElementChild;
    links.set(room.room, item);
    link.href = `/rooms/${room.room}/`;
    link.dataset.room = room.room;
    link.dataset.kind = room.kind;
    link.classList.toggle("unread", room.unread > 0);
    if (room.room === here) link.setAttribute("aria-current", "page");
    slot(link, "title").textContent = roomName(room, me);
    fillFace(slot(link, "face"), room);
    fillCount(link, room);
    return item;
  }

  function fillFace(face, room) {
    const other = room.people.find(({ username }) => username !== me.username) ?? me;
    drawFace(face, other, roomName(room, me));
  }

  function fillCount(link, room) {
    const calls = room.kind === "direct" ? room.unread : room.mentions;
    const count = fillSlot(link, "count", room.unread ? String(calls || room.unread) : "");
    count.classList.toggle("calls", calls > 0);
    fillSlot(link, "count-words", room.unread ? (calls ? " calling you" : " unread") : "");
  }

  let scheduled = false;
  list.on("change", () => {
    if (!scheduled) queueMicrotask(() => ((scheduled = false), draw()));
    scheduled = true;
  });
  draw();
}
