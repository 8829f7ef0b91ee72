"""A new epoch makes every cursor of before worthless."""

from chat.domain.shapes import Reset
from chat.queries import log
from chat.queries.installation import installation
from chat.services import rooms
from tests.world import person


def test_a_cursor_of_before_is_answered_with_a_reset(manage):
    anna = person("anna")
    rooms.create_room(actor=anna, slug="kitchen")
    before = installation().epoch
    [epoch] = manage("new_epoch")
    assert epoch != before
    answer = log.events_after(anna, "kitchen", after=1, epoch=before)
    assert isinstance(answer, Reset)
    assert (answer.reason, answer.epoch) == ("epoch", epoch)
