"""A guest of the house finds the rooms they were brought into, the people there, and nothing else."""

import pytest
from django.contrib.auth.models import User

from chat.domain.errors import Forbidden, Invalid, NotFound
from chat.queries import people, rooms
from chat.services import memberships, messages
from chat.services import rooms as services
from chat.services.guests import set_guest
from tests.api.caller import by_session
from tests.api.test_privacy import differences
from tests.world import administrator, fresh, say


@pytest.fixture
def guest(cast):
    """Cleo, brought into the bridge alone."""
    memberships.add_member(actor=cast.anna, room="bridge", username="cleo")
    set_guest(actor=administrator(), person=cast.cleo, guest=True)
    return fresh(cast.cleo)


def test_an_open_room_is_like_none(cast, guest):
    seq = say(cast.anna, "harbour", "hello").seq
    assert differences(by_session(guest), "harbour", seq) == []


def test_they_read_and_write_where_they_were_brought_in(cast, guest):
    assert rooms.summary(guest, "bridge").role == "member"
    assert say(guest, "bridge", "thank you").body == "thank you"


def test_they_browse_join_and_make_nothing(cast, guest):
    assert rooms.open_rooms(guest) == []
    with pytest.raises(NotFound):
        memberships.join_room(actor=guest, room="harbour")
    with pytest.raises(Forbidden):
        services.create_room(actor=guest, slug="galley")


def test_they_see_and_write_to_those_who_share_a_room_with_them(cast, guest):
    assert [person.username for person in people.find(guest)] == ["anna", "ben", "cleo", "dora"]
    assert people.find(guest, text="tide") == []
    assert services.open_direct_room(actor=guest, people=["ben"]).kind == "direct"
    with pytest.raises(NotFound):
        services.open_direct_room(actor=guest, people=["tide"])


def test_a_mention_tells_them_of_nobody_else(cast, guest):
    memberships.add_member(actor=cast.anna, room="harbour", username="cleo")
    said = say(guest, "harbour", "@ben @tide @nobody")
    assert said.mentions == ["ben"]
    assert messages.edit_message(actor=guest, room="harbour", seq=said.seq, body="@tide @anna").mentions == ["anna"]
    assert say(cast.anna, "harbour", "@tide").mentions == ["tide"]


def test_wherever_they_are_brought_they_are_guests(cast, guest):
    memberships.add_member(actor=cast.anna, room="harbour", username="cleo", role="moderator")
    assert rooms.summary(guest, "harbour").role == "guest"
    with pytest.raises(Invalid):
        memberships.change_member(actor=cast.anna, room="harbour", username="cleo", role="member")


def test_nobody_makes_guests_without_rights(cast, guest):
    with pytest.raises(Forbidden):
        set_guest(actor=cast.ben, person=cast.anna, guest=True)
    for _ in range(2):
        set_guest(actor=administrator(), person=guest, guest=False)
    assert rooms.open_rooms(fresh(guest))


def test_who_is_not_there_becomes_no_guest(cast):
    with pytest.raises(NotFound):
        set_guest(actor=administrator(), person=User(pk=10**9, username="nobody"), guest=True)


async def test_who_becomes_a_guest_hears_no_more_of_open_rooms(start_chat):
    chat = start_chat()
    room = await chat.room("anna")
    command = (
        "from django.contrib.auth.models import User\nfrom chat.services.guests import set_guest\n"
        "find = User.objects.get\nset_guest(actor=find(username='anna'), person=find(username='gwen'), guest=True)"
    )
    async with chat.rest("gwen") as gwen:
        assert (await gwen.get(f"rooms/{room}")).status_code == 200
        socket = await chat.connect("gwen")
        await socket.subscribe(room)
        chat.server.manage("shell", "--no-imports", "--command", command)
        assert await socket.closed() == 4014
        assert (await gwen.get(f"rooms/{room}")).status_code == 401
