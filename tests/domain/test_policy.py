"""Who may do what, as one table: every act, every role, every kind of room."""

from datetime import UTC, datetime

import pytest

from chat.domain.errors import ALL
from chat.domain.policy import (
    MEMBER_ACTS,
    SITE_ACTS,
    SPEAKING,
    WRITES,
    Act,
    RoomFacts,
    Said,
    Standing,
    Target,
    reaches,
    refusal,
    refusal_everywhere,
    refusal_to_create,
    refusal_to_rule,
    sees,
    spared,
)
from chat.domain.sanctions import Sentence

KINDS = ("open", "private", "direct")
ROLES = (None, "guest", "member", "moderator", "owner")
MEANING = {".": None, "n": "not_found", "f": "forbidden"}

# Roles from nobody to owner, for an open, a private and a direct room. Members are changed to and from `member`.
TABLE = {
    (Act.READ, Target()): "..... n.... n....",
    (Act.SEND, Target()): "..... n.... n....",
    (Act.REPORT, Target()): "..... n.... n....",
    (Act.REPORT, Target(own=True)): "fffff nffff nffff",
    (Act.REACT, Target()): "..... n.... n....",
    (Act.JOIN, Target()): "..... n.... n....",
    (Act.EDIT, Target(own=True)): "..... n.... n....",
    (Act.EDIT, Target()): "fffff nffff nffff",
    (Act.DELETE, Target(own=True)): "..... n.... n....",
    (Act.DELETE, Target()): "fff.. nff.. nff..",
    (Act.RESTORE, Target()): "fff.. nff.. nff..",
    (Act.PIN, Target()): "fff.. nff.. n....",
    (Act.REVIEW, Target()): "fff.. nff.. nff..",
    (Act.INVITE, Target()): "fff.. nff.. nffff",
    (Act.LEAVE, Target()): "n.... n.... nffff",
    (Act.ADD_MEMBER, Target(role="member")): "ff... nff.. nffff",
    (Act.CHANGE_MEMBER, Target(role="member")): "fff.. nff.. nffff",
    (Act.REMOVE_MEMBER, Target(role="member")): "fff.. nff.. nffff",
    (Act.SANCTION, Target(role="member")): "fff.. nff.. nffff",
    (Act.CHANGE_ROOM, Target()): "ffff. nfff. nffff",
    (Act.ARCHIVE, Target()): "ffff. nfff. nffff",
}
SENTENCE = Sentence("spam")
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
    held_back = act in (Act.SEND, Act.EDIT) and role not in ("moderator", "owner") and expected != "not_found"
    room = RoomFacts(kind, archived=False, announcements=True)
    assert code(act, person(role), room, target) == ("forbidden" if held_back else expected)


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_to_a_guest_of_the_house_an_open_room_is_like_a_private_one_until_brought_in(act, target, kind, role, expected):
    room = RoomFacts(kind, archived=False)
    assert code(act, person(role, guest=True), room, target) == ("not_found" if role is None else expected)


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_who_is_muted_reads_leaves_and_takes_back_and_does_nothing_else_of_their_own(act, target, kind, role, expected):
    room, held = RoomFacts(kind, archived=False), SENTENCE
    seen = sees(person(role), room)
    assert code(act, person(role)._replace(mute=held), room, target) == (
        "muted" if seen and act in SPEAKING else expected
    )
    office = person(role, moderates_site=True, manages_members=True)
    if act in SPEAKING & (SITE_ACTS | MEMBER_ACTS):
        assert code(act, office._replace(mute=held), room, target) == "muted", "an office does not unmute"


@pytest.mark.parametrize(("act", "target", "kind", "role", "expected"), CELLS)
def test_who_is_banned_may_nothing_where_they_see_a_room_and_sees_no_more_than_before(
    act, target, kind, role, expected
):
    room = RoomFacts(kind, archived=False)
    expected = "banned" if sees(person(role), room) else "not_found"
    assert code(act, person(role)._replace(ban=SENTENCE), room, target) == expected
    everywhere = person(role)._replace(ban=SENTENCE._replace(everywhere=True))
    assert code(act, everywhere, room, target) == "banned"


def test_a_refusal_of_who_is_sanctioned_says_why_and_until_when():
    short = Sentence("flood", datetime(2026, 11, 21, 9, 30, tzinfo=UTC), 1500)
    refused = refusal(Act.SEND, person("member")._replace(mute=short), RoomFacts("open", False))
    assert refused.message == "You are muted here until 2026-11-21 09:30 UTC. Reason: flood"
    assert refused.retry_after_ms == 1500
    for_ever = Sentence("spam", everywhere=True)
    refused = refusal(Act.READ, person("member")._replace(ban=for_ever), RoomFacts("open", False))
    assert refused.message == "You are banned until a moderator lifts it. Reason: spam"
    assert refused.retry_after_ms is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("theirs", ROLES)
def test_moderators_and_owners_sanction_those_below_them(role, theirs):
    may = role in ("moderator", "owner") and ROLES.index(theirs) < ROLES.index(role)
    assert (code(Act.SANCTION, person(role), RoomFacts("open", False), Target(role=theirs)) is None) == may


@pytest.mark.parametrize("theirs", ROLES)
@pytest.mark.parametrize("kind", KINDS)
def test_who_sanctions_everywhere_does_so_in_every_room_but_direct(theirs, kind):
    judge = person(None)._replace(sanctions_all=True)
    expected = "forbidden" if kind == "direct" else None
    assert code(Act.SANCTION, judge, RoomFacts(kind, False), Target(role=theirs)) == expected
    assert refusal_everywhere(judge, Target()) is None


