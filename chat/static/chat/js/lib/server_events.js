/** Takes server-sent events apart, in whatever pieces their text comes. */
export class ServerEvents {
  #waiting = "";

  /** The events that this piece completes, as {name, data}; comments and other words without data are none. */
  take(text) {
    const blocks = (this.#waiting + text).split("\n\n");
    this.#waiting = blocks.pop();
    return blocks.map(parse).filter(({ data }) => data);
  }
}

function parse(block) {
  const fields = block.split("\n").map((line) => /^(\w*): ?(.*)$/s.exec(line)?.slice(1) ?? [line, ""]);
  const { event: name = "message", data = "" } = Object.fromEntries(fields);
  return { name, data };
}
