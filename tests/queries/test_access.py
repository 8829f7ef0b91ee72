"""Who may read a room, and that a hidden one is like none."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from chat.domain.errors import NotFound, Unauthenticated
from chat.queries import access, history, log, rooms
from chat.services import accounts, memberships
from tests.world import administrator, fresh, head

READS = [
    history.page,
    lambda viewer, slug: history.message(viewer, slug, 1),
    lambda viewer, slug: log.events_after(viewer, slug, after=0, epoch=None),
    rooms.members,
    rooms.summary,
    rooms.visible_room,
]


@pytest.mark.parametrize("read", READS)
def test_a_hidden_room_answers_like_one_that_does_not_exist(world, read):
    answers = []
    for slug in (world.bridge, world.direct, "nowhere", "no\0where", "\ud800", "", "../bridge"):
        with pytest.raises(NotFound) as refused:
            read(world.cleo, slug)
        answers.append((refused.value.message, refused.value.fields))
    assert len(set(map(str, answers))) == 1


@pytest.mark.parametrize("read", READS)
def test_who_is_not_signed_in_is_told_so_of_every_room_alike(world, read):
    accounts.deactivate(actor=administrator(), person=world.ben)
    for viewer in (AnonymousUser(), world.ben):
        for slug in (world.harbour, world.bridge, "nowhere"):
            with pytest.raises(Unauthenticated):
                read(viewer, slug)


def test_whoever_is_removed_reads_no_more(world):
    assert access.readable(world.ben, world.bridge).standing.role == "member"
    memberships.remove_member(actor=world.anna, room=world.bridge, username="ben")
    with pytest.raises(NotFound):
        access.readable(world.ben, world.bridge)


def test_an_open_room_is_read_by_everybody_and_says_where_its_log_stands(world):
    found = access.readable(world.cleo, world.harbour)
    assert found.standing.role is None
    assert (found.position.oldest, found.position.head) == (1, head(world.harbour))


def test_the_facts_of_the_policy_take_one_query(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        access.readable(world.ben, world.bridge)


def test_of_many_readers_those_who_may_not_are_named(world, django_assert_num_queries):
    accounts.deactivate(actor=administrator(), person=world.dora)
    people = [each.pk for each in (world.anna, world.ben, world.cleo, world.dora)]
    room, _ = access.located(world.bridge)
    with django_assert_num_queries(2):
        refused = access.refused_readers(room, [*people, 10**9])
    codes = {world.cleo.pk: "not_found", world.dora.pk: "unauthenticated", 10**9: "not_found"}
    assert {pk: error.code for pk, error in refused.items()} == codes
    room, _ = access.located(world.harbour)
    assert access.refused_readers(room, people).keys() == {world.dora.pk}


def test_many_rooms_are_located_for_many_people_by_as_many_queries_as_one(world, django_assert_num_queries):
    here = [(world.harbour, world.cleo.pk), (world.bridge, world.ben.pk)]
    nowhere = [(world.bridge, world.cleo.pk), ("nowhere", world.ben.pk), ("\x00", world.ben.pk), (world.harbour, 10**9)]
    for asked in ([*here, *nowhere], here[:1]):
        with django_assert_num_queries(3):
            found = access.positions(asked)
        assert [each.head for each in found[: len(here)]] == [head(room) for room, _ in asked[: len(here)]]
        assert [each.code for each in found[len(here) :]] == ["not_found"] * len(asked[len(here) :])


@pytest.mark.parametrize(
    ("permission", "rights"),
    [
        ("delete_message", (True, False, False)),
        ("change_membership", (False, True, False)),
        ("add_sanction", (False, False, True)),
        ("view_message", (False, False, False)),
    ],
)
def test_rights_over_all_rooms_are_those_of_the_admin(world, permission, rights):
    clerk = world.cleo
    clerk.user_permissions.add(Permission.objects.get(codename=permission))
    assert _rights(fresh(clerk)) == (False, False, False), "a permission alone is not enough"
    clerk.is_staff = True
    clerk.save()
    assert _rights(fresh(clerk)) == rights
    assert _rights(administrator()) == (True, True, True)


def _rights(person):
    found = access.standing(person, None, guest=False)
    return found.moderates_site, found.manages_members, found.sanctions_all
