/** How long to wait before the next attempt: full jitter, at first within a second, doubling to thirty. */

const FIRST_MS = 1000;
const LONGEST_MS = 30000;

export class Backoff {
  #attempts = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  next() {
    const ceiling = Math.min(FIRST_MS * 2 ** this.#attempts, LONGEST_MS);
    this.#attempts += 1;
    return this.#random() * ceiling;
  }

  reset() {
    this.#attempts = 0;
  }
}
