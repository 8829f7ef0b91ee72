/** What the browser keeps for one person: JSON values by name, in localStorage, or in memory where that is refused. */

function refused() {
  try {
    localStorage.setItem("parley.probe", "1");
    localStorage.removeItem("parley.probe");
    return false;
  } catch {
    return true;
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

  constructor(name, box = refused() ? new Memory() : localStorage) {
    this.#prefix = `parley.${name}.`;
    this.#box = box;
  }

  get(name) {
    return JSON.parse(this.#box.getItem(this.#prefix + name) ?? "null");
  }

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
