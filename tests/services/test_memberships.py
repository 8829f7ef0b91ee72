"""Joining, leaving and roles: each an event and news for the member, and a room keeps an owner."""

import pytest
from django.contrib.auth.models import User

from chat import bus
from chat.domain.errors import Conflict, Forbidden, Invalid, Locked, NotFound, Unauthenticated
from chat.domain.news import PersonNews
from chat.queries.rooms import members
from chat.services import accounts, rooms
from chat.services.memberships import add_member, change_member, join_room, leave_room, remove_member
from tests.race import race
from tests.world import administrator, events, fresh, head


def roles(viewer, room):
    return {member.person.username: member.role for member in members(viewer, room)}


def last(room):
    event = events(room)[-1]
    return event.kind, event.actor, event.member.person.username, event.member.role


# --- Joining and leaving ----------------------------------------------------------------------------------------------


def test_joining_and_leaving_are_events_and_tell_the_persons_devices(world):
    with bus.capture() as news:
        join_room(actor=world.cleo, room=world.harbour)
        assert last(world.harbour) == ("member.joined", "cleo", "cleo", "member")
        leave_room(actor=world.cleo, room=world.harbour)
    assert last(world.harbour) == ("member.left", "cleo", "cleo", "member")
    assert [each for each in news if isinstance(each, PersonNews)] == [PersonNews(world.cleo.pk, "rooms")] * 2
    assert "cleo" not in roles(world.cleo, world.harbour)


def test_a_member_who_joins_again_stays_what_they_are(world):
    before = head(world.harbour)
    join_room(actor=world.dora, room=world.harbour)
    assert roles(world.dora, world.harbour)["dora"] == "moderator"
    assert head(world.harbour) == before


def test_two_who_join_at_once_are_both_in_and_one_who_joins_twice_is_in_once(world):
    def join(actor):
        return lambda: join_room(actor=fresh(actor), room=world.harbour)

    assert race(join(world.cleo), join(world.cleo), join(world.tide), join(world.tide)) == [None] * 4
    assert {"cleo", "tide"} < set(roles(world.anna, world.harbour))
    assert [event.seq for event in events(world.harbour)] == list(range(1, head(world.harbour) + 1))


def test_nobody_joins_a_private_room_by_themselves_nor_an_archived_one(world):
    with pytest.raises(NotFound):
        join_room(actor=world.cleo, room=world.bridge)
    rooms.archive_room(actor=world.anna, room=world.harbour)
    with pytest.raises(Locked):
        join_room(actor=world.cleo, room=world.harbour)


def test_who_is_no_member_cannot_leave(world):
    for room in (world.harbour, world.bridge, "nowhere"):
        with pytest.raises(NotFound):
            leave_room(actor=world.cleo, room=room)


def test_somebody_without_an_account_here_joins_nothing(world):
    nobody = User(pk=10**6, username="nobody")
    with pytest.raises(Unauthenticated):
        join_room(actor=nobody, room=world.harbour)


# --- Bringing in, changing, removing ----------------------------------------------------------------------------------


def test_a_member_brings_others_into_an_open_room(world):
    add_member(actor=world.ben, room=world.harbour, username="cleo")
    assert last(world.harbour) == ("member.joined", "ben", "cleo", "member")


def test_only_moderators_bring_others_into_a_private_room(world):
    with pytest.raises(Forbidden):
        add_member(actor=world.ben, room=world.bridge, username="cleo")
    add_member(actor=world.dora, room=world.bridge, username="cleo", role="guest")
    assert roles(world.cleo, world.bridge)["cleo"] == "guest"


def test_who_is_in_already_keeps_their_role(world):
    before = head(world.harbour)
    add_member(actor=world.anna, room=world.harbour, username="dora", role="guest")
    assert roles(world.anna, world.harbour)["dora"] == "moderator"
    assert head(world.harbour) == before


def test_nobody_is_brought_in_above_who_brings_them(world):
    with pytest.raises(Forbidden):
        add_member(actor=world.dora, room=world.harbour, username="cleo", role="owner")


def test_another_role_is_an_event_and_the_same_is_none(world):
    change_member(actor=world.anna, room=world.harbour, username="ben", role="moderator")
    assert last(world.harbour) == ("member.changed", "anna", "ben", "moderator")
    before = head(world.harbour)
    change_member(actor=world.anna, room=world.harbour, username="ben", role="moderator")
    assert head(world.harbour) == before


