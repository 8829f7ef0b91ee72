/** The ways to the server, best first; `?transport=` in the page's address takes one of them alone. */

import { PollLink } from "./poll_link.js";
import { SocketLink } from "./socket_link.js";
import { StreamLink } from "./stream_link.js";

const WAYS = {
  websocket: (ears) => new SocketLink({ url: new URL("/ws/", location.origin.replace(/^http/, "ws")), ...ears }),
  sse: (ears) => new StreamLink(ears),
  poll: (ears) => new PollLink(ears),
};

export function ways(query = location.search) {
  const named = new URLSearchParams(query).get("transport");
  return Object.hasOwn(WAYS, named ?? "") ? [WAYS[named]] : Object.values(WAYS);
}
