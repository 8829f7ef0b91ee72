/** How the page lives in the browser: installed, fresh after a deploy, told what came of reports, forgotten after signing out. */

import { notify } from "./components/notices.js";
import { forget } from "./lib/forget.js";
import { Freshness } from "./models/freshness.js";
import { Command } from "./wire.js";

const SIGN_OUT = "/sign-out/";
const SIGNED_OUT = 4014;

const askVersion = () =>
  fetch("/version").then((answer) => answer.json()).then(({ version }) => version).catch(() => null);

/** Loads a newer version while nobody looks and nothing but kept drafts and the end of the room would be lost. */
export function keepFresh({ version }, { connection }, conversation) {
  const mayReload = () => document.hidden && (conversation?.store.following ?? true) && !document.querySelector(".is-editing");
  const freshness = new Freshness({ version, ask: askVersion, mayReload, reload: () => location.reload() });
  let greeted = false;
  connection.on(Command.hello, () => {
    if (greeted) freshness.check();
    greeted = true;
  });
  document.addEventListener("visibilitychange", () => document.hidden && freshness.check());
}

/** Tells the reader that a report of theirs was decided on. */
export function tellOutcomes({ connection }) {
  const words = "A moderator has decided on what you reported. See Reports in your settings.";
  connection.on(Command.rooms, ({ reports }) => reports && notify(words));
}

/** Browsers have service workers on https and on one's own machine; elsewhere the chat works without. */
export function settleIn({ me, connection }) {
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
  const clear = () => forget([`outbox.${me.username}`, "kept"]);
  document.addEventListener("submit", ({ target }) => new URL(target.action).pathname === SIGN_OUT && clear());
  connection.on("state", (state) => state === "closed" && connection.farewell?.code === SIGNED_OUT && clear());
}
