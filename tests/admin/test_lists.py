"""The lists of the admin cost the same however much there is."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.admin import lists
from chat.admin.lists import Wanted, parse
from chat.models import ApiToken, Event, Membership, Message, Room
from chat.services.messages import delete_message
from tests.admin.desk import shown, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Wanted()),
        ("general", Wanted(room="general")),
        ("#General @Anna 1200", Wanted("general", "anna", 1200)),
        ("@anna", Wanted(person="anna")),
        ("2024 17", Wanted("2024", "", 17)),
        ("general seventeen", Wanted("general")),
        ("general 2026-11-20", Wanted("general", day=date(2026, 11, 20))),
        ("general " + "9" * 5000, Wanted("general")),
    ],
)
def test_a_search_is_a_room_a_person_and_a_number(text, wanted):
    assert parse(text) == wanted


@pytest.fixture
def talk(say, ben):
    """Five messages of Anna's and one of Ben's in the kitchen."""
    for number in range(5):
        say(f"tale {number}")
    say("and mine", author=ben)


def found(client, model, text):
    page = client.get(url(model, "changelist"), {"q": text})
    return [row.seq for row in page.context["cl"].result_list]


def test_messages_are_found_by_room_person_and_number(desk, talk):
    newest = Message.objects.latest("seq").seq
    assert found(desk, Message, "kitchen") == sorted(found(desk, Message, "kitchen"), reverse=True)
    assert found(desk, Message, "@ben") == [newest]
    assert found(desk, Message, "#kitchen @ben") == [newest]
    assert found(desk, Message, "kitchen 4") == [4, 3, 2]
    assert found(desk, Message, "cellar") == []
    assert found(desk, Message, "@nobody") == []


def test_messages_of_a_room_are_found_from_a_day_back(desk, talk, say):
    Message.objects.filter(seq__lte=3).update(created_at=datetime(2020, 5, 5, 23, 59, tzinfo=UTC))
    assert found(desk, Message, "kitchen 2020-05-05") == [3, 2]
    assert found(desk, Message, "kitchen 2099-12-31") == found(desk, Message, "kitchen")
    assert found(desk, Message, "kitchen 2001-01-01") == found(desk, Message, "cellar 2001-01-01") == []


def test_messages_are_found_by_what_became_of_them(desk, anna, talk, room):
    delete_message(actor=anna, room=room, seq=3)

    def seqs(state):
        page = desk.get(url(Message, "changelist"), {"state": state})
        return [row.seq for row in page.context["cl"].result_list]

    assert (seqs("author"), seqs("moderator")) == ([3], [])
    assert 3 not in seqs("there") and 4 in seqs("there")


def test_events_are_found_from_a_number_back(desk, talk):
    assert found(desk, Event, "kitchen 2") == [2, 1]


def test_members_are_found_by_room_and_person(desk, talk):
    page = desk.get(url(Membership, "changelist"), {"q": "kitchen @ben"})
    assert [row.user.username for row in page.context["cl"].result_list] == ["ben"]


@pytest.mark.parametrize("model", [Room, Message, Membership, Event, ApiToken])
@pytest.mark.parametrize("text", ["", "kitchen", "@anna"])
def test_a_list_takes_the_same_few_queries_and_counts_no_table(desk, talk, say, model, text):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(url(model, "changelist"), {"q": text}).status_code == 200
        return [query["sql"] for query in captured if "chat_" in query["sql"]]

    before = queries()
    for number in range(4):
        say(f"more {number}")
    after = queries()
    assert len(before) == len(after) <= 4
    assert [sql for sql in after if "COUNT(" in sql and "LIMIT" not in sql] == []


def test_one_pages_only_so_far_back(desk, talk, monkeypatch):
    monkeypatch.setattr(lists, "LONGEST_LIST", 3)
    page = desk.get(url(Message, "changelist"))
    assert page.context["cl"].result_count == 3
    assert "3 messages" in shown(page)


def test_no_list_offers_to_sort_by_what_no_index_holds(desk, talk):
    assert "?o=" not in shown(desk.get(url(Message, "changelist")))
