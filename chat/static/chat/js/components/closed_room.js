/** Stands where nobody writes: when the room is opened, the page comes anew with a field to write in. */

import { closing } from "../models/closing.js";

export function closedRoom(note, { conversation }) {
  conversation.on("room", (room) => closing(room, conversation.may) || location.reload());
}
