"""Who may do what, as one table: every act, every role, every kind of room."""

import pytest

from chat.domain.errors import ALL
from chat.domain.policy import MEMBER_ACTS, SITE_ACTS, WRITES, Act, RoomFacts, Standing, Target, reaches, refusal, sees

KINDS = ("open", "private", "direct")
ROLES = (None, "guest", "member", "moderator", "owner")
MEANING = {".": None, "n": "not_found", "f": "forbidden"}

# Roles from nobody to owner, for an open, a private and a direct room. Members are changed to and from `member`.
TABLE = {
    (Act.READ, Target()): "..... n.... n....",
    (Act.SEND, Target()): "..... n.... n....",
    (Act.REACT, Target()): "..... n.... n....",
    (Act.JOIN, Target()): "..... n.... n....",
    (Act.EDIT, Target(own=True)): "..... n.... n....",
    (Act.EDIT, Target()): "fffff nffff nffff",
    (Act.DELETE, Target(own=True)): "..... n.... n....",
    (Act.DELETE, Target()): "fff.. nff.. nff..",
    (Act.PIN, Target()): "fff.. nff.. n....",
    (Act.LEAVE, Target()): "n.... n.... nffff",
    (Act.ADD_MEMBER, Target(role="member")): "ff... nff.. nffff",
    (Act.CHANGE_MEMBER, Target(role="member")): "fff.. nff.. nffff",
    (Act.REMOVE_MEMBER, Target(role="member")): "fff.. nff.. nffff",
    (Act.CHANGE_ROOM, Target()): "ffff. nfff. nffff",
    (Act.ARCHIVE, Target()): "ffff. nfff. nffff",
}
CELLS = [
    pytest.param(act, target, kind, role, MEANING[cell], id=f"{act}{'-own' * target.own}-{kind}-{role}")
    for (act, target), rows in TABLE.items()
    for kind, row in zip(KINDS, rows.split(), strict=True)
    for role, cell in zip(ROLES, row, strict=True)
]


def code(act, standing, room, target=None):
    refused = refusal(act, standing, room, target)
    return refused and refused.code


def person(role=None, *, active=True, moderates_site=False, manages_members=False, guest=False):
    return Standing(active, moderates_site, role, manages_members, guest)


def test_the_table_knows_every_act():
    assert {act for act, _ in TABLE} == set(Act)


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_each_role_may_what_the_table_says(act, target, kind, role, expected):
    assert code(act, person(role), RoomFacts(kind, archived=False), target) == expected


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_an_archived_room_is_read_and_left_but_not_written(act, target, kind, role, expected):
    visible = sees(person(role), RoomFacts(kind, archived=True))
    writes_where_seen = act in WRITES and visible
    assert code(act, person(role), RoomFacts(kind, archived=True), target) == (
        "locked" if writes_where_seen else expected
    )


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_a_closed_account_may_nothing(act, target, kind, role, expected):
    closed = person(role, active=False, moderates_site=True, manages_members=True)
    assert code(act, closed, RoomFacts(kind, archived=False), target) == "unauthenticated"


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
@pytest.mark.parametrize("archived", [False, True])
def test_who_moderates_the_site_removes_messages_and_changes_rooms_anywhere_and_is_else_as_others(
    act, target, kind, role, expected, archived
):
    room = RoomFacts(kind, archived)
    ordinary = code(act, person(role), room, target)
    assert code(act, person(role, moderates_site=True), room, target) == (None if act in SITE_ACTS else ordinary)


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
@pytest.mark.parametrize("archived", [False, True])
def test_who_manages_members_does_so_in_every_room_but_direct_and_is_else_as_others(
    act, target, kind, role, expected, archived
):
    room = RoomFacts(kind, archived)
    answer = code(act, person(role, manages_members=True), room, target)
    if act not in MEMBER_ACTS:
        assert answer == code(act, person(role), room, target)
    elif archived and act in WRITES:
        assert answer == "locked"
    else:
        assert answer == ("forbidden" if kind == "direct" else None)


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize("given", ROLES[1:])
@pytest.mark.parametrize("kind", ["open", "private"])
def test_nobody_brings_in_somebody_above_themselves(role, given, kind):
    may = ROLES.index(given) <= ROLES.index(role) and role in (
        ("member", "moderator", "owner") if kind == "open" else ("moderator", "owner")
    )
    assert (code(Act.ADD_MEMBER, person(role), RoomFacts(kind, False), Target(role=given)) is None) == may


@pytest.mark.parametrize("act", [Act.CHANGE_MEMBER, Act.REMOVE_MEMBER])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("theirs", ROLES)
def test_moderators_act_on_those_below_them_and_owners_on_everybody(act, role, theirs):
    may = role == "owner" or (role == "moderator" and theirs in (None, "guest", "member"))
    assert (code(act, person(role), RoomFacts("open", False), Target(role=theirs)) is None) == may


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
def test_a_room_exists_for_its_members_and_an_open_one_for_everybody_active(kind, role):
    assert sees(person(role), RoomFacts(kind, False)) == (kind == "open" or role is not None)
    assert not sees(person(role, active=False), RoomFacts(kind, False))


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_where_only_moderators_write_the_others_do_all_else(act, target, kind, role, expected):
    held_back = act is Act.SEND and expected is None and role not in ("moderator", "owner")
    room = RoomFacts(kind, archived=False, announcements=True)
    assert code(act, person(role), room, target) == ("forbidden" if held_back else expected)


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_to_a_guest_of_the_house_an_open_room_is_like_a_private_one_until_brought_in(act, target, kind, role, expected):
    room = RoomFacts(kind, archived=False)
    assert code(act, person(role, guest=True), room, target) == ("not_found" if role is None else expected)


def test_a_credential_for_certain_rooms_reaches_no_other():
    assert reaches(["harbour"], "harbour")
    assert not reaches(["harbour"], "bridge")
    assert reaches([], "bridge")


def test_every_refusal_says_why_in_a_sentence():
    refusals = [
        refusal(act, person(role), RoomFacts(kind, archived), target)
        for act, target in TABLE
        for kind in KINDS
        for role in ROLES
        for archived in (False, True)
    ]
    assert all(refused.message.endswith(".") and type(refused) is ALL[refused.code] for refused in refusals if refused)
