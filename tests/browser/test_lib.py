"""Small things: names, times, ids, what the browser keeps."""

import re
from datetime import date

from playwright.sync_api import Page

from chat.templatetags.parley import _face, _initials
from chat.web.timeline import day_name
from tests.browser.conftest import Run


def test_client_ids_are_uuids_on_plain_http_too(run: Run, page: Page) -> None:
    assert page.evaluate("window.isSecureContext") is False
    ids = run("js/lib/ids", "return [newClientId(), newClientId(), newClientId({ randomUUID: () => 'given' })]")
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", id) for id in ids[:2]
    )
    assert ids[0] != ids[1]
    assert ids[2] == "given"


def test_a_shelf_keeps_its_own_values_only(run: Run) -> None:
    assert run("js/lib/storage", """
      const ours = new Shelf("a"), theirs = new Shelf("b");
      ours.set("x", { n: 1 });
      theirs.set("x", { n: 2 });
      localStorage.setItem("other", "3");
      const found = [ours.get("x"), ours.get("y")];
      ours.delete("x");
      return [...found, ours.get("x"), theirs.get("x")];
    """) == [{"n": 1}, None, None, {"n": 2}]  # fmt: skip


def test_without_storage_the_page_remembers_for_itself(run: Run) -> None:
    assert run("""
      Object.defineProperty(window, "localStorage", { get() { throw new Error("refused") } });
      const { Shelf } = await import("/js/lib/storage.js");
      const shelf = new Shelf("a");
      shelf.set("x", 1);
      return shelf.get("x");
    """) == 1  # fmt: skip


def test_people_are_drawn_as_the_server_draws_them(run: Run) -> None:
    names = ["Anna Berg", "jun", "Rosa del Mar Prado", "李 明", "  "]
    assert run("js/lib/people", "return names.map(initials)", names=names) == [_initials(name) for name in names]
    usernames = ["anna", "jun.li", "z", "tide-bot_9"]
    hues = run("js/lib/people", "return names.map((username) => hueOf({ username }))", names=usernames)
    assert all(f'data-hue="{hue}"' in _face("", name, "") for name, hue in zip(usernames, hues, strict=True))


def test_days_are_called_as_the_server_calls_them(run: Run) -> None:
    today = date(2026, 11, 20)
    days = [today, date(2026, 11, 19), date(2026, 11, 18), date(2026, 1, 1), date(2025, 12, 31)]
    times = [f"{day.isoformat()}T09:00:00Z" for day in days]
    named = run(
        "js/lib/time",
        "return times.map((time) => dayName(new Date(time), new Date('2026-11-20T12:00:00Z')))",
        times=times,
    )
    assert named == [day_name(day, today) for day in days]


def test_days_and_hours_are_the_readers(run: Run) -> None:
    assert run("js/lib/time", """
      const late = new Date("2026-11-19T23:30:00Z");
      return [dayName(late, new Date("2026-11-20T12:00:00Z")), clock(late), localZone()];
    """) == ["Today", "00:30", "Europe/Berlin"]  # fmt: skip


def test_what_still_takes_a_while_is_said_in_one_unit_rounded_up(run: Run) -> None:
    seconds = [0.2, 30, 119, 120, 7199, 7200, 86401, 200_000]
    assert run("js/lib/time", "return seconds.map((each) => lasting(each * 1000))", seconds=seconds) == [
        "1 s", "30 s", "119 s", "2 min", "2 h", "2 h", "25 h", "3 days",
    ]  # fmt: skip


def test_names_are_listed_as_one_says_them(run: Run) -> None:
    people = [["A"], ["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"]]
    assert run("js/lib/people", "return people.map(sayNames)", people=people) == [
        "A", "A and B", "A, B and 1 other", "A, B and 2 others",
    ]  # fmt: skip


def test_messages_are_grouped_by_author_and_time(run: Run) -> None:
    rows = run(
        "js/models/timeline",
        "doubles/messages",
        """
      const at = (seq, time, fields = {}) => message(seq, { created_at: `2026-11-${time}:00Z`, ...fields });
      const messages = [
        at(1, "19T22:58"), at(2, "19T22:59"), at(3, "19T23:01"), at(4, "19T23:05", { author: anna }),
        at(5, "19T23:06", { author: anna, reply_to: 1 }), at(6, "19T23:12", { author: anna }), at(7, "19T23:13"),
      ];
      const rows = arrange(messages, { me: anna, unreadAfter: 3, now: new Date("2026-11-20T12:00:00Z") });
      return rows.map(({ message, day, first, unread }) => [message.seq, day, first, unread]);
    """,
    )
    assert rows == [
        [1, "Yesterday", True, False],
        [2, None, False, False],
        [3, "Today", True, False],
        [4, None, True, False],
        [5, None, True, False],
        [6, None, True, False],
        [7, None, True, True],
    ]


def test_the_unread_line_waits_until_its_place_is_known(run: Run) -> None:
    body = "return arrange([message(5), message(6)], { me: anna, ...options }).map(({ unread }) => unread)"
    for options, line in (
        ({"unreadAfter": 4, "hasOlder": True}, [False, False]),
        ({"unreadAfter": 4, "hasOlder": False}, [True, False]),
        ({"unreadAfter": 5, "hasOlder": True}, [False, True]),
        ({"unreadAfter": None}, [False, False]),
    ):
        assert run("js/models/timeline", "doubles/messages", body, options=options) == line


def test_a_full_shelf_keeps_what_is_written_in_memory(run: Run) -> None:
    assert run("js/lib/storage", """
      const full = { getItem: () => '"old"', setItem: () => { throw new DOMException("", "QuotaExceededError") } };
      const shelf = new Shelf("draft.anna", full);
      shelf.set("harbour", "new");
      return [shelf.get("harbour"), shelf.get("quay")];
    """) == ["new", "old"]  # fmt: skip
