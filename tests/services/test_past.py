"""A written past obeys the rules of a lived one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Membership, Message, Reaction
from chat.services._past import past
from tests.log import assert_whole
from tests.world import kinds, person

pytestmark = pytest.mark.django_db(transaction=True)

YESTERDAY = timezone.now() - timedelta(days=1)
HOUR = timedelta(hours=1)


def test_the_same_reaction_and_the_same_arrival_twice_are_once():
    anna = person("anna")
    with past("cellar", created_at=YESTERDAY) as told:
        for _ in range(2):
            told.join(anna, YESTERDAY, "owner")
        message = told.say(anna, YESTERDAY + HOUR, "hello")
        for _ in range(2):
            told.react(anna, YESTERDAY + HOUR, message, "👍")
    assert kinds("cellar") == ["member.joined", "message.created", "reaction.added"]
    assert Membership.objects.count() == Reaction.objects.count() == 1
    assert_whole("cellar")


def test_an_edit_changes_the_text_and_whom_it_calls():
    anna, ben = person("anna"), person("ben")
    with past("cellar", created_at=YESTERDAY) as told:
        told.join(anna, YESTERDAY)
        told.join(ben, YESTERDAY)
        message = told.say(anna, YESTERDAY + HOUR, "@anna and @nobody")
        told.edit(anna, YESTERDAY + 2 * HOUR, message, "**@ben**")
    row = Message.objects.get()
    assert (row.body, row.mentions, row.edited_at) == ("**@ben**", ["ben"], YESTERDAY + 2 * HOUR)
    assert "<strong>" in row.html
    assert_whole("cellar")


def test_nothing_happened_before_what_was_told_before_it():
    anna = person("anna")
    with past("cellar", created_at=YESTERDAY) as told:
        told.join(anna, YESTERDAY + 2 * HOUR)
        told.say(anna, YESTERDAY, "hello")
    assert Message.objects.get().created_at == YESTERDAY + 2 * HOUR


def test_what_breaks_off_was_never_told():
    anna = person("anna")
    with pytest.raises(KeyboardInterrupt), past("cellar", created_at=YESTERDAY) as told:
        told.join(anna, YESTERDAY)
        raise KeyboardInterrupt
    assert not Membership.objects.exists()
