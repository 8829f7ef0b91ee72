"""Messages that a rule holds back: outside the log until a moderator lets them through."""

import io
import json
import zipfile
from functools import partial

import pytest

from chat import models
from chat.domain.errors import Blocked, Conflict, Forbidden, Muted, NotFound, RateLimited
from chat.services import _held, farewell, messages, review, rooms, sanctions, word_rules
from chat.services.posting import Held, post_messages
from tests.race import race
from tests.world import administrator, announced, fresh, head, kinds, limit_sends, post, say, send


@pytest.fixture
def rule(world):
    return word_rules.save_rule(actor=administrator(), pattern="odd", action="hold")


def waiting():
    return models.HeldMessage.objects.get(state="waiting")


def approve(actor, held=None):
    review.approve(actor=actor, held=held or waiting())


def test_what_is_held_is_nowhere_in_the_room_and_is_answered_so_however_often_it_is_sent(world, rule):
    before = head(world.harbour)
    for _ in range(2):
        assert post(world.cleo, world.harbour, "odd", client_id="once") == Held()
    one = send(world.cleo, world.harbour, "odder odd")
    assert post_messages([one, one]) == [Held(), Held()]
    assert head(world.harbour) == before and not models.Membership.objects.filter(user=world.cleo).exists()
    assert models.HeldMessage.objects.count() == 2
    with pytest.raises(Conflict):
        post(world.cleo, world.harbour, "odd, too", client_id="once")


def test_who_was_muted_meanwhile_is_still_told_that_it_waits(world, rule):
    post(world.ben, world.harbour, "odd", client_id="once")
    sanctions.impose(actor=world.anna, person=world.ben, kind="mute", reason="x", room=world.harbour)
    assert post(world.ben, world.harbour, "odd", client_id="once") == Held()
    with pytest.raises(Muted):
        post(world.ben, world.harbour, "odd")


def test_an_approved_one_is_posted_as_its_authors_by_its_client_id(world, rule):
    first = say(world.anna, world.harbour, "what about it?")
    post(world.cleo, world.harbour, "odd", client_id="once", reply_to=first.seq)
    before = head(world.harbour)
    with announced(world.harbour) as heard:
        approve(world.dora)
    assert kinds(world.harbour, before) == ["member.joined", "message.created"]
    message = heard[-1].message
    assert (message.author.username, message.body, message.client_id) == ("cleo", "odd", "once")
    assert message.reply_to == first.seq
    repeat = post(world.cleo, world.harbour, "odd", client_id="once", reply_to=first.seq)
    assert (repeat.created, repeat.message.seq) == (False, message.seq)
    row = models.HeldMessage.objects.get()
    assert (row.state, row.body, row.decided_by) == ("approved", "", world.dora)


def test_a_rejected_one_is_never_said_and_a_repeat_is_told_so(world, rule):
    post(world.ben, world.harbour, "odd", client_id="once")
    before = head(world.harbour)
    review.reject(actor=world.anna, held=waiting())
    with pytest.raises(Blocked, match="does not let it through"):
        post(world.ben, world.harbour, "odd", client_id="once")
    assert head(world.harbour) == before
    assert models.HeldMessage.objects.get().body == ""


def test_it_is_decided_once(world, rule):
    post(world.ben, world.harbour, "odd")
    held = waiting()
    before = head(world.harbour)
    race(*[partial(approve, actor, held) for actor in (world.anna, world.dora)] * 2)
    review.reject(actor=world.anna, held=held)
    assert kinds(world.harbour, before) == ["message.created"]
    assert models.HeldMessage.objects.get().state == "approved"


@pytest.mark.parametrize("stop", ["mute", "ban", "archive"])
def test_it_is_not_posted_while_its_author_may_not_write_there(world, rule, stop):
    post(world.ben, world.harbour, "odd")
    if stop == "archive":
        rooms.archive_room(actor=world.anna, room=world.harbour)
    else:
        sanctions.impose(actor=world.anna, person=world.ben, kind=stop, reason="x", room=world.harbour)
    with pytest.raises(Conflict, match="Its author may not write there now"):
        approve(world.anna)
    assert waiting().body == "odd"


def test_slow_mode_and_the_limits_of_new_accounts_do_not_hold_back_what_was_approved(world, rule, settings):
    post(world.ben, world.harbour, "odd https://example.org")
    settings.PARLEY = {**settings.PARLEY, "NEWCOMER_MINUTES": 10, "SEND_BURST": 1}
    rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=60)
    say(world.ben, world.harbour, "meanwhile")
    approve(world.dora)
    assert kinds(world.harbour)[-1] == "message.created"


def test_what_is_held_is_masked_when_it_is_approved_no_more_than_as_it_was_sent(world, rule):
    word_rules.save_rule(actor=administrator(), pattern="bad", action="mask")
    post(world.ben, world.harbour, "odd and bad")
    approve(world.dora)
    assert models.Message.objects.get().body == "odd and bad", "a moderator has read it as it is"


def test_only_moderators_decide_and_a_room_one_does_not_see_is_none(world, rule):
    post(world.ben, world.bridge, "odd")
    for decide in (review.approve, review.reject):
        with pytest.raises(Forbidden):
            decide(actor=world.ben, held=waiting())
        with pytest.raises(NotFound):
            decide(actor=world.cleo, held=waiting())
    review.reject(actor=administrator(), held=waiting())


def test_holding_costs_a_send_and_only_so_many_wait(world, rule, settings, monkeypatch):
    monkeypatch.setattr(_held, "MOST_WAITING", 2)
    limit_sends(settings, burst=3)
    assert [post(world.ben, world.harbour, "odd") for _ in range(2)] == [Held(), Held()]
    with pytest.raises(RateLimited, match="wait for review"):
        post(world.ben, world.bridge, "odd")
    assert fresh(world.ben).profile.send_tokens < 2


def test_an_edit_cannot_wait_for_a_review(world, rule):
    mine = say(world.ben, world.harbour, "fine")
    with pytest.raises(Blocked, match="for which an edit cannot wait"):
        messages.edit_message(actor=world.ben, room=world.harbour, seq=mine.seq, body="odd")


def test_what_waits_goes_with_its_author(world, rule):
    post(world.ben, world.harbour, "odd")
    with zipfile.ZipFile(io.BytesIO(farewell.export_data(actor=world.ben))) as archive:
        assert [row["body"] for row in json.loads(archive.read("held_messages.json"))] == ["odd"]
    farewell.erase_person(actor=world.ben, person=world.ben)
    assert not models.HeldMessage.objects.exists()
