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
  #spilled = new Map();

  constructor(name, kept = box("localStorage")) {
    this.#prefix = `parley.${name}.`;
    this.#box = kept;
  }

  get(name) {
    return JSON.parse(this.#spilled.get(name) ?? this.#box.getItem(this.#prefix + name) ?? "null");
  }

  /** Keeps a value, in memory alone where the browser has no room for it. */
  set(name, value) {
    const text = JSON.stringify(value);
    this.#spilled.delete(name);
    try {
      this.#box.setItem(this.#prefix + name, text);
    } catch {
      this.#spilled.set(name, text);
    }
  }

  delete(name) {
    this.#spilled.delete(name);
    this.#box.removeItem(this.#prefix + name);
  }
}
