"""Announce after commit, listen."""

import pytest
from django.db import transaction

from chat import bus
from chat.domain.news import PersonNews, Revoked

ONE, TWO = PersonNews(1, "rooms"), Revoked(1, 1, "")


@pytest.fixture(autouse=True)
def alone(transactional_db, monkeypatch):
    """Nobody else listens."""
    monkeypatch.setattr(bus, "_listeners", [])


def test_nothing_is_told_before_the_commit(alone):
    with bus.capture() as heard:
        with transaction.atomic():
            bus.announce([ONE])
            bus.announce([TWO])
            assert heard == []
        assert heard == [ONE, TWO]


def test_what_was_rolled_back_is_never_told():
    with bus.capture() as heard:
        with pytest.raises(LookupError), transaction.atomic():
            bus.announce([ONE])
            raise LookupError
        with transaction.atomic():
            bus.announce([TWO])
    assert heard == [TWO]


def test_no_news_is_not_told():
    calls = []
    bus.listen(calls.append)
    bus.announce([])
    bus.announce([ONE])
    assert calls == [[ONE]]


def test_every_listener_hears_even_behind_one_that_fails(caplog):
    heard = []
    bus.listen(lambda news: 1 / 0)
    bus.listen(heard.extend)
    bus.announce([ONE])
    assert heard == [ONE]
    assert "a listener failed; the write stands" in caplog.text


def test_a_listener_may_come_or_go_while_news_is_told():
    heard = []
    bus.listen(lambda news: bus.listen(heard.extend))
    bus.announce([ONE])
    bus.announce([TWO])
    assert heard == [TWO]


def test_capturing_ends_with_the_block():
    with bus.capture() as heard:
        pass
    bus.announce([ONE])
    assert heard == []
