/** Values by name in the browser's database; in memory where that is refused, as in some private windows, or full. */
export class Store {
  #name;
  #factory;
  #opened = null;
  #memory = new Map();

  constructor(name, factory = globalThis.indexedDB) {
    this.#name = `parley.${name}`;
    this.#factory = factory;
  }

  async all() {
    const kept = await this.#ask("readonly", (values) => values.getAll()).catch(() => []);
    return [...kept, ...this.#memory.values()];
  }

  async get(key) {
    return this.#memory.get(key) ?? this.#ask("readonly", (values) => values.get(key)).catch(() => undefined);
  }

  async put(key, value) {
    try {
      await this.#ask("readwrite", (values) => values.put(value, key));
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value);
    }
  }

  async delete(key) {
    this.#memory.delete(key);
    await this.#ask("readwrite", (values) => values.delete(key)).catch(() => {});
  }

  async #ask(mode, question) {
    this.#opened ??= this.#open();
    const transaction = (await this.#opened).transaction("values", mode);
    const request = question(transaction.objectStore("values"));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return request.result;
  }

  #open() {
    return new Promise((resolve, reject) => {
      const request = this.#factory.open(this.#name);
      request.onupgradeneeded = () => request.result.createObjectStore("values");
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        // Signing out deletes the database, and must not wait for this page.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
    });
  }
}
