/** Who is here now: the newest presence frame of the room, whole. */

import { Emitter } from "../lib/emitter.js";

export class Presence extends Emitter {
  people = [];

  update({ people }) {
    this.people = people;
    this.emit("change");
  }

  has(username) {
    return this.people.some((person) => person.username === username);
  }
}
