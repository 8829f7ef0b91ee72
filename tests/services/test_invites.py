"""Invites: who may sign up with which link, and how often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import models
from chat.domain.errors import Conflict, Forbidden, Invalid, NotFound
from chat.queries.installation import removes_erased_messages, sign_up_mode
from chat.queries.rooms import rooms_of
from chat.services import accounts, invites, memberships, rooms
from chat.services.guests import set_guest
from chat.services.installation import change_installation
from chat.services.sanctions import impose
from tests.race import race
from tests.world import administrator, kinds, person

PASSWORD = "correct horse battery"


@pytest.fixture
def root(world):
    return administrator()


@pytest.fixture
def by_invitation(root):
    change_installation(actor=root, sign_up="invite")


def sign_up(code="", username="finn"):
    return accounts.sign_up(username=username, password=PASSWORD, invite=code)


def expired(invite):
    models.Invite.objects.filter(pk=invite.pk).update(expires_at=timezone.now())


def test_by_invitation_only_who_holds_a_link_signs_up(root, by_invitation):
    _, code = invites.create_invite(actor=root)
    assert invites.may_sign_up(code=code) and not invites.may_sign_up()
    for wrong in ("", "guess", "gu\ud800ess", code[:-1]):
        assert not invites.may_sign_up(code=wrong)
        with pytest.raises(Forbidden):
            sign_up(wrong)
    assert sign_up(code).username == "finn"


def test_a_link_is_worth_its_uses_and_no_more(root, by_invitation):
    _, code = invites.create_invite(actor=root, uses=2)
    sign_up(code, "finn")
    sign_up(code, "gwen")
    assert not invites.may_sign_up(code=code)
    with pytest.raises(Forbidden):
        sign_up(code, "hugo")


def test_a_name_that_is_taken_spends_nothing(root, by_invitation):
    _, code = invites.create_invite(actor=root)
    with pytest.raises(Exception, match="contradicts"):
        sign_up(code, "anna")
    assert sign_up(code)


def test_of_many_who_race_for_the_last_use_one_comes_in(root, by_invitation):
    invite, code = invites.create_invite(actor=root, uses=2)
    answers = race(*(lambda n=n: sign_up(code, f"finn{n}") for n in range(5)))
    assert sorted(getattr(answer, "code", "made") for answer in answers) == ["forbidden"] * 3 + ["made"] * 2
    assert models.Invite.objects.get(pk=invite.pk).uses_left == 0


def test_an_expired_link_or_that_of_somebody_closed_is_worth_nothing(root, world, by_invitation):
    invite, code = invites.create_invite(actor=root, expires_at=timezone.now() + timedelta(days=1))
    assert invites.may_sign_up(code=code)
    expired(invite)
    assert not invites.may_sign_up(code=code)
    _, other = invites.create_invite(actor=administrator("chief"))
    accounts.deactivate(actor=root, person=type(root).objects.get(username="chief"))
    with pytest.raises(Forbidden):
        sign_up(other)


def test_where_sign_up_is_closed_no_link_opens_it(root):
    _, code = invites.create_invite(actor=root)
    change_installation(actor=root, sign_up="closed")
    assert not invites.may_sign_up(code=code)
    with pytest.raises(Forbidden):
        sign_up(code)


def test_where_sign_up_is_open_a_link_leads_into_its_room(root, world):
    memberships.join_room(actor=root, room=world.harbour)
    _, code = invites.create_invite(actor=root, room=world.harbour)
    assert [each.room for each in rooms_of(sign_up(code))] == ["harbour"]
    assert rooms_of(sign_up(username="gwen")) == []


def test_a_room_that_closed_meanwhile_keeps_nobody_out_of_the_chat(root, world):
    _, code = invites.create_invite(actor=root, room=world.harbour)
    rooms.archive_room(actor=world.anna, room=world.harbour)
    assert rooms_of(sign_up(code)) == []


def test_only_who_may_makes_and_withdraws_invites(root, world):
    invite, code = invites.create_invite(actor=root, note=" For the crew ")
    assert str(invite) == "For the crew"
    for act in (
        lambda: invites.create_invite(actor=world.anna),
        lambda: invites.withdraw_invite(actor=world.anna, invite_id=invite.pk),
    ):
        with pytest.raises(Forbidden):
            act()
    invites.withdraw_invite(actor=root, invite_id=invite.pk)
    assert not invites.may_sign_up(code=code)
    with pytest.raises(NotFound):
        invites.withdraw_invite(actor=root, invite_id=invite.pk)


def test_the_code_is_not_in_the_database(root):
    invite, code = invites.create_invite(actor=root)
    assert code not in str(models.Invite.objects.filter(pk=invite.pk).values())


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("uses_left", {"uses": 0}),
        ("uses_left", {"uses": 10_001}),
        ("expires_at", {"expires_at": timezone.now() - timedelta(minutes=1)}),
        ("note", {"note": "x" * 81}),
    ],
)
def test_an_unfit_invite_is_not_made(root, field, options):
    with pytest.raises(Invalid) as refused:
        invites.create_invite(actor=root, **options)
    assert list(refused.value.fields) == [field]


def test_the_administrators_choice_counts_before_the_environments(root, world, settings):
    settings.PARLEY = {**settings.PARLEY, "SIGN_UP": "invite", "ERASED_MESSAGES": "remove"}
    assert (sign_up_mode(), removes_erased_messages()) == ("invite", True)
    change_installation(actor=root, sign_up="open", erased_messages="keep")
    assert (sign_up_mode(), removes_erased_messages()) == ("open", False)
    change_installation(actor=root, sign_up="")
    assert sign_up_mode() == "invite"
    with pytest.raises(Invalid):
        change_installation(actor=root, sign_up="sometimes")
    with pytest.raises(Forbidden):
        change_installation(actor=world.anna, sign_up="open")


# --- Into a room ------------------------------------------------------------------------------------------------------


def into(actor, room, **options):
    return invites.create_invite(actor=actor, room=room, **options)


def test_moderators_of_a_room_invite_into_it_and_see_and_withdraw_what_there_is(world):
    by_anna, _ = into(world.anna, world.bridge, note="crew")
    by_dora, code = into(world.dora, world.bridge)
    other, _ = into(world.anna, world.harbour)
    assert invites.invites_of(actor=world.dora, room=world.bridge) == [by_dora, by_anna]
    with pytest.raises(NotFound):
        invites.withdraw_invite(actor=world.dora, invite_id=other.pk, room=world.bridge)
    invites.withdraw_invite(actor=world.anna, invite_id=by_dora.pk, room=world.bridge)
    assert invites.invites_of(actor=world.anna, room=world.bridge) == [by_anna]
    assert invites.room_of_invite(code=code) is None


def test_others_neither_invite_nor_see_nor_withdraw(world, root):
    made, _ = into(world.anna, world.bridge)
    for refusal, actor, room in (
        (Forbidden, world.ben, world.bridge),
        (NotFound, world.cleo, world.bridge),
        (Forbidden, world.anna, world.direct),
    ):
        for act in (
            lambda: into(actor, room),  # noqa: B023
            lambda: invites.invites_of(actor=actor, room=room),  # noqa: B023
            lambda: invites.withdraw_invite(actor=actor, invite_id=made.pk, room=room),  # noqa: B023
        ):
            with pytest.raises(refusal):
                act()
    assert invites.invites_of(actor=root, room=world.bridge) == [made], "who manages all members does here too"


def test_who_has_an_account_comes_in_by_a_link_once(world):
    made, code = into(world.dora, world.bridge, uses=2)
    assert invites.room_of_invite(code=code).slug == world.bridge
    for _ in range(2):
        assert invites.accept_invite(actor=world.cleo, code=code) == world.bridge
    assert models.Invite.objects.get(pk=made.pk).uses_left == 1
    assert [each.room for each in rooms_of(world.cleo)] == [world.bridge]
    assert kinds(world.bridge)[-1] == "member.joined"


def test_of_many_who_race_for_the_last_use_of_a_room_one_comes_in(world):
    _, code = into(world.anna, world.bridge)
    people = [person(f"finn{n}") for n in range(4)]
    answers = race(*(lambda who=who: invites.accept_invite(actor=who, code=code) for who in people))
    assert sorted(getattr(answer, "code", answer) for answer in answers) == [world.bridge] + ["forbidden"] * 3


def test_a_link_is_worth_what_its_maker_may_do_by_now(world, root):
    _, code = into(world.dora, world.bridge, uses=9)
    memberships.change_member(actor=world.anna, room=world.bridge, username="dora", role="member")
    with pytest.raises(Forbidden):
        invites.accept_invite(actor=world.cleo, code=code)
    assert rooms_of(sign_up(code)) == [], "nor does it lead who is new into the room"
    assert not models.Membership.objects.filter(room__slug=world.bridge, user=world.cleo).exists()


def test_who_is_banned_there_is_not_let_in_by_a_link_and_a_guest_is_a_guest(world, root):
    _, code = into(world.anna, world.bridge, uses=9)
    impose(actor=world.anna, person=world.cleo, kind="ban", reason="x", room=world.bridge)
    with pytest.raises(Conflict):
        invites.accept_invite(actor=world.cleo, code=code)
    gwen = person("gwen")
    set_guest(actor=root, person=gwen, guest=True)
    invites.accept_invite(actor=gwen, code=code)
    assert models.Membership.objects.get(room__slug=world.bridge, user=gwen).role == "guest"


@pytest.mark.parametrize("code", ["", "guess"])
def test_a_link_that_is_none_leads_nowhere(world, code):
    with pytest.raises(Forbidden):
        invites.accept_invite(actor=world.cleo, code=code)


def test_a_link_that_was_withdrawn_while_one_waited_is_worth_nothing(world, monkeypatch):
    made, code = into(world.anna, world.bridge)
    found = invites.room_of_invite(code=code)
    monkeypatch.setattr(invites, "room_of_invite", lambda *, code: found)
    models.Invite.objects.filter(pk=made.pk).delete()
    with pytest.raises(Forbidden):
        invites.accept_invite(actor=world.cleo, code=code)