@pytest.mark.parametrize("target", [Target(own=True), Target(administrator=True)])
def test_nobody_sanctions_themselves_or_an_administrator(target):
    room, judge = RoomFacts("open", False), person("owner")._replace(sanctions_all=True)
    assert code(Act.SANCTION, judge, room, target) == "forbidden"
    assert code(Act.SANCTION, person("owner"), room, target) == "forbidden"
    assert refusal_everywhere(judge, target).code == "forbidden"


def test_only_who_has_the_right_sanctions_everywhere():
    assert refusal_everywhere(person("owner"), Target()).code == "forbidden"
    judge = person()._replace(sanctions_all=True)
    assert refusal_everywhere(judge._replace(active=False), Target()).code == "unauthenticated"
    assert refusal_everywhere(judge._replace(ban=SENTENCE._replace(everywhere=True)), Target()).code == "banned"


@pytest.mark.parametrize("member", [person("owner"), person(manages_members=True)])
def test_who_is_banned_is_not_brought_back_in(member):
    room, target = RoomFacts("private", False), Target(role="member", banned=True)
    assert code(Act.ADD_MEMBER, member, room, target) == "conflict"
    assert code(Act.ADD_MEMBER, person("member"), room, target) == "forbidden"


@pytest.mark.parametrize("kind", KINDS)
def test_rooms_are_made_by_who_may_speak_and_is_no_guest(kind):
    assert refusal_to_create(person(), kind) is None
    assert refusal_to_create(person(active=False), kind).code == "unauthenticated"
    assert refusal_to_create(person()._replace(mute=SENTENCE), kind).code == "muted"
    assert refusal_to_create(person()._replace(ban=SENTENCE._replace(everywhere=True)), kind).code == "banned"
    guest = refusal_to_create(person(guest=True), kind)
    assert guest is None if kind == "direct" else guest.code == "forbidden"


def test_a_credential_for_certain_rooms_reaches_no_other():
    assert reaches(["harbour"], "harbour")
    assert not reaches(["harbour"], "bridge")
    assert reaches([], "bridge")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("silent_ms", "left"), [(None, 0), (-30_000, 0), (-5, 30_000), (0, 30_000), (29_999, 1), (30_000, 0)]
)
def test_in_slow_mode_all_but_moderators_wait_between_their_messages(role, silent_ms, left):
    room, said = RoomFacts("open", False, slow_seconds=30), person(role)._replace(silent_ms=silent_ms)
    waits = left if role not in ("moderator", "owner") else 0
    refused = refusal(Act.SEND, said, room)
    assert (refused.code, refused.retry_after_ms) == ("slow_mode", waits) if waits else refused is None
    assert refusal(Act.SEND, said._replace(moderates_site=True), room) is None
    assert refusal(Act.EDIT, said, room, Target(own=True)) is None, "edits are not slowed"
    assert refusal(Act.SEND, said, RoomFacts("open", False)) is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", [Act.SEND, Act.EDIT])
def test_a_text_that_a_rule_refuses_is_blocked_whoever_it_does_not_spare(act, role):
    said = Target(own=True, said=Said(refused=True))
    assert code(act, person(role), RoomFacts("open", False), said) == "blocked"


def test_a_text_that_is_held_is_no_refusal_to_send_and_one_to_edit():
    said = Target(own=True, said=Said(held=True))
    assert code(Act.SEND, person("member"), RoomFacts("open", False), said) is None
    assert code(Act.EDIT, person("member"), RoomFacts("open", False), said) == "blocked"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", [Act.SEND, Act.EDIT])
@pytest.mark.parametrize("said", [Said(links=True), Said(calls_many=True), Said()])
def test_new_accounts_post_no_links_and_call_no_crowd_unless_they_moderate(act, role, said):
    room, target = RoomFacts("open", False), Target(own=True, said=said)
    refused = refusal(act, person(role)._replace(newcomer_ms=60_000), room, target)
    if said == Said() or role in ("moderator", "owner"):
        assert refused is None
    else:
        assert (refused.code, refused.retry_after_ms) == ("blocked", 60_000)
    assert code(act, person(role), room, target) is None
    assert code(act, person(role, moderates_site=True)._replace(newcomer_ms=1), room, target) is None


@pytest.mark.parametrize("role", ROLES)
def test_a_rule_spares_those_from_its_role_on_and_one_without_a_role_nobody(role):
    assert spared(person(role), "moderator") == (role in ("moderator", "owner"))
    assert spared(person(role), "owner") == (role == "owner")
    assert not spared(person(role, moderates_site=True), None)
    assert spared(person(role, moderates_site=True), "moderator"), "who moderates the site does so in every room"
    assert spared(person(role, moderates_site=True), "owner") == (role == "owner")


def test_only_who_moderates_the_site_sets_rules_for_all_rooms():
    assert refusal_to_rule(person("owner")).code == "forbidden"
    assert refusal_to_rule(person(moderates_site=True)) is None
    assert refusal_to_rule(person(moderates_site=True, active=False)).code == "unauthenticated"


def test_every_refusal_says_why_in_a_sentence():
    refusals = [
        refusal(act, person(role), RoomFacts(kind, archived), target)
        for act, target in TABLE
        for kind in KINDS
        for role in ROLES
        for archived in (False, True)
    ]
    assert all(refused.message.endswith(".") and type(refused) is ALL[refused.code] for refused in refusals if refused)
