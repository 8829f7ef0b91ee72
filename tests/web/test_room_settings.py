"""A room's own settings: what its owners change there, and what others do not find."""

from django.test import Client

from chat.models import Room
from chat.services import rooms
from tests.web.conftest import Browser, text
from tests.world import World, head

PAGE = "/rooms/harbour/settings/"
AS_IT_IS = {"title": "Harbour", "topic": "Ships", "slow_seconds": "0"}


def test_an_owner_changes_all_that_a_room_says_of_itself(world: World, anna: Client) -> None:
    assert PAGE in text(anna.get("/rooms/harbour/"))
    answer = anna.post(PAGE, AS_IT_IS | {"slow_seconds": "15", "announcements": "on"})
    assert answer.headers["Location"] == "/rooms/harbour/"
    room = Room.objects.get(slug="harbour")
    assert (room.title, room.topic, room.slow_seconds, room.announcements) == ("Harbour", "Ships", 15, True)
    before = head("harbour")
    anna.post(PAGE, AS_IT_IS | {"slow_seconds": "15", "announcements": "on"})
    assert head("harbour") == before, "what is as it was is no event"
    anna.post(PAGE, AS_IT_IS)
    room.refresh_from_db()
    assert (room.slow_seconds, room.announcements) == (0, False)


def test_a_pace_from_elsewhere_stays_until_it_is_changed(world: World, anna: Client) -> None:
    rooms.change_room(actor=world.anna, room="harbour", slow_seconds=7)
    assert '<option value="7" selected>7 seconds</option>' in text(anna.get(PAGE))
    anna.post(PAGE, AS_IT_IS | {"slow_seconds": "7"})
    assert Room.objects.get(slug="harbour").slow_seconds == 7
    assert "Select a valid choice" in text(anna.post(PAGE, AS_IT_IS | {"slow_seconds": "8"}))


def test_an_owner_archives_a_room_and_opens_it_again(world: World, anna: Client) -> None:
    anna.post("/rooms/harbour/archive/")
    assert Room.objects.get(slug="harbour").archived_at
    assert "it can be read, not written to" in text(anna.get("/rooms/harbour/"))
    assert "Open the room" in text(anna.get(PAGE))
    anna.post("/rooms/harbour/archive/", {"open": "yes"})
    assert Room.objects.get(slug="harbour").archived_at is None


def test_a_refused_name_is_told_at_its_field(world: World, anna: Client) -> None:
    answer = text(anna.post(PAGE, AS_IT_IS | {"title": "\u2800"}))
    assert "Something to read is missing." in answer
    assert Room.objects.get(slug="harbour").title != "\u2800"


def test_others_neither_find_the_page_nor_act_by_it(world: World, browser: Browser) -> None:
    ben = browser(world.ben)
    assert PAGE not in text(ben.get("/rooms/harbour/"))
    assert ben.get(PAGE).status_code == 403
    assert ben.post(PAGE, AS_IT_IS | {"title": "mine"}).status_code == 403
    assert ben.post("/rooms/harbour/archive/").status_code == 403
    assert browser(world.cleo).get("/rooms/bridge/settings/").status_code == 404
    assert Room.objects.get(slug="harbour").archived_at is None
