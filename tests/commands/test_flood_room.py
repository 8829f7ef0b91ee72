"""A flood is fast, and its log is as whole as if people had lived it."""

import pytest
from django.core.management import CommandError

from chat import bus, models
from chat.queries import rooms
from chat.services import flood
from chat.services import rooms as making
from tests.log import assert_whole
from tests.world import head, kinds, person, say


@pytest.fixture
def small_chunks(monkeypatch):
    """Several transactions for a few messages."""
    monkeypatch.setattr(flood, "CHUNK", 70)


def test_the_log_of_a_flood_is_whole(manage, small_chunks):
    manage("flood_room", "big", "--messages", "300", "--people", "7")
    assert models.Room.objects.get(slug="big").message_count == 300
    assert_whole("big")


def test_a_flood_has_all_that_talk_has(manage):
    manage("flood_room", "big", "--messages", "1000", "--people", "7")
    assert set(kinds("big")) == {"member.joined", "message.created", "message.edited", "reaction.added"}
    messages = models.Message.objects.all()
    assert messages.exclude(reply_to=None).exists()
    assert any(row.mentions for row in messages)
    assert messages.filter(html__contains="<strong>").exists()
    assert len(set(messages.values_list("body", flat=True))) > 900
    assert models.Profile.objects.values("display_name").distinct().count() == 7


def test_a_second_flood_goes_on_behind_the_first(manage):
    for _ in range(2):
        manage("flood_room", "big", "--messages", "50", "--people", "3")
    assert models.Room.objects.get(slug="big").message_count == 100
    assert kinds("big").count("member.joined") == 3
    assert_whole("big")


def test_a_flood_comes_into_a_room_with_people_in_it_and_they_go_on(manage, small_chunks):
    anna = person("anna")
    making.create_room(actor=anna, slug="kitchen")
    say(anna, "kitchen", "quiet here")
    manage("flood_room", "kitchen", "--messages", "100", "--people", "3")
    [summary] = rooms.rooms_of(anna)
    assert (summary.unread, summary.head) == (100, head("kitchen"))
    say(anna, "kitchen", "not any more")
    assert_whole("kitchen")
    assert rooms.rooms_of(anna)[0].unread == 0


def test_a_flood_is_announced_to_nobody(manage):
    with bus.capture() as news:
        manage("flood_room", "big", "--messages", "10", "--people", "2")
    assert news == []


def test_it_says_how_far_it_is(manage, small_chunks):
    said = manage("flood_room", "big", "--messages", "100", "--people", "2", "-v", "2")
    assert said[:2] == ["70 of 100", "100 of 100"]
    assert said[2].startswith("100 messages of 2 people in #big in ")


@pytest.mark.parametrize(
    "arguments", [["Big Room"], ["big", "--messages", "0"], ["big", "--people", "0"], ["big", "--messages", "-5"]]
)
def test_what_cannot_be_is_refused(manage, arguments):
    with pytest.raises(CommandError):
        manage("flood_room", *arguments)
    assert not models.Room.objects.exists()
    assert not models.Profile.objects.exists()
