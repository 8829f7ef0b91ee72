/** Says what happened, by name, to whoever listens; one failing listener does not silence the others. */
export class Emitter extends EventTarget {
  on(name, listener) {
    this.addEventListener(name, ({ detail }) => listener(detail));
    return this;
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
