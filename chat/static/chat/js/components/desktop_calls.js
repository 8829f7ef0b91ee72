/** Notices of the desktop for what calls the reader while the page is not looked at; asks only when told to. */

import { roomName } from "../lib/people.js";
import { Kind } from "../wire.js";

const LONGEST = 160;

export function desktopCalls(offer, { chat }) {
  const { feed, list, me } = chat;
  const shown = new Map();
  const possible = "Notification" in window && window.isSecureContext && !matchMedia("(pointer: coarse)").matches;
  const isAway = () => document.hidden || !document.hasFocus();

  function calls(room, { kind, message }) {
    if (kind !== Kind.created || message.author.username === me.username || message.seq <= room.read) return false;
    return room.kind === "direct" || message.mentions.includes(me.username);
  }

  /** One notice a room: the newest takes the place of the one before. */
  function show(room, message) {
    const { display_name: author } = message.author;
    const title = room.kind === "direct" ? author : `${author} in ${roomName(room, me)}`;
    const notice = new Notification(title, { body: message.body.slice(0, LONGEST), tag: room.room });
    notice.onclick = () => (window.focus(), location.assign(`/rooms/${room.room}/${message.seq}/`));
    shown.set(room.room, { seq: message.seq, notice });
  }

  function close(slug) {
    shown.get(slug)?.notice.close();
    shown.delete(slug);
  }

  function heard({ room: slug, events }) {
    const room = list.rooms.find((each) => each.room === slug);
    if (!room || Notification.permission !== "granted") return;
    for (const event of events) {
      if (isAway() && calls(room, event)) show(room, event.message);
      if (event.kind === Kind.deleted && shown.get(slug)?.seq === event.message.seq) close(slug);
    }
  }

  function draw() {
    offer.hidden = !possible || Notification.permission !== "default";
  }

  if (!possible) return;
  draw();
  offer.addEventListener("click", () => Notification.requestPermission().then(draw));
  feed.on("events", heard);
  list.on("change", () => {
    for (const room of list.rooms) if (!room.unread) close(room.room);
  });
}
