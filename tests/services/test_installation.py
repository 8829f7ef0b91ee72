"""The installation's own row, and the numbered list of what was revoked."""

import pytest
from django.db import IntegrityError

from chat import bus, models
from chat.domain.news import Revoked
from chat.queries import history
from chat.queries.installation import installation, revocations_after
from chat.services import accounts, sessions, tokens
from chat.services.installation import ensure_installation, new_epoch, setup_code
from tests.race import race
from tests.world import administrator, fresh


def test_there_is_one_row_made_by_the_migration_and_kept_ever_after(world):
    before = models.Installation.objects.values().get()
    ensure_installation()
    assert models.Installation.objects.values().get() == before
    with pytest.raises(IntegrityError):
        models.Installation.objects.create(pk=2)


def test_a_new_epoch_names_another_history(world):
    old = installation().epoch
    new = new_epoch()
    assert installation().epoch == new != old
    assert history.page(world.ben, world.harbour).epoch == new


def test_the_set_up_code_is_the_same_until_the_epoch_changes(world):
    code = setup_code()
    assert len(code) == 32 and code == setup_code()
    new_epoch()
    assert setup_code() != code


def test_revocations_are_numbered_without_holes_and_announced_as_they_are_stored(world):
    root = administrator()
    token, _ = tokens.create_token(actor=world.ben, person=world.ben, name="Bot")
    with bus.capture() as news:
        sessions.end_session(person=world.ben, session_key="k" * 32)
        tokens.revoke_token(actor=world.ben, token_id=token.pk)
        accounts.deactivate(actor=root, person=world.cleo)
    assert news == [
        Revoked(1, world.ben.pk, sessions.session_credential("k" * 32)),
        Revoked(2, world.ben.pk, tokens.token_credential(token)),
        Revoked(3, world.cleo.pk, ""),
    ]
    assert revocations_after(0) == news
    assert revocations_after(2) == news[2:]
    assert revocations_after(3) == []
    assert installation().revocation_head == 3


def test_racing_revocations_take_different_numbers(world):
    people = [fresh(each) for each in (world.ben, world.cleo, world.dora, world.tide)]
    race(*(lambda p=each: sessions.end_session(person=p, session_key="k") for each in people * 2))
    assert [each.number for each in revocations_after(0)] == list(range(1, 9))
