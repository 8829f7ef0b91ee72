/** Which way to take: the best that is not blocked. */

/** How often a way must fail without a clear answer before it counts as blocked: a restarting server does it once. */
const DOUBTS = 2;

export class Ladder {
  #ways;
  #shelf;
  #place;
  #doubts = 0;

  /** `shelf` keeps the place over the way to the next page. */
  constructor(ways, shelf) {
    this.#ways = ways;
    this.#shelf = shelf;
    this.#place = Math.min(shelf.get("place") ?? 0, ways.length - 1);
  }

  get way() {
    return this.#ways[this.#place];
  }

  get best() {
    return this.#ways[0];
  }

  get atTop() {
    return this.#place === 0;
  }

  /** This way is passable. */
  opened() {
    this.#doubts = 0;
  }

  /** Judges a failure, "surely" or "perhaps" the way's: whether it is time for the next. Below the last is none. */
  isBlocked(certainty) {
    this.#doubts += 1;
    if (certainty !== "surely" && this.#doubts < DOUBTS) return false;
    if (this.#place + 1 < this.#ways.length) return true;
    this.stepUp();
    return false;
  }

  stepDown() {
    this.#move(this.#place + 1);
  }

  stepUp() {
    this.#move(0);
  }

  #move(place) {
    this.#place = place;
    this.#doubts = 0;
    this.#shelf.set("place", place);
  }
}
