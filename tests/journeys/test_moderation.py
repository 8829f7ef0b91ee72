"""What moderators do, in the room and in the admin, is seen at once by a page, a stream and a poll."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import HARBOUR, Arrive
from tests.journeys.person import Person
from tests.journeys.test_access import check
from tests.servers.chat import ChatServer

PROMOTE = """
from django.contrib.auth.models import User
User.objects.filter(username="anna").update(is_staff=True, is_superuser=True)
"""

FOLLOW = """
async () => {
  window.heard = { stream: [], poll: [] };
  const room = "/api/v1/rooms/harbour";
  let { head, epoch } = await (await fetch(`${room}/messages?limit=1`)).json();
  const stream = new EventSource(`/api/v1/events/stream?rooms=harbour:${head}&epoch=${epoch}`);
  const note = (to, events) => to.push(...events.map(({ kind, message }) => `${kind} ${message?.body ?? ""}`.trim()));
  stream.addEventListener("events", ({ data }) => note(heard.stream, JSON.parse(data).events));
  const poll = async () => {
    const answer = await fetch(`${room}/events?after=${head}&epoch=${epoch}&wait=20`);
    if (!answer.ok) return heard.poll.push(answer.status);
    const page = await answer.json();
    head = page.cursor;
    note(heard.poll, page.events);
    setTimeout(poll);
  };
  poll();
}
"""

SEND = """
async ([path, fields]) => {
  const token = /csrftoken=([^;]*)/.exec(document.cookie)[1];
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token });
  return (await fetch(path, { method: "POST", body })).status;
}
"""


class Desk:
    """The admin in a tab of its own, whose forms are sent as the browser sends them."""

    def __init__(self, person: Person) -> None:
        self.page = person.new_page()
        self.page.goto("/admin/")

    def send(self, path: str, **fields: str) -> None:
        assert self.page.evaluate(SEND, [f"/admin/chat/{path}", fields]) == 200

    def act(self, table: str, action: str, key: str, **fields: str) -> None:
        chosen = {"action": action, "_selected_action": key, "post": "yes", "index": "0"}
        self.send(f"{table}/", **chosen, **fields)

    def key(self, seq: str) -> str:
        """The key of a message in the admin, by what the room calls it."""
        self.page.goto(f"/admin/chat/message/at/harbour/{seq}/")
        return re.search(r"/message/(\d+)/", self.page.url)[1]


def hears(listener, *expected: str) -> None:
    """The stream and the poll of this tab have heard so much, in this order."""
    for way in ("stream", "poll"):
        listener.wait_for_function(f"() => heard.{way}.length >= {len(expected)}")
        assert listener.evaluate(f"heard.{way}") == list(expected)


def test_each_act_of_the_admin_is_seen_by_page_stream_and_poll(
    anna: Person, arrive: Arrive, server: ChatServer
) -> None:
    server.manage("shell", "-v0", "-c", PROMOTE)
    ben = arrive("Ben", to=HARBOUR).settled()
    for text in ("one", "two", "three"):
        ben.send(text)
        ben.sees(text)
    seqs = [ben.page.locator("[data-seq]", has_text=text).get_attribute("data-seq") for text in ("one", "two", "three")]
    listener = ben.new_page()
    listener.goto("/settings/")
    listener.evaluate(FOLLOW)
    desk = Desk(anna)
    keys = [desk.key(seq) for seq in seqs]
    desk.send(f"message/{keys[0]}/delete/", post="yes", reason="spam one")
    desk.act("message", "delete_selected", keys[1], reason="spam two")
    desk.act("message", "remove_selected", keys[2], reason="spam three")
    for reason in ("spam one", "spam two", "spam three"):
        expect(ben.page.get_by_text(f"removed by a moderator: {reason}")).to_be_visible()
    desk.act("message", "restore_selected", keys[0], reason="a mistake")
    ben.sees("one")
    desk.page.goto("/admin/chat/auditentry/?act=message.removed")
    entry = desk.page.locator(".action-select").nth(1).get_attribute("value")
    desk.act("auditentry", "undo_selected", entry, reason="a mistake")
    ben.sees("two")
    desk.page.goto("/admin/chat/room/?q=harbour")
    room = desk.page.locator(".action-select").first.get_attribute("value")
    desk.send(f"room/{room}/change/", title="Quay", topic="", slow_seconds="0")
    expect(ben.page.get_by_role("heading", name="Quay").first).to_be_visible()
    hears(
        listener, "message.deleted", "message.deleted", "message.deleted", "message.restored one",
        "message.restored two", "room.changed",
    )  # fmt: skip
    desk.act("room", "delete_selected", room)
    expect(ben.page.get_by_placeholder("This room is archived.")).to_be_attached()
    listener.close()


def test_an_owner_removes_brings_back_mutes_and_bans_in_the_room_and_the_banned_reads_why(
    anna: Person, ben: Person
) -> None:
    ben.send("buy my boat")
    anna.sees("buy my boat")
    anna.act("buy my boat", "Delete")
    anna.page.get_by_label("Reason, shown to all").fill("advertising")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    gone = anna.page.get_by_role("article").filter(has_text="removed by a moderator: advertising")
    gone.hover()
    gone.get_by_role("button", name="Bring back").click()
    ben.sees("buy my boat")
    anna.act("buy my boat", "Moderate the author")
    dialog = anna.page.get_by_role("dialog", name="Moderate Ben")
    check(anna.page)
    dialog.get_by_label("Reason").fill("advertising")
    dialog.get_by_role("button", name="Do it").click()
    expect(dialog).to_be_hidden()
    ben.send("and my oars")
    expect(ben.page.get_by_text("Reason: advertising").first).to_be_visible()
    anna.page.get_by_role("button", name="Moderate Ben").first.click()
    dialog.get_by_label("Ban: leaves").check()
    dialog.get_by_label("Reason").fill("still advertising")
    dialog.get_by_role("button", name="Do it").click()
    expect(
        ben.page.get_by_placeholder(re.compile("You are banned here until .* Reason: still advertising"))
    ).to_be_attached()
    ben.page.goto(HARBOUR)
    expect(ben.page.get_by_text("Reason: still advertising").first).to_be_visible()
    ben.complaints.clear()
    assert anna.complaints == []
