/** What the browser keeps for one person: JSON values by name, in localStorage, or in memory where that is refused. */

/** The browser's own box of this name, or one in memory where the browser refuses it. */
export function box(name) {
  try {
    const found = globalThis[name];
    found.setItem("parley.probe", "1");
    found.removeItem("parley.probe");
    return found;
  } catch {
    return new Memory();
  }
}

class Memory extends Map {
  getItem = (name) => this.get(name) ?? null;
  setItem = (name, value) => void this.set(name, value);
  removeItem = (name) => void this.delete(name);
}

export class Shelf {
  #prefix;
  #box;

  constructor(name, kept = box("localStorage")) {
    this.#prefix = `parley.${name}.`;
    this.#box = kept;
  }

  get(name) {
    return JSON.parse(this.#box.getItem(this.#prefix + name) ?? "null");
  }

  /** Keeps a value, in memory alone where the browser has no room for it. */
  set(name, value) {
    this.#box.setItem(this.#prefix + name, JSON.stringify(value));
  }

  delete(name) {
    this.#box.removeItem(this.#prefix + name);
  }

  values() {
    const names = this.#box instanceof Memory ? [...this.#box.keys()] : Object.keys(this.#box);
    return names.map((key) => this.nameOf(key)).filter((name) => name !== null).map((name) => this.get(name));
  }

  /** The name on this shelf that the box keeps under `key`, or null for another's key. */
  nameOf(key) {
    return key?.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : null;
  }
}
