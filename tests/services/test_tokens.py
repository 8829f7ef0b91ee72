"""Tokens of programs: shown once, kept as a digest, ended at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import bus, models
from chat.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from chat.domain.news import Revoked
from chat.services import accounts, tokens
from tests.world import administrator


@pytest.fixture
def clock(monkeypatch):
    """The time of the tokens, moved by adding to `clock.time`."""

    class Clock:
        time = timezone.now()

        def now(self):
            return self.time

    clock = Clock()
    monkeypatch.setattr(tokens, "timezone", clock)
    return clock


def create(person, name="Tide table", **options):
    return tokens.create_token(actor=person, person=person, name=name, **options)


def refused(plain):
    with pytest.raises(Unauthenticated):
        tokens.authenticate(plain=plain)
    return True


def test_a_token_opens_its_persons_account_with_its_scopes(world):
    token, plain = create(world.tide, name=" Tide table ", scopes=["write", "read", "write"])
    found = tokens.authenticate(plain=plain)
    assert (found, found.user, found.name, found.scopes) == (token, world.tide, "Tide table", ["read", "write"])


def test_its_text_is_recognisable_long_and_nowhere_in_the_database(world):
    _, plain = create(world.tide)
    assert plain.startswith("parley_") and len(plain) == 50
    assert plain not in str(models.ApiToken.objects.values().get())
    assert create(world.tide)[1] != plain


@pytest.mark.parametrize("plain", ["", "parley_", "parley_" + "x" * 43, "\0", "\ud800", "é" * 1000], ids=ascii)
def test_any_other_text_opens_nothing(world, plain):
    create(world.tide)
    assert refused(plain)


def test_many_are_checked_together_each_for_itself(world, django_assert_num_queries):
    (one, one_plain), (two, two_plain) = create(world.tide), create(world.ben)
    tokens.authenticate_all(plains=[one_plain, two_plain])
    with django_assert_num_queries(1):
        found = tokens.authenticate_all(plains=[one_plain, "guess", two_plain])
    assert found == {one_plain: one, two_plain: two}


def test_it_ends_when_it_expires(world, clock):
    _, plain = create(world.tide, expires_at=clock.time + timedelta(hours=1))
    tokens.authenticate(plain=plain)
    clock.time += timedelta(hours=1)
    assert refused(plain)


def test_its_last_use_is_noted_once_a_minute(world, clock):
    token, plain = create(world.tide)
    noted = []
    for step in (0, 59, 1, 30, 60):
        clock.time += timedelta(seconds=step)
        tokens.authenticate(plain=plain)
        token.refresh_from_db()
        noted.append(token.last_used_at)
    assert noted == [noted[0], noted[0], noted[2], noted[2], clock.time]
    assert noted[2] - noted[0] == timedelta(seconds=60)


def test_revoking_ends_it_at_once_and_tells_every_worker(world):
    token, plain = create(world.tide)
    _, other = create(world.tide)
    with bus.capture() as news:
        tokens.revoke_token(actor=world.tide, token_id=token.pk)
    assert refused(plain)
    assert tokens.authenticate(plain=other)
    [revoked] = news
    assert isinstance(revoked, Revoked)
    assert (revoked.user_id, revoked.credential) == (world.tide.pk, tokens.token_credential(token))


def test_a_closed_account_has_no_valid_tokens(world):
    _, plain = create(world.tide)
    accounts.deactivate(actor=administrator(), person=world.tide)
    assert refused(plain)


def test_opening_an_account_again_brings_no_token_back(world):
    _, plain = create(world.tide)
    accounts.deactivate(actor=administrator(), person=world.tide)
    accounts.activate(actor=administrator("second"), person=world.tide)
    assert refused(plain)


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything"], "read"])
def test_unknown_scopes_and_none_are_invalid(world, scopes):
    with pytest.raises(Invalid) as refusal:
        create(world.tide, scopes=scopes)
    assert list(refusal.value.fields) == ["scopes"]


@pytest.mark.parametrize("name", ["", "x" * 81, "a\nb", "a\0"], ids=ascii)
def test_an_unfit_name_is_invalid(world, name):
    with pytest.raises(Invalid) as refusal:
        create(world.tide, name=name)
    assert list(refusal.value.fields) == ["name"]


def test_a_token_cannot_have_expired_before_it_is_made(world):
    with pytest.raises(Invalid) as refusal:
        create(world.tide, expires_at=timezone.now())
    assert list(refusal.value.fields) == ["expires_at"]


def test_only_admins_make_and_end_the_tokens_of_others(world):
    root = administrator()
    with pytest.raises(Forbidden):
        tokens.create_token(actor=world.anna, person=world.tide, name="Mine")
    token, plain = tokens.create_token(actor=root, person=world.tide, name="Given")
    for actor, token_id in ((world.anna, token.pk), (world.tide, token.pk + 1), (world.tide, 10**30)):
        with pytest.raises(NotFound):
            tokens.revoke_token(actor=actor, token_id=token_id)
    assert tokens.authenticate(plain=plain).user == world.tide
    tokens.revoke_token(actor=root, token_id=token.pk)
    with pytest.raises(NotFound):
        tokens.revoke_token(actor=root, token_id=token.pk)


def test_a_person_sees_their_own_valid_tokens_newest_first(world):
    first, second, third = (create(world.tide, name=name)[0] for name in ("a", "b", "c"))
    create(world.ben)
    tokens.revoke_token(actor=world.tide, token_id=second.pk)
    assert tokens.tokens_of(world.tide) == [third, first]


def test_a_bots_token_is_made_by_who_may_make_tokens(world):
    options = {"name": "x", "scopes": ["read"], "expires_at": None, "rooms": ["bridge"]}
    made, _ = tokens.create_bot_token(actor=administrator(), bot="tide", **options)
    assert (made.user, made.rooms) == (world.tide, ["bridge"])
    with pytest.raises(Forbidden):
        tokens.create_bot_token(actor=world.anna, bot="tide", **options)


def test_a_token_names_only_rooms_that_its_maker_may_know(world):
    assert create(world.anna, rooms=["bridge", "harbour", "bridge"])[0].rooms == ["bridge", "harbour"]
    for unknown in ("nowhere", "bridge"):
        with pytest.raises(Invalid) as refused:
            create(world.cleo, rooms=["harbour", unknown])
        assert refused.value.fields == {"rooms": f"There is no room {unknown}."}
