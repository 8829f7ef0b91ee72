"""Nobody slips in whose credentials end while they come in."""

import asyncio
from types import SimpleNamespace

import pytest

from chat.domain.closing import CloseCode
from chat.domain.news import RIGHTS, Revoked
from chat.queries.installation import installation
from chat.realtime import worker as workers
from chat.realtime.auth import Claim
from chat.realtime.identity import Identity
from chat.realtime.revocations import RECENT, Revocations
from tests.realtime.fakes import EPOCH, person, socket

TOKEN = "token:1"


def _coming(number=1, credential=TOKEN):
    """Somebody whose credentials were looked at just now."""
    found = socket(number)
    found.credential, found.asked_at = credential, asyncio.get_running_loop().time()
    return found


@pytest.mark.parametrize("credential", ["", TOKEN])
async def test_what_ended_since_the_look_at_the_credentials_speaks_against_them(credential):
    revocations, coming = Revocations(), _coming()
    revocations.hear(Revoked(1, 1, credential))
    assert revocations.objection(coming) == CloseCode.SIGNED_OUT


@pytest.mark.parametrize("revoked", [Revoked(1, 1, "token:2"), Revoked(1, 2, ""), Revoked(1, 2, TOKEN)])
async def test_what_others_lost_or_another_credential_does_not(revoked):
    revocations, coming = Revocations(), _coming()
    revocations.hear(revoked)
    assert revocations.objection(coming) is None


async def test_what_ended_before_the_look_was_seen_by_it():
    revocations = Revocations()
    revocations.hear(Revoked(1, 1, ""))
    coming = _coming()
    coming.asked_at += 0.001
    assert revocations.objection(coming) is None


async def test_after_more_than_are_kept_nobody_is_let_in_who_came_before_them():
    revocations, coming = Revocations(), _coming()
    for number in range(RECENT + 1):
        revocations.hear(Revoked(number, 1 if number == 0 else 2, ""))
    assert revocations.objection(coming) == CloseCode.OVERLOADED


async def test_other_rights_end_nothing_and_are_told_once_also_to_who_comes_while_they_change():
    revocations, here, coming = Revocations(), _coming(), _coming()
    for _ in ("a hint", "the position check"):
        revocations.take(Revoked(1, 1, RIGHTS), [here])
    later = _coming()
    later.asked_at += 0.001
    for each in (coming, later):
        revocations.meet(each)
    assert [each.commands() for each in (here, coming, later)] == [["rooms"], ["rooms"], []]
    assert [each.code for each in (here, coming, later)] == [None] * 3


class Database:
    """An installation whose revocations are read by a worker that hears no hints."""

    def __init__(self, monkeypatch):
        self.head = 5
        self.revoked = []
        monkeypatch.setattr(workers, "call", self._call)
        monkeypatch.setattr(workers, "identify", self._identify)

    def revoke(self, user_id, credential):
        self.head += 1
        self.revoked.append(Revoked(self.head, user_id, credential))

    async def _call(self, function, *arguments):
        if function is installation:
            return SimpleNamespace(epoch=EPOCH, revocation_head=self.head)
        _, seen = arguments
        return workers._State(EPOCH, {}, [each for each in self.revoked if each.number > seen], self.head)

    async def _identify(self, claim):
        asked_at = asyncio.get_running_loop().time()
        return Identity(SimpleNamespace(pk=1), person(1), TOKEN, frozenset({"read"}), None, asked_at)


async def test_the_first_check_of_a_worker_finds_what_ended_behind_the_first_look_at_credentials(monkeypatch):
    database, worker = Database(monkeypatch), workers.Worker()
    coming = socket(1)
    coming.sign_in(await worker.identify(Claim(token="x")))
    database.revoke(1, TOKEN)
    worker.hub.add(coming)
    worker.admit(coming)
    assert coming.code is None
    await worker._check_position()
    assert coming.code == CloseCode.SIGNED_OUT
