"""The first-run step: the lobby, the link that makes the first administrator, and a demo to look at."""

import re
import socket

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from chat import models
from chat.queries import history, rooms
from chat.services import accounts
from chat.services.accounts import set_up_admin
from chat.services.demo import PASSWORD
from tests.log import assert_whole
from tests.world import person

User = get_user_model()
SET_UP = re.compile(r"http://127\.0\.0\.1:8000/setup/([0-9a-f]{32})/")


def contents():
    """Everything that a second run could have doubled."""
    tables = (
        User, models.Room, models.Membership, models.Message, models.Event, models.Reaction, models.ReadMark,
        models.Case, models.Report, models.Sanction,
    )  # fmt: skip
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def test_the_room_everyone_begins_in_is_made(manage):
    manage("prepare")
    room = models.Room.objects.get()
    assert (room.slug, room.title, room.kind, room.head) == ("general", "General", "open", 0)


def test_done_again_it_changes_nothing(manage):
    first = manage("prepare"), contents()
    assert (manage("prepare"), contents()) == first


def test_the_link_makes_the_first_administrator_and_owner_of_the_lobby(manage):
    code = SET_UP.fullmatch(manage("prepare")[-1])[1]
    admin = set_up_admin(code=code, username="chief", password="correct horse")
    assert admin.is_superuser
    assert models.Membership.objects.get(user=admin).role == "owner"
    assert_whole("general")


def test_an_installation_with_an_administrator_gives_no_link(manage):
    User.objects.create_superuser("chief")
    assert manage("prepare") == ["Open http://127.0.0.1:8000/ in your browser."]


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("::1", "[::1]"),
        ("0.0.0.0", socket.gethostname()),
        ("::", socket.gethostname()),
    ],
)
def test_the_address_is_one_that_a_browser_reaches(manage, host, shown):
    User.objects.create_superuser("chief")
    assert manage("prepare", "--host", host, "--port", "8123") == [f"Open http://{shown}:8123/ in your browser."]


def test_behind_a_proxy_the_address_is_the_one_that_is_given(manage):
    said = manage("prepare", "--url", "https://chat.example.org/")
    assert said[-1].startswith("https://chat.example.org/setup/")


def test_an_archived_lobby_keeps_nobody_from_signing_up(manage):
    manage("prepare")
    models.Room.objects.update(archived_at=models.Room.objects.get().created_at)
    user = accounts.sign_up(username="late", password="correct horse")
    assert not models.Membership.objects.filter(user=user).exists()


def test_the_demo_has_people_who_talk_in_rooms_of_every_kind(manage):
    said = manage("prepare", "--demo")
    assert (
        said[0] == f"Demo people: anna, ben, chloe, dmitri, emi, farid, mona, spiro. Everybody's password: {PASSWORD}"
    )
    anna, ben = User.objects.get(username="anna"), User.objects.get(username="ben")
    assert anna.check_password(PASSWORD)
    assert {room.kind for room in rooms.rooms_of(anna)} == {"open", "direct"}
    assert {room.kind for room in rooms.rooms_of(ben)} == {"open", "private", "direct"}
    talk = history.page(anna, "general").messages
    assert any(message.reply_to for message in talk)
    assert any(message.reactions for message in talk)
    assert any(message.mentions for message in talk)
    assert any(message.edited_at for message in talk)
    assert any(message.author.kind == "bot" for message in talk)
    assert any(room.unread for room in rooms.rooms_of(anna))


def test_the_demo_has_work_for_a_moderator(manage):
    manage("prepare", "--demo")
    mona = User.objects.get(username="mona")
    assert mona.is_staff and mona.has_perm("chat.change_case") and not mona.is_superuser
    assert [case.reports.count() for case in models.Case.objects.filter(state="open")] == [1, 1]
    ban = models.Sanction.objects.get()
    assert (ban.kind, ban.person.username, ban.made_by) == ("ban", "spiro", mona)


def test_the_log_of_every_demo_room_is_whole(manage):
    manage("prepare", "--demo")
    for room in models.Room.objects.all():
        assert_whole(room.slug)


def test_the_demo_done_again_changes_nothing(manage):
    manage("prepare", "--demo")
    first = contents()
    manage("prepare", "--demo")
    assert contents() == first


def test_the_demo_comes_to_a_lobby_that_is_there_already(manage):
    manage("prepare")
    manage("prepare", "--demo")
    assert models.Room.objects.get(slug="general").message_count > 0
    assert_whole("general")


def test_nobody_is_invited_to_a_port_that_another_program_has(manage):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"^Port {port} on 127.0.0.1 is taken by another program"):
            manage("prepare", "--free", "--port", str(port))
    assert not models.Room.objects.exists()
    assert manage("prepare", "--free", "--port", "0")[-2].startswith("Open this")


def test_the_demo_speaks_for_nobody_real(manage):
    person("anna", display_name="Anna Real")
    with pytest.raises(CommandError, match="anna is a real person here"):
        manage("prepare", "--demo")
    assert not models.Message.objects.exists()
