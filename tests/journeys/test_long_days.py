"""A page that is open all day: long history and much traffic, measured in full with PROVE=1 (`make prove`)."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, WebSocketRoute, expect

from tests.conformance.sizes import report, size
from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.test_reading import SCROLLER

ROW = 50
SCROLL = """async (log) => {
  let frames = 0, slow = 0, slowest = 0, before = performance.now();
  while (!log.classList.contains("begins-here")) {
    log.scrollTop -= 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames += 1;
    slow += now - before > 50;
    slowest = Math.max(slowest, now - before);
    before = now;
  }
  return { frames, slow, slowest };
}"""
WRITER = {"id": 1, "username": "anna", "display_name": "Anna", "kind": "person", "avatar": None}


@pytest.mark.timeout(900)
def test_history_is_scrolled_through_to_its_beginning(
    arrive: Arrive, history: Callable[[str, int], None], harbour: str
) -> None:
    count = size(150, 5_000)
    history(harbour, count)
    anna = arrive("Anna", room=harbour)
    with report(f"{count} messages scrolled") as measured:
        found = anna.page.locator(SCROLLER).evaluate(SCROLL)
    measured(f"{found['frames']} frames, {found['slow']} above 50 ms, the slowest {found['slowest']:.0f} ms")
    expect(anna.page.get_by_text("message 1.", exact=True)).to_be_visible()


@pytest.mark.timeout(900)
def test_traffic_leaves_no_more_behind_than_the_page_may_hold(anna: Person, harbour: str) -> None:
    """An hour of a busy room, replayed into the open page: what is held after a quarter of it is held at its end."""
    sockets: list[WebSocketRoute] = []
    anna.page.route_web_socket(re.compile("/ws/"), lambda socket: (sockets.append(socket), socket.connect_to_server()))
    anna.enter(harbour)
    devtools = anna.context.new_cdp_session(anna.page)
    head = anna.page.evaluate("JSON.parse(document.getElementById('page-data').textContent).history.head")
    total, held = size(800, 20_000), []
    with report(f"{total} events replayed") as measured:
        for start in range(head, head + total, ROW):
            events = [event(harbour, seq) for seq in range(start + 1, start + ROW + 1)]
            sockets[-1].send(json.dumps({"command": "events", "room": harbour, "after": start, "events": events}))
            if not (start + ROW - head) % (total // 4):
                expect(anna.page.locator(f'[data-seq="{start + ROW}"]')).to_be_attached()
                held.append(heap(devtools))
    measured(f"heap after each quarter {', '.join(f'{each / 1e6:.1f}' for each in held)} MB")
    assert anna.page.locator("article").count() <= 300
    assert held[-1] < held[0] + size(8e6, 2e6)


def event(room: str, seq: int) -> dict[str, object]:
    said = {"room": room, "seq": seq, "version": seq, "client_id": f"replayed-{seq}", "author": WRITER}
    said |= {"body": f"replayed {seq}", "html": f"<p>replayed {seq}</p>", "reply_to": None, "mentions": []}
    at = "2026-01-01T12:00:00Z"
    said |= {"reactions": [], "pinned": False, "created_at": at, "edited_at": None, "deleted": None}
    return {"seq": seq, "kind": "message.created", "at": at, "actor": "anna", "message": said}


def heap(devtools: CDPSession) -> float:
    """Bytes that are still held when all garbage is gone."""
    devtools.send("HeapProfiler.collectGarbage")
    return float(devtools.send("Runtime.getHeapUsage")["usedSize"])
