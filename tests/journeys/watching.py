"""Somebody who has a room open in Chromium and follows it by a stream and by polls as well."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page

from tests.patience import PATIENCE

FOLLOW = """
async ([room, token]) => {
  window.heard = [];
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const credentials = token ? "omit" : "same-origin";
  const ask = (path) => fetch(`/api/v1/${path}`, { headers, credentials });
  const note = (way, what) => heard.push({ way, what, at: Date.now() });
  const words = ({ message, member, room }) =>
    message?.body || message?.deleted?.reason || member?.person.username || (room?.archived ? "archived" : room?.topic);
  const hear = (way, events) => events.forEach((event) => note(way, `${event.kind} ${words(event)}`));
  const mutes = {};
  const learn = (way, muted) => {
    const words = muted ? `muted ${muted.message.split("Reason: ")[1]}` : "free";
    if (words !== (mutes[way] ?? "free")) note(way, words);
    mutes[way] = words;
  };
  let { head, epoch } = await (await ask(`rooms/${room}/messages?limit=1`)).json();
  const listen = async (answer) => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = "", part; !(part = await reader.read().catch(() => ({ done: true }))).done;) {
      const frames = (text += part.value).split("\\n\\n");
      text = frames.pop();
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame);
        if (/^event: events$/m.test(frame)) hear("stream", JSON.parse(data[1]).events);
        if (/^event: rooms$/m.test(frame)) learn("stream", (await (await ask(`rooms/${room}`)).json()).muted);
      }
    }
    note("stream", "ended");
  };
  const poll = async () => {
    const answer = await ask(`rooms/${room}/events?after=${head}&epoch=${epoch}&wait=20`).catch(() => null);
    if (!answer?.ok) return note("poll", "ended");
    const page = await answer.json();
    head = page.cursor;
    hear("poll", page.events);
    learn("poll", page.muted);
    setTimeout(poll);
  };
  const answer = await ask(`events/stream?rooms=${room}:${head}&epoch=${epoch}`);
  if (!answer.ok) throw Error(`the stream answered ${answer.status}`);
  listen(answer);
  poll();
}
"""
HEARD = "([from, what, way]) => heard.slice(from).find((each) => each.way === way && each.what === what)?.at"


class Watcher:
    """One page of a room. With a `token` the stream and the polls are a program's, beside the page."""

    def __init__(self, browser: Browser, url: str, session: str, room: str, *, token: str = "") -> None:
        self.context = browser.new_context(base_url=url)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self.page: Page = self.context.new_page()
        self.page.goto(f"/rooms/{room}/")
        self.page.locator("#people [data-slot=here] [data-username]").first.wait_for()
        self.page.evaluate(FOLLOW, [room, token])

    def say(self, text: str) -> None:
        """Writes in the page."""
        field = self.page.get_by_role("textbox", name="Message to")
        field.fill(text)
        field.press("Enter")

    def sees(self, act: Callable[[], None], *, heard: str, shown: Callable[[Page], Locator] | None) -> dict[str, float]:
        """Waits until what `act` did is here by every way; the seconds that each took from before the act."""
        before = self.page.evaluate("heard.length")
        began = time.time()
        act()
        took = {}
        if shown is not None:
            shown(self.page).first.wait_for(state="attached")
            took["page"] = time.time() - began
        for way in ("stream", "poll"):
            at = self.page.wait_for_function(HEARD, arg=[before, heard, way]).json_value()
            took[way] = at / 1000 - began
        return took

    def leave(self) -> None:
        self.context.close()
