/** A server behind `fetch`, played by the test: every request waits in `asked` until it is answered. */

const encoder = new TextEncoder();

class Asked {
  constructor(url, { method = "GET", headers = {}, body, signal }, resolve, reject) {
    const { pathname, searchParams } = new URL(url, location.href);
    this.path = pathname.replace("/api/v1/", "");
    this.query = Object.fromEntries(searchParams);
    this.body = body && JSON.parse(body);
    Object.assign(this, { method, headers, resolve, reject });
    signal?.addEventListener("abort", () => this.#leave(reject));
  }

  answer(value, status = 200) {
    this.resolve(new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } }));
  }

  /** Something on the way answers instead. */
  intercept(status = 200) {
    this.resolve(new Response("<p>Welcome to the hotel.", { status, headers: { "Content-Type": "text/html" } }));
  }

  /** The network is gone. */
  fail() {
    this.reject(new TypeError("Failed to fetch"));
  }

  /** Begins an answer that lasts. */
  stream() {
    const body = new ReadableStream({ start: (controller) => (this.controller = controller) });
    this.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } }));
  }

  say(command, fields) {
    this.write(`event: ${command}\ndata: ${JSON.stringify(fields)}\n\n`);
  }

  write(text) {
    this.controller.enqueue(encoder.encode(text));
  }

  #leave(reject) {
    this.left = true;
    const error = new DOMException("Left.", "AbortError");
    if (this.controller) this.controller.error(error);
    else reject(error);
  }
}

export function fakeFetch() {
  const asked = [];
  window.fetch = (url, options = {}) =>
    new Promise((resolve, reject) => asked.push(new Asked(url, options, resolve, reject)));
  return asked;
}

const MOST_TURNS = 500000;

/** Waits until this holds, while the clock stands still; gives up after many turns. */
export async function until(holds) {
  const { port1, port2 } = new MessageChannel();
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > MOST_TURNS) throw new Error(`This never held: ${holds}`);
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  }
}
