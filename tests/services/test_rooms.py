"""Making rooms and changing them."""

import pytest
from django.contrib.auth.models import User

from chat import bus, models
from chat.conf import conf
from chat.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from chat.domain.news import PersonNews
from chat.queries.rooms import members, rooms_of, visible_room
from chat.services import accounts, memberships, messages, reactions, rooms
from tests.race import race
from tests.world import administrator, events, fresh, head, kinds, person, say

# --- Open and private rooms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "private"])
def test_a_new_room_belongs_to_who_made_it(world, kind):
    room = rooms.create_room(actor=world.cleo, slug="square", title=" Town square ", topic=" Markets ", kind=kind)
    assert (room.room, room.title, room.topic, room.kind) == ("square", "Town square", "Markets", kind)
    assert (room.archived, room.people) == (False, [])
    assert [(member.person.username, member.role) for member in members(world.cleo, "square")] == [("cleo", "owner")]
    assert visible_room(world.cleo, "square") == room
    assert kinds("square") == ["member.joined"]


def test_a_room_without_a_title_is_called_by_its_slug(world):
    assert rooms.create_room(actor=world.cleo, slug="square").title == "square"


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("room", {"slug": "Town Square"}),
        ("room", {"slug": "a/b"}),
        ("room", {"slug": "площадь"}),
        ("title", {"title": "x" * 81}),
        ("title", {"title": "a\nb"}),
        ("topic", {"topic": "x" * 251}),
        ("topic", {"topic": "a\0b"}),
        ("kind", {"kind": "direct"}),
        ("kind", {"kind": "secret"}),
    ],
)
def test_an_unfit_room_is_refused_by_the_faulty_field(world, field, options):
    with pytest.raises(Invalid) as refused:
        rooms.create_room(actor=world.cleo, **{"slug": "square", **options})
    assert list(refused.value.fields) == [field]


def test_a_slug_is_never_used_again(world):
    rooms.archive_room(actor=world.anna, room=world.harbour)
    with pytest.raises(Conflict) as refused:
        rooms.create_room(actor=world.cleo, slug=world.harbour)
    assert list(refused.value.fields) == ["room"]


def test_of_many_who_take_a_slug_at_once_one_gets_it(world):
    answers = race(*[lambda: rooms.create_room(actor=fresh(world.cleo), slug="square")] * 6)
    assert sorted(getattr(answer, "code", "made") for answer in answers) == ["conflict"] * 5 + ["made"]
    assert kinds("square") == ["member.joined"]


@pytest.mark.parametrize("make", [rooms.create_room, rooms.open_direct_room])
def test_a_closed_account_makes_no_room(world, make):
    User.objects.filter(pk=world.cleo.pk).update(is_active=False)
    options = {"slug": "square"} if make is rooms.create_room else {"people": ["ben"]}
    with pytest.raises(Unauthenticated):
        make(actor=world.cleo, **options)
    assert models.Room.objects.count() == 3


def test_nobody_makes_no_room(world):
    with pytest.raises(Unauthenticated):
        rooms.create_room(actor=User(pk=10**6, username="nobody"), slug="square")


# --- Direct rooms -----------------------------------------------------------------------------------------------------


def test_a_direct_room_has_its_people_for_a_name_and_a_random_slug(world):
    with bus.capture() as news:
        room = rooms.open_direct_room(actor=world.cleo, people=["tide", "ben"])
    assert room.kind == "direct"
    assert [each.username for each in room.people] == ["ben", "cleo", "tide"]
    assert len(room.room) == 26
    assert {each.user_id for each in news if isinstance(each, PersonNews)} == {
        each.pk for each in (world.cleo, world.tide, world.ben)
    }


def test_the_same_people_have_one_direct_room_whoever_opens_it(world):
    opened = rooms.open_direct_room(actor=world.ben, people=["anna", "ben", "anna"])
    assert opened.room == world.direct
    assert rooms.open_direct_room(actor=world.anna, people=["ben", "dora"]).room != world.direct


def test_of_many_who_open_a_direct_room_at_once_all_get_the_same(world):
    def open_it(actor, other):
        return lambda: rooms.open_direct_room(actor=fresh(actor), people=[other])

    answers = race(*[open_it(world.cleo, "ben"), open_it(world.ben, "cleo")] * 3)
    assert len({answer.room for answer in answers}) == 1
    assert kinds(answers[0].room) == ["member.joined"] * 2


@pytest.mark.parametrize("people", [["nobody"], ["ben", "nobody"], ["be\0n"], ["\ud800"]], ids=ascii)
def test_somebody_unknown_is_not_found(world, people):
    with pytest.raises(NotFound):
        rooms.open_direct_room(actor=world.cleo, people=people)


def test_a_closed_account_is_not_written_to_anew(world):
    accounts.deactivate(actor=administrator(), person=world.tide)
    with pytest.raises(NotFound):
        rooms.open_direct_room(actor=world.cleo, people=["tide"])


def test_a_direct_room_is_of_two_to_nine(world):
    crowd = [person(f"p{number}").username for number in range(9)]
    assert len(rooms.open_direct_room(actor=world.cleo, people=crowd[:8]).people) == 9
    for people in ([], ["cleo"], crowd):
        with pytest.raises(Invalid) as refused:
            rooms.open_direct_room(actor=world.cleo, people=people)
        assert list(refused.value.fields) == ["people"]


