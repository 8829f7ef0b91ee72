"""Moderation by programs: what a bot with the scope `moderate` does, and what others may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import models
from chat.services import sanctions
from chat.services.tokens import create_token
from tests.api.caller import Caller, by_session
from tests.world import administrator, post, say

SPAM = {"username": "ben", "kind": "mute", "reason": "spam"}


@pytest.fixture
def bot(cast) -> Caller:
    """Dora's program, which moderates the rooms that she does."""
    _, plain = create_token(actor=cast.dora, person=cast.dora, name="bot", scopes=["read", "write", "moderate"])
    return Caller(token=plain)


@pytest.fixture
def root(transactional_db) -> Caller:
    return by_session(administrator())


def test_a_bot_removes_and_brings_back(bot, cast):
    seq = say(cast.ben, "harbour", "Ahoy").seq
    assert bot.call("DELETE", f"rooms/harbour/messages/{seq}", {"reason": "spam"}).data["deleted"]["reason"] == "spam"
    restored = bot.call("DELETE", f"rooms/harbour/messages/{seq}/removal", {"reason": "a mistake"})
    assert (restored.status, restored.data["body"], restored.data["deleted"]) == (200, "Ahoy", None)
    assert models.AuditEntry.objects.latest("number").reason == "a mistake"
    bot.call("DELETE", f"rooms/harbour/messages/{seq}", {"reason": "spam"})
    models.Quarantine.objects.update(ends_at=timezone.now())
    assert bot.call("DELETE", f"rooms/harbour/messages/{seq}/removal").code == "conflict"


def test_a_bot_removes_all_that_somebody_wrote_lately(bot, cast):
    for text in ("one", "two"):
        say(cast.ben, "harbour", text)
    body = {"username": "ben", "reason": "flood", "since": (timezone.now() - timedelta(hours=1)).isoformat()}
    assert bot.post("rooms/harbour/removals", body).data == {"removed": 2}
    assert bot.post("removals", body).code == "forbidden"
    assert bot.post("rooms/harbour/removals", {**body, "since": "1900-01-01T00:00:00Z"}).code == "invalid"
    assert bot.post("rooms/harbour/removals", {**body, "username": "nobody"}).code == "not_found"


def test_everywhere_it_takes_who_runs_the_site(root, cast):
    say(cast.ben, "harbour", "one")
    say(cast.ben, "bridge", "two")
    body = {"username": "ben", "reason": "flood", "since": "2020-01-01T00:00:00Z", "until": "2999-01-01T00:00:00Z"}
    assert root.post("removals", body).data == {"removed": 2}


def test_a_bot_mutes_looks_and_lifts(bot, cast):
    made = bot.post("rooms/harbour/sanctions", {**SPAM, "ends_at": "2999-01-01T00:00:00Z"})
    assert made.status == 201
    assert (made.data["kind"], made.data["room"], made.data["person"]["username"]) == ("mute", "harbour", "ben")
    assert (made.data["made_by"]["username"], made.data["ends_at"]) == ("dora", "2999-01-01T00:00:00Z")
    assert bot.get("rooms/harbour/sanctions").data["results"] == [made.data]
    assert bot.get("rooms/bridge/sanctions").data["results"] == []
    address = f"sanctions/{made.data['id']}"
    assert bot.call("DELETE", f"rooms/bridge/{address}").code == "not_found"
    assert bot.call("DELETE", f"rooms/harbour/{address}", {"reason": "served"}).status == 204
    assert bot.get("rooms/harbour/sanctions").data["results"] == []
    assert post(cast.ben, "harbour", "Ahoy").created


def test_everywhere_sanctions_are_paged_and_lifted(root, cast):
    for reason in ("one", "two", "three"):
        assert root.post("sanctions", {**SPAM, "reason": reason}).status == 201
    page = root.get("sanctions", limit=2).data
    assert [row["reason"] for row in page["results"]] == ["three", "two"]
    rest = root.get("sanctions", limit=2, before=page["results"][-1]["id"]).data
    assert f"before={page['results'][-1]['id']}" in page["next"]
    assert ([row["reason"] for row in rest["results"]], rest["next"]) == (["one"], None)
    for row in (*page["results"], *rest["results"]):
        assert root.delete(f"sanctions/{row['id']}").status == 204
    assert root.get("sanctions").data["results"] == []
    assert root.delete("sanctions/999999").code == "not_found"


def test_a_token_without_the_scope_moderates_nothing(cast):
    _, plain = create_token(actor=cast.dora, person=cast.dora, name="reader", scopes=["read", "write"])
    caller, seq = Caller(token=plain), say(cast.ben, "harbour", "Ahoy").seq
    body = {"username": "ben", "reason": "flood", "since": "2020-01-01T00:00:00Z"}
    assert caller.post("rooms/harbour/sanctions", SPAM).code == "forbidden"
    assert caller.post("rooms/harbour/removals", body).code == "forbidden"
    assert caller.call("DELETE", f"rooms/harbour/messages/{seq}/removal").code == "forbidden"
    assert not models.Sanction.objects.exists()


def test_a_token_of_certain_rooms_moderates_these_alone(cast):
    scopes = ["read", "moderate"]
    _, plain = create_token(actor=cast.dora, person=cast.dora, name="bot", scopes=scopes, rooms=["harbour"])
    caller = Caller(token=plain)
    assert caller.post("rooms/harbour/sanctions", SPAM).status == 201
    assert caller.post("rooms/bridge/sanctions", SPAM).code == "not_found"
    elsewhere = sanctions.impose(actor=cast.dora, person=cast.ben, kind="mute", room="bridge", reason="spam")
    assert caller.delete(f"sanctions/{elsewhere.pk}").code == "forbidden"


def test_who_is_shown_the_door_by_a_bot_has_the_reason_in_the_audit_log(bot):
    assert bot.call("DELETE", "rooms/harbour/members/ben", {"reason": "spam"}).status == 204
    assert models.AuditEntry.objects.latest("number").reason == "spam"


def test_a_report_is_brought_before_the_moderators(cast):
    seq = say(cast.ben, "harbour", "Buy now").seq
    _, plain = create_token(actor=cast.anna, person=cast.anna, name="mine")
    caller = Caller(token=plain)
    made = caller.post(f"rooms/harbour/messages/{seq}/report", {"reason": "spam"})
    shown = {key: made.data[key] for key in ("room", "seq", "reason", "state", "answer")}
    assert made.status == 201
    assert shown == {"room": "harbour", "seq": seq, "reason": "spam", "state": "open", "answer": ""}
    assert models.Report.objects.get().author == cast.anna
    assert caller.post(f"rooms/harbour/messages/{seq}/report", {"reason": "again"}).data["reason"] == "spam"
