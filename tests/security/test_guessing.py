"""Passwords cannot be guessed fast, and guessing locks nobody else out."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client

from chat.conf import Conf
from chat.domain.errors import RateLimited
from chat.domain.limits import parse_rate
from chat.services import limits
from chat.services.passwords import PasswordLimit
from tests.api.caller import Answer, Caller, credentials, visitor
from tests.race import race

GUESSES = parse_rate(Conf.PASSWORDS_PER_NAME).most
ALL_GUESSES = parse_rate(Conf.PASSWORDS_PER_ADDRESS).most


@pytest.fixture(autouse=True)
def _one_stretch(monkeypatch):
    """The clock stands still, so that no stretch ends within a test."""
    monkeypatch.setattr(limits, "clock", lambda: 1_000_000.0)
    limits._of_this_process.clear()


def guess(caller: Caller, username: str = "ben", address: str = "192.0.2.1") -> Answer:
    caller.client.defaults["REMOTE_ADDR"] = address
    return caller.post("session", credentials(username, "wrong"))


def test_after_some_guesses_even_the_right_password_must_wait(ben):
    caller = visitor()
    assert [guess(caller).status for _ in range(GUESSES)] == [401] * GUESSES
    answer = caller.post("session", credentials())
    assert (answer.status, answer.code) == (429, "rate_limited")
    assert 0 < answer.data["error"]["retry_after_ms"] <= 60_000
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_guessing_locks_out_neither_another_name_nor_another_address(ben):
    caller = visitor()
    for _ in range(GUESSES + 1):
        guess(caller)
    assert guess(caller, username="anna").status == 401
    assert guess(caller, address="192.0.2.2").status == 401


def test_the_page_counts_the_same_guesses(ben):
    browser = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(GUESSES):
        assert browser.post("/sign-in/", {"login": "ben", "password": "wrong"}).status_code == 200
    answer = browser.post("/sign-in/", {"login": "ben", **credentials()})
    assert (answer.status_code, int(answer.headers["Retry-After"]) <= 60) == (429, True)
    assert guess(visitor()).status == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.2")
    assert elsewhere.post("/sign-in/", {"login": "ben", **credentials()}).status_code == 302


def test_the_admin_has_no_other_door(ben):
    assert Client().post("/admin/login/", credentials()).headers["Location"].startswith("/sign-in/")


def test_a_name_in_other_letters_is_the_same_name(ben):
    for number in range(GUESSES):
        guess(visitor(), username="ben" if number % 2 else "BEN")
    assert guess(visitor(), username="Ben").status == 429


def test_trying_many_names_ends_with_the_address(ben):
    caller = visitor()
    assert {guess(caller, username=f"name{number}").status for number in range(ALL_GUESSES)} == {401}
    assert guess(caller, username="one more").status == 429


def test_the_limit_ends_by_itself(ben, monkeypatch):
    caller = visitor()
    for _ in range(GUESSES + 1):
        guess(caller)
    monkeypatch.setattr(limits, "clock", lambda: 1_000_060.0)
    assert caller.post("session", credentials()).status == 200


def test_tokens_by_password_count_with_sign_ins(ben):
    caller = visitor()
    for _ in range(GUESSES):
        guess(caller)
    caller.client.defaults["REMOTE_ADDR"] = "192.0.2.1"
    answer = caller.post("tokens", {"name": "x", **credentials()})
    assert answer.code == "rate_limited"


def test_a_forged_forwarding_header_is_no_other_address(ben):
    caller = visitor()
    for number in range(GUESSES + 1):
        caller.headers["x-forwarded-for"] = f"198.51.100.{number}"
        answer = guess(caller)
    assert answer.status == 429


def test_an_ipv6_network_is_one_address(ben):
    caller = visitor()
    for number in range(GUESSES + 1):
        answer = guess(caller, address=f"2001:db8:1:2::{number:x}")
    assert answer.status == 429
    assert guess(caller, address="2001:db8:1:3::1").status == 401


def test_ipv4_on_a_socket_for_both_is_still_one_address_each(ben):
    caller = visitor()
    for _ in range(GUESSES + 1):
        answer = guess(caller, address="::ffff:192.0.2.1")
    assert answer.status == 429
    assert guess(caller, address="::ffff:192.0.2.2").status == 401
    assert guess(caller, address="192.0.2.1").status == 429


def test_without_an_address_names_are_still_counted(ben):
    caller = visitor()
    assert [guess(caller, address="").status for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]


def test_guesses_at_once_are_counted_each(monkeypatch):
    """All look at the counter before any of them goes on, so reading it and writing it back would count one."""
    together = Barrier(GUESSES + 10)
    for name in ("get", "add"):
        monkeypatch.setattr(LocMemCache, name, _and_wait(getattr(LocMemCache, name), together))

    def allowed() -> bool:
        try:
            limits.spend("PASSWORDS_PER_NAME", "ben")
        except RateLimited:
            return False
        return True

    assert sum(race(*[allowed] * together.parties)) == GUESSES


def _and_wait(look: Callable[..., Any], together: Barrier) -> Callable[..., Any]:
    def looked(*args: Any) -> Any:
        found = look(*args)
        together.wait(10)
        return found

    return looked


def test_without_the_shared_cache_a_worker_counts_alone(ben, monkeypatch):
    def away(*_, **__):
        raise ConnectionError("the cache is away")

    monkeypatch.setattr(cache, "add", away)
    caller = visitor()
    assert [guess(caller).status for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]


def test_only_tries_of_passwords_by_requests_are_counted(ben, rf):
    count = PasswordLimit().authenticate
    for _ in range(GUESSES + 1):
        count(None, username="ben", password="wrong")
        count(rf.post("/"), code="123456")
    assert guess(visitor()).status == 401