def test_a_moderator_changes_and_removes_those_below_alone(world):
    change_member(actor=world.dora, room=world.harbour, username="ben", role="guest")
    assert roles(world.dora, world.harbour)["ben"] == "guest"
    for act, options in ((change_member, {"role": "member"}), (remove_member, {})):
        with pytest.raises(Forbidden):
            act(actor=world.dora, room=world.harbour, username="anna", **options)
    with pytest.raises(Forbidden):
        change_member(actor=world.dora, room=world.harbour, username="ben", role="moderator")


def test_removing_is_an_event_and_ends_what_they_see(world):
    remove_member(actor=world.dora, room=world.bridge, username="ben")
    assert last(world.bridge) == ("member.left", "dora", "ben", "member")
    with pytest.raises(NotFound):
        members(world.ben, world.bridge)


def test_who_is_no_member_is_neither_changed_nor_removed(world):
    with pytest.raises(NotFound):
        change_member(actor=world.anna, room=world.harbour, username="cleo", role="guest")
    with pytest.raises(NotFound):
        remove_member(actor=world.anna, room=world.harbour, username="cleo")


def test_who_manages_members_in_the_admin_does_so_in_rooms_they_are_not_in(world):
    root = administrator()
    add_member(actor=root, room=world.bridge, username="cleo", role="owner")
    remove_member(actor=root, room=world.bridge, username="ben")
    assert roles(world.cleo, world.bridge) == {"anna": "owner", "cleo": "owner", "dora": "moderator"}


def test_a_direct_room_keeps_its_people(world):
    with pytest.raises(Forbidden):
        leave_room(actor=world.ben, room=world.direct)
    with pytest.raises(Forbidden):
        add_member(actor=world.ben, room=world.direct, username="cleo")
    with pytest.raises(Forbidden):
        remove_member(actor=administrator(), room=world.direct, username="ben")
    assert set(roles(world.ben, world.direct)) == {"anna", "ben"}


@pytest.mark.parametrize("username", ["nobody", "", "cl\0eo", "\ud800"], ids=ascii)
def test_an_unknown_person_is_not_found(world, username):
    with pytest.raises(NotFound):
        add_member(actor=world.anna, room=world.harbour, username=username)


def test_a_closed_account_is_not_brought_in(world):
    accounts.deactivate(actor=administrator(), person=world.cleo)
    with pytest.raises(NotFound):
        add_member(actor=world.anna, room=world.harbour, username="cleo")


def test_a_closed_account_is_removed_like_any_other(world):
    accounts.deactivate(actor=administrator(), person=world.ben)
    remove_member(actor=world.anna, room=world.harbour, username="ben")
    assert "ben" not in [each.person.username for each in members(world.anna, world.harbour)]


@pytest.mark.parametrize("act", [add_member, change_member])
def test_an_unknown_role_is_invalid(world, act):
    with pytest.raises(Invalid) as refused:
        act(actor=world.anna, room=world.harbour, username="ben", role="king")
    assert list(refused.value.fields) == ["role"]


# --- A room keeps an owner --------------------------------------------------------------------------------------------


def test_the_last_owner_cannot_leave_others_behind(world):
    with pytest.raises(Conflict):
        leave_room(actor=world.anna, room=world.harbour)
    with pytest.raises(Conflict):
        remove_member(actor=world.anna, room=world.harbour, username="anna")
    assert roles(world.anna, world.harbour)["anna"] == "owner"


def test_the_last_owner_cannot_become_something_else_even_alone(world):
    with pytest.raises(Conflict):
        change_member(actor=world.anna, room=world.harbour, username="anna", role="member")
    rooms.create_room(actor=world.cleo, slug="own")
    with pytest.raises(Conflict):
        change_member(actor=world.cleo, room="own", username="cleo", role="member")


def test_the_last_person_of_all_may_leave(world):
    rooms.create_room(actor=world.cleo, slug="own")
    leave_room(actor=world.cleo, room="own")
    assert roles(world.cleo, "own") == {}


def test_an_owner_may_go_once_there_is_another(world):
    change_member(actor=world.anna, room=world.harbour, username="ben", role="owner")
    leave_room(actor=world.anna, room=world.harbour)
    assert roles(world.ben, world.harbour) == {"ben": "owner", "dora": "moderator"}


def test_of_two_owners_who_leave_at_once_one_stays(world):
    change_member(actor=world.anna, room=world.harbour, username="ben", role="owner")
    answers = race(
        *(lambda a=actor: leave_room(actor=fresh(a), room=world.harbour) for actor in (world.anna, world.ben))
    )
    assert sorted(type(answer) for answer in answers if answer) == [Conflict]
    assert list(roles(world.dora, world.harbour).values()).count("owner") == 1
