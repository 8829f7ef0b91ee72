/** Says in words that the connection is away, once that lasts, and what to do when it will not come back. */

import { find, slot } from "../lib/dom.js";

const PATIENCE_MS = 2500;
const KEPT = "What you send waits here and goes out in order.";
const GONE = "You are no longer connected.";
const SIGNED_OUT = new Set([4002, 4014, 4201]);

export function connectionNotice(notice, { chat: { connection } }) {
  let timer = null;

  function show(text, { again = false, signIn = false } = {}) {
    slot(notice, "words").textContent = text;
    find("[data-again]", notice).hidden = !again;
    find("a", notice).hidden = !signIn;
    notice.hidden = !text;
  }

  const showAway = () => show(`${navigator.onLine ? "Connecting again…" : "You are offline."} ${KEPT}`, { again: true });

  function wake() {
    if (timer && !notice.hidden) showAway();
    if (!document.hidden) connection.wake();
  }

  connection.on("state", (state) => {
    if (state === "connecting" || state === "waiting") {
      timer ??= setTimeout(showAway, PATIENCE_MS);
      return;
    }
    clearTimeout(timer);
    timer = null;
    if (state === "open") show("");
    else show(connection.farewell?.reason ?? GONE, { signIn: SIGNED_OUT.has(connection.farewell?.code) });
  });

  find("[data-again]", notice).addEventListener("click", wake);
  for (const event of ["online", "offline", "pageshow"]) window.addEventListener(event, wake);
  document.addEventListener("visibilitychange", wake);
}
