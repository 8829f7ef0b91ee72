"""Rooms and their people, as one viewer may see them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from chat import models
from chat.domain import shapes
from chat.domain.policy import MEMBER_ACTS, SITE_ACTS, Act
from chat.queries import rights, rooms
from chat.queries.sanctions import mute_here
from chat.services import accounts, memberships, messages, sanctions
from chat.services import rooms as room_services
from tests.world import administrator, head, person, say


def slugs(found):
    return [room.room for room in found]


# --- One's own rooms --------------------------------------------------------------------------------------------------


def test_ones_rooms_come_by_slug_with_ones_role_and_what_waits_there(world):
    say(world.anna, world.bridge, "One @ben")
    say(world.anna, world.bridge, "Two")
    bridge, direct, harbour = rooms.rooms_of(world.ben)
    assert slugs([bridge, direct, harbour]) == sorted([world.bridge, world.direct, world.harbour])
    assert (bridge.role, bridge.unread, bridge.mentions, bridge.head) == ("member", 2, 1, head(world.bridge))
    assert (harbour.title, harbour.kind, harbour.unread, harbour.mentions) == ("harbour", "open", 0, 0)
    assert [each.username for each in direct.people] == ["anna", "ben"]
    assert bridge.people == []


def test_rooms_one_left_and_archived_ones_are_not_among_them(world):
    memberships.leave_room(actor=world.ben, room=world.harbour)
    room_services.archive_room(actor=world.anna, room=world.bridge)
    assert slugs(rooms.rooms_of(world.ben)) == [world.direct]


def test_who_is_not_signed_in_has_none(world):
    accounts.deactivate(actor=administrator(), person=world.ben)
    for viewer in (AnonymousUser(), world.ben):
        assert rooms.rooms_of(viewer) == []
        assert rooms.open_rooms(viewer) == []


def test_rooms_of_many_take_as_many_queries_as_those_of_one(world, django_assert_num_queries):
    for number in range(3):
        slug = room_services.create_room(actor=world.anna, slug=f"room-{number}").room
        memberships.join_room(actor=world.ben, room=slug)
        say(world.anna, slug, "Hello @ben")
        room_services.open_direct_room(actor=world.ben, people=[person(f"p{number}").username])
    people = [world.ben.pk, world.anna.pk, world.cleo.pk]
    with django_assert_num_queries(5):
        found = rooms.rooms_of_all(people)
    assert found == [rooms.rooms_of(each) for each in (world.ben, world.anna, world.cleo)]
    assert [len(each) for each in found] == [9, 6, 0]


def test_a_room_tells_why_and_how_long_one_is_muted_there(world):
    root, ends = administrator(), timezone.now() + timedelta(hours=1)
    sanctions.impose(actor=root, person=world.ben, kind="mute", reason="loud", room=world.harbour, ends_at=ends)
    muted = {room.room: room.muted for room in rooms.rooms_of(world.ben)}
    assert muted == {world.bridge: None, world.direct: None, world.harbour: muted[world.harbour]}
    assert muted[world.harbour].message.endswith("Reason: loud") and 0 < muted[world.harbour].retry_after_ms <= 3600_000
    assert mute_here(world.ben.pk, world.harbour).message == muted[world.harbour].message
    assert mute_here(world.ben.pk, world.bridge) is None
    sanctions.impose(actor=root, person=world.ben, kind="mute", reason="everywhere")
    assert mute_here(world.ben.pk, world.bridge) == shapes.Mute(rooms.summary(world.ben, world.bridge).muted.message)


def test_a_deleted_message_still_stands_between_ones_mark_and_the_end(world):
    message = say(world.anna, world.harbour, "One @ben")
    messages.delete_message(actor=world.anna, room=world.harbour, seq=message.seq)
    found = rooms.summary(world.ben, world.harbour)
    assert (found.unread, found.mentions) == (1, 0)


def test_an_open_room_one_has_not_joined_is_summed_up_too(world):
    say(world.anna, world.harbour, "One @cleo")
    found = rooms.summary(world.cleo, world.harbour)
    assert (found.role, found.read, found.unread, found.mentions) == (None, head(world.harbour), 0, 0)


# --- All rooms --------------------------------------------------------------------------------------------------------


def test_open_rooms_are_found_by_slug_or_title_in_any_case(world):
    room_services.create_room(actor=world.anna, slug="square", title="Market Place")
    room_services.create_room(actor=world.anna, slug="market", kind="private")
    assert slugs(rooms.open_rooms(world.cleo)) == [world.harbour, "square"]
    assert slugs(rooms.open_rooms(world.cleo, text="mARk")) == ["square"]
    assert slugs(rooms.open_rooms(world.cleo, text="HARB")) == [world.harbour]
    assert slugs(rooms.open_rooms(world.cleo, after=world.harbour)) == ["square"]
    assert slugs(rooms.open_rooms(world.cleo, limit=1)) == [world.harbour]
    room_services.archive_room(actor=world.anna, room="square")
    assert slugs(rooms.open_rooms(world.cleo)) == [world.harbour]


@pytest.mark.parametrize("text", ["%", "_", "'; --", "\0", "\ud800", "nowhere"], ids=ascii)
def test_signs_of_the_database_are_looked_for_as_they_are(world, text):
    assert rooms.open_rooms(world.cleo, text=text) == []
    assert rooms.open_rooms(world.cleo, after=f"z{text}") == []


def test_a_direct_room_is_its_people(world):
    found = rooms.visible_room(world.ben, world.direct)
    assert [each.username for each in found.people] == ["anna", "ben"]
    assert found.title == found.room == world.direct


def test_members_come_by_username_with_their_roles_and_names(world):
    accounts.change_profile(actor=world.ben, display_name="Captain Ben")
    found = [
        (each.person.username, each.person.display_name, each.role) for each in rooms.members(world.cleo, world.harbour)
    ]
    assert found == [("anna", "anna", "owner"), ("ben", "Captain Ben", "member"), ("dora", "dora", "moderator")]


def test_the_bounds_of_many_rooms_take_one_query(world, django_assert_num_queries):
    wanted = [world.harbour, world.bridge, "nowhere"]
    with django_assert_num_queries(1):
        found = rooms.bounds(wanted)
    assert found == {slug: (1, head(slug)) for slug in wanted[:2]}


def test_what_a_page_may_offer_is_what_the_policy_allows(world):
    assert Act.PIN in rights.rights_of(world.dora, world.harbour).acts
    assert Act.PIN not in rights.rights_of(world.ben, world.harbour).acts
    assert rights.rights_of(world.cleo, world.bridge).acts == frozenset()
    assert rights.rights_of(administrator(), world.bridge).acts == SITE_ACTS | MEMBER_ACTS | {Act.SANCTION}
    models.Room.objects.filter(slug=world.harbour).update(archived_at=models.Room.objects.first().created_at)
    assert Act.SEND not in rights.rights_of(world.anna, world.harbour).acts
