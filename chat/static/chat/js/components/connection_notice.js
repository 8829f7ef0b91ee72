/** Says in words that the connection is away, once that lasts, and what to do when it will not come back. */

import { find, slot } from "../lib/dom.js";

const PATIENCE_MS = 2500;
const AWAY = "Connecting again… What you send waits here and goes out in order.";
const SIGNED_OUT = new Set([4002, 4014, 4201]);

export function connectionNotice(notice, { chat: { connection } }) {
  let timer = null;

  function show(text, signIn = false) {
    slot(notice, "words").textContent = text;
    find("a", notice).hidden = !signIn;
    notice.hidden = !text;
  }

  connection.on("state", (state) => {
    if (state === "open" || state === "closed") clearTimeout(timer);
    if (state === "open") [timer] = [null, show("")];
    else if (state === "closed") show(connection.farewell?.reason ?? "You are no longer connected.", isSignedOut(connection));
    else timer ??= setTimeout(() => show(AWAY), PATIENCE_MS);
  });

  for (const [target, event] of [[window, "online"], [window, "pageshow"], [document, "visibilitychange"]]) {
    target.addEventListener(event, () => document.hidden || connection.wake());
  }
}

const isSignedOut = ({ farewell }) => SIGNED_OUT.has(farewell?.code);
