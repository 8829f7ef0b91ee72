/** Whether the page is as new as the server: an older one is loaded anew once nobody is disturbed by it. */
export class Freshness {
  #version;
  #ask;
  #mayReload;
  #reload;
  #outdated = false;

  /** `ask` resolves with the server's version, or null where it cannot be had. */
  constructor({ version, ask, mayReload, reload }) {
    this.#version = version;
    this.#ask = ask;
    this.#mayReload = mayReload;
    this.#reload = reload;
  }

  /** The connection is back, perhaps to a newer server, or nobody looks: what is known to be old stays so. */
  async check() {
    const version = await this.#ask();
    if (version) this.#outdated = version !== this.#version;
    this.#settle();
  }

  #settle() {
    if (this.#outdated && this.#mayReload()) this.#reload();
  }
}
