"""Nothing written is lost or doubled, whatever happens to connections, pages and the server."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.servers.chat import ChatServer
from tests.servers.network import BadNetwork


@pytest.fixture
def network(server: ChatServer) -> Iterator[BadNetwork]:
    """The way to Ben's worker."""
    found = BadNetwork(server.places()[1].url)
    yield found
    found.stop()


def expect_network_errors(*people: Person) -> None:
    """Browsers complain of every refused connection; that is what these tests are about."""
    for person in people:
        person.complaints.clear()


@pytest.mark.alone
def test_a_killed_server_loses_and_doubles_nothing(anna: Person, ben: Person, server: ChatServer) -> None:
    anna.send("before")
    ben.sees("before")
    ben.page.evaluate("window.neverReloaded = true")
    server.kill()
    anna.send("meanwhile one")
    anna.send("meanwhile two")
    expect(anna.page.locator(".pending")).to_have_count(2)
    expect(anna.page.get_by_text("Connecting again")).to_be_visible()
    server.start()
    anna.page.get_by_role("button", name="Try now").click()
    for text in ("meanwhile one", "meanwhile two"):
        ben.sees(text)
        anna.sees(text)
    assert ben.texts() == anna.texts() == ["before", "meanwhile one", "meanwhile two"]
    assert ben.page.evaluate("window.neverReloaded")
    expect(anna.page.get_by_text("Connecting again")).to_be_hidden()
    expect_network_errors(anna, ben)


def test_what_was_not_sent_survives_a_reload(anna: Person, ben: Person, harbour: str) -> None:
    swallow_sends = anna.new_page()
    swallow_sends.route_web_socket(
        re.compile("/ws/"), lambda socket: pass_all_but(socket, lost_frames={"send-message"})
    )
    anna.page.close()
    anna.page = swallow_sends
    anna.enter(harbour)
    anna.send("into the void")
    expect(anna.page.locator(".pending")).to_have_count(1)
    anna.page.close()
    anna.page = anna.new_page()
    anna.enter(harbour)
    ben.sees("into the void")
    anna.sees("into the void")


def test_who_is_cut_off_is_told_so_in_words_and_has_missed_nothing_when_back(
    network: BadNetwork, anna: Person, arrive: Arrive, harbour: str
) -> None:
    ben = arrive("Ben", room=harbour, url=network.url)
    anna.send("before")
    ben.sees("before")
    with network.parted():
        ben.page.evaluate("dispatchEvent(new Event('online'))")  # As when a machine wakes: the connection is doubted.
        ben.send("are you there?")
        anna.send("while you were away")
        anna.sees("while you were away")
        expect(ben.page.get_by_text("Connecting again")).to_be_visible()
        ben.context.set_offline(True)
        expect(ben.page.get_by_text("You are offline")).to_be_visible()
        ben.context.set_offline(False)
        expect(ben.page.get_by_text("Connecting again")).to_be_visible()
        expect(ben.page.locator(".pending")).to_have_count(1)
    ben.sees("while you were away")
    for person in (anna, ben):
        person.sees("are you there?")
    expect(ben.page.get_by_text("What you send waits here")).to_be_hidden()
    assert anna.texts() == ben.texts() == ["before", "while you were away", "are you there?"]
    expect_network_errors(ben)


@pytest.mark.alone
def test_two_tabs_share_what_waits_and_send_it_once_in_order(anna: Person, ben: Person, server: ChatServer) -> None:
    other = anna.new_page()
    other.goto("/rooms/harbour/")
    expect(other.locator("#people [data-slot=here] [data-username]").first).to_be_attached()
    server.kill()
    anna.send("by one tab")
    expect(other.locator(".pending")).to_have_count(1)
    field = other.get_by_role("textbox", name=re.compile("Message to"))
    field.fill("by the other")
    field.press("Enter")
    expect(anna.page.locator(".pending")).to_have_count(2)
    server.start()
    for page in (anna.page, other):
        expect(page.locator(".pending")).to_have_count(0)
    for person in (anna, ben):
        person.sees("by one tab")
        person.sees("by the other")
    assert ben.texts() == anna.texts() == ["by one tab", "by the other"]
    expect_network_errors(anna, ben)


def test_a_lost_acknowledgement_doubles_nothing(anna: Person, ben: Person, harbour: str) -> None:
    deaf = anna.new_page()
    deaf.route_web_socket(
        re.compile("/ws/"), lambda socket: pass_all_but(socket, lost_answers={"events"}, lost_replies_with="message")
    )
    anna.page.close()
    anna.page = deaf
    anna.enter(harbour)
    anna.send("said once")
    ben.sees("said once")
    expect(anna.page.locator(".pending")).to_have_count(1)
    anna.page.close()
    anna.page = anna.new_page()
    anna.enter(harbour)
    anna.sees("said once")
    anna.send("after")
    ben.sees("after")
    assert ben.texts() == anna.texts() == ["said once", "after"]


def test_a_refused_message_says_why_and_can_be_discarded(anna: Person, ben: Person) -> None:
    anna.send("\u200b")
    failed = anna.page.locator(".failed")
    expect(failed).to_contain_text("Not sent. Something to read is missing.")
    anna.page.reload()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Discard").click()
    expect(failed).to_have_count(0)
    anna.settled().send("a word")
    ben.sees("a word")
    assert ben.texts() == ["a word"]


def test_signing_out_in_one_tab_ends_the_other(anna: Person, harbour: str) -> None:
    other = anna.new_page()
    other.goto(f"/rooms/{harbour}/")
    other.get_by_role("button", name="Sign out").click()
    expect(anna.page.get_by_role("link", name="Sign in")).to_be_visible()


def pass_all_but(
    socket: WebSocketRoute,
    *,
    lost_frames: frozenset[str] | set[str] = frozenset(),
    lost_answers: frozenset[str] | set[str] = frozenset(),
    lost_replies_with: str = "",
) -> None:
    """Stands between page and server and loses some of what they say."""
    server = socket.connect_to_server()

    def from_page(text: str | bytes) -> None:
        if json.loads(text)["command"] not in lost_frames:
            server.send(text)

    def from_server(text: str | bytes) -> None:
        frame = json.loads(text)
        lost_reply = lost_replies_with and lost_replies_with in (frame.get("result") or {})
        if frame["command"] not in lost_answers and not lost_reply:
            socket.send(text)

    socket.on_message(from_page)
    server.on_message(from_server)