# --- Changing and archiving -------------------------------------------------------------------------------------------


def test_a_change_is_an_event_that_carries_the_room(world):
    before = head(world.harbour)
    changed = rooms.change_room(actor=world.anna, room=world.harbour, title=" Port ", topic="Ships")
    assert (changed.title, changed.topic) == ("Port", "Ships")
    [event] = events(world.harbour, before)
    assert (event.kind, event.actor, event.room) == ("room.changed", "anna", changed)


def test_what_is_not_named_stays_and_a_topic_may_be_emptied(world):
    rooms.change_room(actor=world.anna, room=world.harbour, title="Port", topic="Ships")
    assert rooms.change_room(actor=world.anna, room=world.harbour, topic=" ").title == "Port"
    assert rooms.change_room(actor=world.anna, room=world.harbour, title="Haven").topic == ""


def test_the_same_again_changes_nothing(world):
    same = visible_room(world.anna, world.harbour)
    before = head(world.harbour)
    assert rooms.change_room(actor=world.anna, room=world.harbour, title=same.title, topic=same.topic) == same
    assert rooms.change_room(actor=world.anna, room=world.harbour) == same
    assert head(world.harbour) == before


@pytest.mark.parametrize("options", [{"title": ""}, {"title": "a\nb"}, {"topic": "x" * 251}], ids=ascii)
def test_an_unfit_change_changes_nothing(world, options):
    same = visible_room(world.anna, world.harbour)
    with pytest.raises(Invalid):
        rooms.change_room(actor=world.anna, room=world.harbour, **options)
    assert visible_room(world.anna, world.harbour) == same


def test_archiving_closes_a_room_for_writing_and_takes_it_off_the_lists(world):
    message = say(world.ben, world.harbour, "Ahoy")
    archived = rooms.archive_room(actor=world.anna, room=world.harbour)
    assert archived.archived
    assert world.harbour not in [room.room for room in rooms_of(world.ben)]
    opened = rooms.unarchive_room(actor=world.anna, room=world.harbour)
    assert not opened.archived
    assert [(event.kind, event.room) for event in events(world.harbour, message.seq)] == [
        ("room.changed", opened),
        ("room.changed", opened),
    ], "the log shows the room as it is now"


def test_archiving_twice_is_once(world):
    rooms.archive_room(actor=world.anna, room=world.harbour)
    before = head(world.harbour)
    rooms.archive_room(actor=world.anna, room=world.harbour)
    assert head(world.harbour) == before


@pytest.mark.parametrize("act", [rooms.change_room, rooms.archive_room, rooms.unarchive_room])
def test_only_owners_and_site_moderators_change_a_room(world, act):
    for actor in (world.ben, world.dora, world.cleo):
        with pytest.raises(Forbidden):
            act(actor=actor, room=world.harbour)
    with pytest.raises(NotFound):
        act(actor=world.cleo, room=world.bridge)
    assert act(actor=administrator(), room=world.bridge).room == world.bridge


# --- The lobby --------------------------------------------------------------------------------------------------------


def test_the_lobby_is_made_once_and_left_as_it_is(world):
    rooms.ensure_lobby()
    lobby = visible_room(world.cleo, conf().LOBBY)
    assert (lobby.title, lobby.kind, members(world.cleo, lobby.room)) == ("General", "open", [])
    memberships.add_member(actor=administrator(), room=lobby.room, username="anna", role="owner")
    rooms.change_room(actor=world.anna, room=lobby.room, title="Commons")
    rooms.ensure_lobby()
    assert visible_room(world.cleo, lobby.room).title == "Commons"


# --- Announcement rooms -----------------------------------------------------------------------------------------------


@pytest.fixture
def board(world):
    """An open room of anna's in which only moderators write; ben is a member, dora moderates."""
    rooms.create_room(actor=world.anna, slug="board", announcements=True)
    memberships.join_room(actor=world.ben, room="board")
    memberships.add_member(actor=world.anna, room="board", username="dora", role="moderator")
    return say(world.dora, "board", "High tide at noon")


def test_in_an_announcement_room_moderators_write_and_the_others_react(world, board):
    assert visible_room(world.ben, "board").announcements
    before = head("board")
    for somebody in (world.ben, world.cleo):
        with pytest.raises(Forbidden, match="Only moderators write here"):
            say(somebody, "board", "me too")
    assert kinds("board", before) == [], "nobody joins by being refused"
    reactions.add_reaction(actor=world.ben, room="board", seq=board.seq, emoji="👍")


def test_who_wrote_before_a_room_was_for_announcements_rewrites_nothing_in_it(world):
    mine = say(world.ben, world.harbour, "before")
    rooms.change_room(actor=world.anna, room=world.harbour, announcements=True)
    with pytest.raises(Forbidden, match="Only moderators write here"):
        messages.edit_message(actor=world.ben, room=world.harbour, seq=mine.seq, body="after")


def test_who_writes_in_a_room_can_be_changed_by_its_owners(world, board):
    with pytest.raises(Forbidden):
        rooms.change_room(actor=world.dora, room="board", announcements=False)
    before = head("board")
    assert not rooms.change_room(actor=world.anna, room="board", announcements=False).announcements
    rooms.change_room(actor=world.anna, room="board", announcements=False)
    assert kinds("board", before) == ["room.changed"]
    assert say(world.ben, "board", "now me").body == "now me"
