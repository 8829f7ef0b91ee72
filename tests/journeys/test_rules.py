"""What holds a writer back, as the page shows it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.servers.chat import ChatServer

RULE = """
from django.contrib.auth.models import User
from chat.models import Room
from chat.services.word_rules import save_rule
save_rule(actor=User.objects.get(username="anna"), pattern="odd", action="hold", room=Room.objects.get(slug="harbour"))
"""
APPROVE = """
from django.contrib.auth.models import User
from chat.models import HeldMessage
from chat.services.review import approve
from chat.services.rooms import change_room
anna = User.objects.get(username="anna")
approve(actor=anna, held=HeldMessage.objects.get())
change_room(actor=anna, room="harbour", slow_seconds=3600)
"""


@pytest.mark.alone
def test_what_is_held_waits_until_it_is_approved_and_slow_mode_counts_down(
    anna: Person, ben: Person, server: ChatServer
) -> None:
    server.manage("shell", "-v0", "-c", RULE)
    ben.send("something odd")
    expect(ben.message("something odd").get_by_text("A moderator looks at this")).to_be_visible()
    ben.send("something even")
    anna.sees("something even")
    expect(anna.message("something odd")).to_have_count(0)
    server.manage("shell", "-v0", "-c", APPROVE)
    anna.sees("something odd")
    ben.sees("something odd")
    expect(ben.page.get_by_text("Slow mode: one message every 3600 s.")).to_be_visible()
    ben.page.reload()
    expect(ben.page.get_by_text(re.compile("You can write again in"))).to_be_visible()
    ben.settled().field.fill("too soon")
    expect(ben.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
