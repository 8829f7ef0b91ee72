"""Accounts: made, set up, named, closed and opened, signed out."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.cache import cache

from chat import bus, models
from chat.domain.errors import ChatError, Conflict, Forbidden, Invalid, NotFound, RateLimited
from chat.domain.news import Revoked
from chat.queries import history
from chat.queries.installation import has_admin
from chat.queries.people import has_second_factor, profile_of, statuses
from chat.queries.rooms import members, rooms_of
from chat.queries.shapes import person_shape
from chat.services import _revoke, accounts, memberships, rooms, sessions
from chat.services import installation as installation_service
from chat.services.posting import post_messages
from tests.patience import PATIENCE
from tests.race import elsewhere, race, until_others_wait
from tests.world import administrator, fresh, person, say, send

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nothing_spent():
    cache.clear()


def sign_up(username="finn", password=PASSWORD, **options):
    return accounts.sign_up(username=username, password=password, **options)


def set_up(username="root", code=None):
    code = installation_service.setup_code() if code is None else code
    return accounts.set_up_admin(code=code, username=username, password=PASSWORD)


def revoked(news):
    return [(each.user_id, each.credential) for each in news if isinstance(each, Revoked)]


# --- Signing up -------------------------------------------------------------------------------------------------------


def test_a_stranger_makes_an_ordinary_account_with_a_name_to_show(world):
    finn = sign_up(" Finn ", display_name=" Finn the Fisher ")
    assert (finn.username, finn.profile.display_name, finn.profile.kind) == ("finn", "Finn the Fisher", "person")
    assert finn.check_password(PASSWORD)
    assert not finn.is_staff and not finn.is_superuser
    assert sign_up("mia").profile.display_name == "mia"


def test_everybody_new_comes_into_the_lobby(world):
    rooms.ensure_lobby()
    assert [room.room for room in rooms_of(sign_up())] == ["general"]


@pytest.mark.parametrize("state", ["missing", "archived", "private"])
def test_an_account_is_made_also_where_the_lobby_takes_nobody(world, state):
    if state != "missing":
        rooms.create_room(actor=world.anna, slug="general", kind="private" if state == "private" else "open")
    if state == "archived":
        rooms.archive_room(actor=world.anna, room="general")
    assert rooms_of(sign_up()) == []


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("username", {"username": "a b"}),
        ("username", {"username": ""}),
        ("password", {"password": "short"}),
        ("password", {"password": "password123"}),
        ("password", {"username": "montgomery", "password": "montgomery"}),
        ("password", {"password": "half a pair \ud800"}),
        ("display_name", {"display_name": "x" * 81}),
        ("display_name", {"display_name": "a\0b"}),
    ],
)
def test_an_unfit_name_or_password_makes_no_account(world, field, options):
    with pytest.raises(Invalid) as refused:
        sign_up(**options)
    assert list(refused.value.fields) == [field]
    assert not models.Profile.objects.filter(user__username=options.get("username", "finn")).exists()


def test_a_taken_name_is_a_conflict_in_any_case(world):
    with pytest.raises(Conflict) as refused:
        sign_up("ANNA")
    assert list(refused.value.fields) == ["username"]


def test_of_many_who_take_a_name_at_once_one_gets_it(world):
    answers = race(*[sign_up] * 5)
    assert sorted(getattr(answer, "code", "made") for answer in answers) == ["conflict"] * 4 + ["made"]


def test_where_sign_up_is_closed_nobody_signs_up(world, settings):
    settings.PARLEY = {**settings.PARLEY, "SIGN_UP": "closed"}
    with pytest.raises(Forbidden):
        sign_up()


# --- The first admin --------------------------------------------------------------------------------------------------


def test_the_set_up_code_makes_its_holder_the_admin_and_owner_of_the_lobby(world):
    rooms.ensure_lobby()
    root = set_up()
    assert root.is_staff and root.is_superuser
    assert [(each.person.username, each.role) for each in members(root, "general")] == [("root", "owner")]


@pytest.mark.parametrize("code", ["", "guess", "gu\0ess", "\ud800", "é"], ids=ascii)
def test_nobody_without_the_code_becomes_one(world, code):
    with pytest.raises(Forbidden):
        set_up(code=code)
    assert not has_admin()


def test_of_many_who_set_up_at_once_one_becomes_the_admin(world):
    answers = race(*(lambda n=n: set_up(f"root{n}") for n in range(5)))
    assert sorted(getattr(answer, "code", "made") for answer in answers) == ["conflict"] * 4 + ["made"]
    assert models.Profile.objects.filter(user__is_superuser=True).count() == 1


def test_the_code_is_worthless_once_there_is_an_admin(world):
    administrator()
    with pytest.raises(Conflict):
        set_up("second")


def test_the_code_stays_worthless_when_the_only_admin_is_deactivated(world):
    root = set_up()
    type(root).objects.update(is_active=False)
    with pytest.raises(Conflict):
        set_up("second")


def test_another_epoch_has_another_code(world):
    old = installation_service.setup_code()
    installation_service.new_epoch()
    with pytest.raises(Forbidden):
        set_up(code=old)


# --- Made by others ---------------------------------------------------------------------------------------------------


def test_who_may_add_people_makes_accounts_that_cannot_sign_in_until_they_have_a_password(world):
    rooms.ensure_lobby()
    finn = accounts.add_person(actor=administrator(), username="finn", display_name="Finn")
    assert not finn.has_usable_password()
    assert [room.room for room in rooms_of(finn)] == ["general"]
    mia = accounts.add_person(actor=administrator(), username="mia", password=PASSWORD)
    assert mia.check_password(PASSWORD)
    with pytest.raises(Forbidden):
        accounts.add_person(actor=world.anna, username="zoe")


def test_a_person_is_made_when_missing_and_else_as_they_are(world):
    assert accounts.make_person(username="Anna", bot=True) == world.anna
    assert fresh(world.anna).profile.kind == "person"
    gull = accounts.make_person(username="gull", display_name="The gull", bot=True)
    assert (gull.profile.display_name, gull.profile.kind, gull.has_usable_password()) == ("The gull", "bot", False)


def test_a_closed_account_is_not_made_again(world):
    accounts.deactivate(actor=administrator(), person=world.cleo)
    with pytest.raises(Forbidden):
        accounts.make_person(username="cleo")


# --- Names ------------------------------------------------------------------------------------------------------------


def test_messages_show_the_newest_name_of_their_author(world):
    message = say(world.ben, world.harbour, "Ahoy")
    accounts.change_profile(actor=world.ben, display_name=" Captain Ben ")
    assert history.message(world.anna, world.harbour, message.seq).author.display_name == "Captain Ben"


def test_all_rooms_of_whoever_has_another_name_are_told_it_once_and_not_too_often(world, settings):
    settings.PARLEY = {**settings.PARLEY, "NAMES_PER_PERSON": "1/day"}
    with bus.capture() as news:
        for _ in range(2):
            accounts.change_profile(actor=world.ben, display_name="Captain Ben")
    told = {room.room: [(each.kind, each.member.person.display_name) for each in room.events] for room in news}
    assert told == {slug: [("member.changed", "Captain Ben")] for slug in (world.harbour, world.bridge, world.direct)}
    with pytest.raises(RateLimited):
        accounts.change_profile(actor=world.ben, display_name="Ben")


def test_only_who_may_change_people_names_others(world):
    accounts.change_profile(actor=administrator(), person=world.ben, display_name="Benedict")
    assert fresh(world.ben).profile.display_name == "Benedict"
    with pytest.raises(Forbidden):
        accounts.change_profile(actor=world.anna, person=world.ben, display_name="Bad Ben")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\u200b", "x" * 81], ids=ascii)
def test_an_unfit_name_is_invalid(world, name):
    with pytest.raises(Invalid) as refused:
        accounts.change_profile(actor=world.ben, display_name=name)
    assert list(refused.value.fields) == ["display_name"]


def test_a_profile_says_what_one_is_up_to_and_where(world):
    accounts.change_profile(actor=world.ben, display_name="Ben", status=" At sea ", time_zone="Europe/Berlin")
    assert profile_of(world.ben) == ("Ben", "At sea", "Europe/Berlin")
    accounts.change_profile(actor=world.ben, display_name="Benedict")
    assert statuses([person_shape(world.ben), person_shape(world.anna)]) == {world.ben.pk: "At sea"}
    accounts.change_profile(actor=world.ben, display_name="Ben", status="", time_zone="")
    assert profile_of(world.ben) == ("Ben", "", "")
    assert profile_of(type(world.ben)(username="nobody")) == ("nobody", "", "")


@pytest.mark.parametrize(("field", "value"), [("status", "x" * 121), ("status", "a\nb"), ("time_zone", "Mars/Base")])
def test_an_unfit_status_or_zone_is_invalid(world, field, value):
    with pytest.raises(Invalid) as refused:
        accounts.change_profile(actor=world.ben, display_name="Ben", **{field: value})
    assert list(refused.value.fields) == [field]


# --- Addresses and second factors -------------------------------------------------------------------------------------


def test_an_address_is_kept_in_lower_case_and_may_go_again(world):
    finn = accounts.sign_up(username="finn", password=PASSWORD, email=" Finn@Example.org ")
    assert finn.email == EmailAddress.objects.get(user=finn, primary=True).email == "finn@example.org"
    accounts.change_email(person=finn, email="f@example.org")
    assert [row.email for row in EmailAddress.objects.filter(user=finn)] == ["f@example.org"]
    accounts.change_email(person=finn, email="")
    assert fresh(finn).email == "" and not EmailAddress.objects.filter(user=finn).exists()


def test_what_is_no_address_is_invalid(world):
    with pytest.raises(Invalid) as refused:
        accounts.change_email(person=world.ben, email="not an address")
    assert list(refused.value.fields) == ["email"]


def test_who_may_change_people_lets_in_who_lost_their_phone(world):
    Authenticator.objects.create(user=world.ben, type=Authenticator.Type.TOTP, data={"secret": "s"})
    with pytest.raises(Forbidden):
        accounts.drop_second_factor(actor=world.anna, person=world.ben)
    assert has_second_factor(world.ben)
    accounts.drop_second_factor(actor=administrator(), person=world.ben)
    assert not has_second_factor(world.ben)


# --- Closing and opening ----------------------------------------------------------------------------------------------


def test_closing_an_account_ends_all_its_credentials_and_keeps_its_messages(world):
    message = say(world.ben, world.harbour, "Ahoy")
    with bus.capture() as news:
        accounts.deactivate(actor=administrator(), person=world.ben)
    assert revoked(news) == [(world.ben.pk, "")]
    assert not world.ben.is_active and not fresh(world.ben).is_active
    assert history.message(world.anna, world.harbour, message.seq) == message


def test_closing_twice_ends_credentials_once_and_opening_ends_none(world):
    root = administrator()
    accounts.deactivate(actor=root, person=world.ben)
    with bus.capture() as news:
        accounts.deactivate(actor=root, person=world.ben)
        accounts.activate(actor=root, person=world.ben)
        accounts.activate(actor=root, person=world.ben)
    assert news == []
    assert fresh(world.ben).is_active
    assert say(world.ben, world.harbour, "Back").author.username == "ben"


def test_only_who_may_change_people_closes_accounts_and_only_admins_those_of_admins(world):
    root = administrator()
    with pytest.raises(Forbidden):
        accounts.deactivate(actor=world.anna, person=world.ben)
    clerk = person("clerk")
    clerk.user_permissions.add(Permission.objects.get(codename="change_user"))
    with pytest.raises(Forbidden):
        accounts.deactivate(actor=fresh(clerk), person=root)
    accounts.deactivate(actor=fresh(clerk), person=world.ben)
    with pytest.raises(NotFound):
        accounts.activate(actor=fresh(clerk), person=type(world.ben)(pk=10**6))


def test_nothing_of_a_person_commits_after_their_account_was_closed(world, monkeypatch):
    late, revoke = [], _revoke.revoke

    def revoke_while_they_send(*arguments):
        late.append(elsewhere(lambda: post_messages([send(world.ben, world.harbour, "Late")])))
        until_others_wait()
        revoke(*arguments)

    monkeypatch.setattr(accounts, "revoke", revoke_while_they_send)
    accounts.deactivate(actor=administrator(), person=world.ben)
    [answer] = late[0].result(PATIENCE)
    assert answer.code == "unauthenticated"


# --- Signing out ------------------------------------------------------------------------------------------------------


def test_signing_out_ends_that_session_and_names_it_without_giving_it_away(world):
    with bus.capture() as news:
        sessions.end_session(person=world.ben, session_key="k" * 32)
    assert revoked(news) == [(world.ben.pk, sessions.session_credential("k" * 32))]
    assert "k" * 8 not in sessions.session_credential("k" * 32)
    assert sessions.session_credential("k" * 32) != sessions.session_credential("l" * 32)


def test_a_closed_account_can_do_nothing_more(world):
    accounts.deactivate(actor=administrator(), person=world.ben)
    with pytest.raises(ChatError) as refused:
        memberships.leave_room(actor=world.ben, room=world.harbour)
    assert refused.value.code == "unauthenticated"
