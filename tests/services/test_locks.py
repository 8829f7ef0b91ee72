"""On PostgreSQL: locks are taken in one order everywhere, so that nobody waits in a ring."""

from functools import partial

import pytest
from django.db import transaction

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services import tokens
from chat.services.posting import Send, post_messages
from tests.patience import PATIENCE
from tests.race import elsewhere, race, until_others_wait
from tests.world import send


@pytest.mark.parametrize("table", [models.Profile, models.ReadMark])
def test_a_batch_locks_people_and_moves_their_marks_in_the_order_of_their_ids(world, table):
    rows = table.objects.select_for_update(of=("self",))
    rows = rows.filter(room__slug=world.harbour) if table is models.ReadMark else rows
    batch = [send(actor, world.harbour, "Ahoy") for actor in (world.ben, world.anna)]
    with transaction.atomic():
        rows.get(user=world.anna)
        posting = elsewhere(partial(post_messages, batch))
        until_others_wait()
        rows.get(user=world.ben)
    assert all(result.created for result in posting.result(PATIENCE))


def test_batches_over_the_same_rooms_in_any_order_wait_in_turn(world):
    def rounds(rooms):
        return [post_messages([send(world.anna, room, "Ahoy") for room in rooms]) for _ in range(10)]

    places = [world.harbour, world.bridge, world.direct]
    answers = race(*(partial(rounds, order) for order in (places, places[::-1]) * 3))
    assert all(result.created for batches in answers for results in batches for result in results)


def test_a_revocation_waits_for_what_is_being_written_and_is_seen_by_what_comes_behind(world):
    token, _ = tokens.create_token(actor=world.ben, person=world.ben, name="lost")
    with transaction.atomic():
        models.Profile.objects.select_for_update(of=("self",)).get(user=world.ben)
        revoking = elsewhere(partial(tokens.revoke_token, actor=world.ben, token_id=token.pk))
        until_others_wait()
        assert not models.Revocation.objects.filter(user=world.ben).exists()
    revoking.result(PATIENCE)
    behind = Send(world.ben.pk, world.harbour, "late", "Ahoy", credential=tokens.token_credential(token))
    assert isinstance(post_messages([behind])[0], Unauthenticated)
