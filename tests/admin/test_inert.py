"""What people type is text on every admin page, never markup."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from chat.models import ApiToken, AuditEntry, Case, Event, Membership, Message, Room
from chat.services import accounts, memberships, rooms
from chat.services.cases import report_message
from chat.services.tokens import create_token
from tests.admin.desk import act, delete, url

pytestmark = pytest.mark.django_db(transaction=True)

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def mallory(transactional_db):
    """Somebody with markup in everything they may name; the username came from the host's own pages."""
    user = get_user_model().objects.create_user("<b>mallory</b>", email="<i>@example.org")
    accounts.change_profile(actor=user, display_name=EVIL)
    return user


@pytest.fixture
def rows(mallory, say):
    """One row of each kind with that markup in it."""
    room = rooms.create_room(actor=mallory, slug="lair", title=EVIL, topic=EVIL).room
    seq = say(f"{EVIL} **bold** [x](javascript:alert(3))", author=mallory, room=room).seq
    report_message(actor=mallory, room="kitchen", seq=say("hello").seq, reason=EVIL)
    create_token(actor=mallory, person=mallory, name=EVIL)
    rooms.change_room(actor=mallory, room=room, topic=f"{EVIL}!")
    return [
        Room.objects.get(slug=room),
        Message.objects.get(seq=seq, room__slug=room),
        Membership.objects.get(user=mallory),
        Event.objects.latest("pk"),
        ApiToken.objects.get(user=mallory),
        Case.objects.get(),
        AuditEntry.objects.latest("number"),
        mallory,
    ]


def inert(page):
    html = page.content.decode()
    return not any(mark in html for mark in ("<script>alert", "<img src=x", "<b>mallory", "<i>@", 'href="javascript'))


def test_every_list_and_page_shows_it_as_text(desk, rows):
    for row in rows:
        pages = [desk.get(url(type(row), "changelist")), desk.get(url(row, "change")), desk.get(url(row, "history"))]
        assert [page.status_code for page in pages] == [200, 200, 200]
        assert any("&lt;" in page.content.decode() for page in pages), f"{row!r} shows none of it"
        assert all(inert(page) for page in pages)


def test_every_question_and_answer_shows_it_as_text(desk, rows):
    rows = [row for row in rows if not isinstance(row, Event | AuditEntry | Case)]
    for row in rows:
        assert inert(desk.get(url(row, "delete")))
        assert inert(act(desk, "delete_selected", [row], reason='"><script>alert(4)</script>'))
    for row in reversed(rows):
        assert inert(delete(desk, row))
    assert inert(desk.get(reverse("admin:index")))


def test_every_choice_offers_it_as_text(desk, rows):
    desk_pages = ("room", "user")
    for field in desk_pages:
        query = {"app_label": "chat", "model_name": "membership", "field_name": field}
        answer = desk.get(reverse("admin:autocomplete"), query)
        assert answer["Content-Type"] == "application/json"
    assert inert(desk.get(url(rows[2], "change")))


def test_what_is_searched_for_comes_back_as_text(desk, rows):
    for row in rows:
        assert inert(desk.get(url(type(row), "changelist"), {"q": EVIL}))


def test_a_role_given_to_a_marked_up_name_is_said_as_text(desk, rows, mallory, anna):
    memberships.add_member(actor=mallory, room="lair", username="anna", role="owner")
    assert inert(desk.post(url(rows[2], "change"), {"role": "guest"}, follow=True))
    assert Membership.objects.get(user=mallory).role == "guest"
