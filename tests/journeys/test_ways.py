"""The page lives where WebSockets do not pass: on streams, and on polls."""

import re

from playwright.sync_api import expect

from tests.journeys.person import Person


def react(person: Person, text: str) -> None:
    person.act(text, "React")
    person.page.get_by_role("button", name="React with 👍").click()


def talk(anna: Person, ben: Person) -> None:
    """Each writes and sees what the other does, once and in the same order."""
    ben.send("from ben")
    anna.sees("from ben")
    anna.send("from anna")
    ben.sees("from anna")
    anna.sees("from anna")
    react(ben, "from anna")
    expect(anna.message("from anna").get_by_role("button", name=re.compile("👍"))).to_be_visible()
    react(anna, "from ben")
    expect(ben.message("from ben").get_by_role("button", name=re.compile("👍"))).to_be_visible()
    anna.act("from anna", "Delete")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(ben.page.get_by_text("Message deleted")).to_be_visible()
    assert anna.texts() == ben.texts()


def test_without_websockets_the_page_falls_back_to_streams(anna: Person, ben: Person, harbour: str) -> None:
    anna.context.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    with anna.page.expect_request(re.compile("/api/v1/events/stream")):
        anna.enter(harbour)
    talk(anna, ben)


def test_a_page_may_ask_for_polls(anna: Person, ben: Person, harbour: str) -> None:
    with anna.page.expect_request(re.compile(f"/api/v1/rooms/{harbour}/events.*wait=25")):
        anna.page.goto(f"/rooms/{harbour}/?transport=poll")
    talk(anna, ben)
