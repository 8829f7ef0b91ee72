"""Many people at once, as threads with connections of their own: numbers without holes, one row per `client_id`."""

from functools import partial

from chat import bus, models
from chat.domain.news import RoomEvents
from chat.services import collector, messages, reactions
from chat.services.posting import Posted, post_messages
from tests.patience import PATIENCE
from tests.race import race
from tests.replica import Replica, snapshot
from tests.world import events, fresh, head, person, post, say, send

EACH = 12


def test_eight_people_who_write_at_once_leave_no_hole_and_no_repeat(world):
    people = [person(f"p{number}") for number in range(8)]
    before = head(world.harbour)

    def write(actor):
        return [post(actor, world.harbour, f"{number}") for number in range(EACH)]

    answers = race(*(partial(write, each) for each in people))
    said = [posted.message for each in answers for posted in each]
    taken = sorted(
        [message.seq for message in said] + [e.seq for e in events(world.harbour) if e.kind == "member.joined"]
    )
    assert taken == list(range(1, before + 8 * (EACH + 1) + 1))
    assert head(world.harbour) == taken[-1]
    ranks = models.Message.objects.filter(room__slug=world.harbour).order_by("seq").values_list("rank", flat=True)
    assert list(ranks) == list(range(1, 8 * EACH + 1))
    for each in answers:
        seqs = [posted.message.seq for posted in each]
        assert seqs == sorted(seqs), "everybody's own messages keep their order"


def test_eight_threads_that_share_the_collector_do_so_too(world):
    people = [person(f"p{number}") for number in range(8)]

    def write(actor):
        return [collector.submit(send(actor, world.harbour, f"{number}")) for number in range(EACH)]

    for futures in race(*(partial(write, each) for each in people)):
        seqs = [future.result(PATIENCE).message.seq for future in futures]
        assert seqs == sorted(seqs)
    assert [event.seq for event in events(world.harbour)] == list(range(1, head(world.harbour) + 1))
    assert models.Message.objects.filter(room__slug=world.harbour).count() == 8 * EACH


def test_twenty_racing_sends_of_one_client_id_are_one_message(world):
    one = send(world.ben, world.harbour, "Ahoy", client_id="once")
    answers = race(*[partial(post_messages, [one])] * 10, *[partial(collector.post_message, one)] * 10)
    posted = [answer if isinstance(answer, Posted) else answer[0] for answer in answers]
    assert [each.created for each in posted].count(True) == 1
    assert len({each.message.seq for each in posted}) == 1
    assert models.Message.objects.filter(client_id="once").count() == 1


def test_racing_sends_of_one_client_id_with_different_texts_are_one_message_and_conflicts(world):
    sends = [send(world.ben, world.harbour, f"{number}", client_id="once") for number in range(6)]
    answers = [results[0] for results in race(*(partial(post_messages, [each]) for each in sends))]
    assert sorted(getattr(answer, "code", "posted") for answer in answers) == ["conflict"] * 5 + ["posted"]


def test_a_stranger_who_writes_from_two_devices_at_once_joins_once(world):
    sends = [send(world.cleo, world.harbour, f"{number}") for number in range(4)]
    results = race(*(partial(post_messages, [each]) for each in sends))
    assert all(result.created for [result] in results)
    assert models.Membership.objects.filter(room__slug=world.harbour, user=world.cleo).count() == 1


def test_the_send_limit_holds_over_racing_devices(world, settings):
    settings.PARLEY = {**settings.PARLEY, "SEND_BURST": 3, "SEND_PER_SECOND": 0.001}
    sends = [send(world.ben, room, "Ahoy") for room in (world.harbour, world.bridge, world.direct) * 3]
    answers = [results[0] for results in race(*(partial(post_messages, [each]) for each in sends))]
    assert sorted(getattr(answer, "code", "posted") for answer in answers) == ["posted"] * 3 + ["rate_limited"] * 6


def test_edits_reactions_pins_and_sends_at_once_end_as_the_log_says(world):
    message = say(world.ben, world.harbour, "Ahoy")
    here = {"room": world.harbour, "seq": message.seq}
    start = snapshot(world.anna, world.harbour)

    def repeat(act, **options):
        for number in range(5):
            act(**{name: value(number) if callable(value) else value for name, value in options.items()}, **here)

    with bus.capture() as news:
        race(
            partial(repeat, messages.edit_message, actor=fresh(world.ben), body=str),
            partial(repeat, reactions.add_reaction, actor=fresh(world.cleo), emoji=lambda n: "👍🎉❤🙂✓"[n]),
            partial(repeat, reactions.add_reaction, actor=fresh(world.dora), emoji=lambda n: "👍🎉❤🙂✓"[n]),
            partial(repeat, messages.pin_message, actor=fresh(world.anna)),
            partial(repeat, messages.unpin_message, actor=fresh(world.dora)),
            lambda: [say(world.tide, world.harbour, "High water") for _ in range(5)],
        )
    now = snapshot(world.anna, world.harbour)
    start.follow(world.anna, limit=7)
    assert vars(start) == vars(now)
    announced = sorted((each for each in news if isinstance(each, RoomEvents)), key=lambda each: each.after)
    live = Replica(start.room, message.seq, now.epoch)
    live.members, live.messages = {}, {message.seq: message}
    for each in announced:
        live.take(each.after, each.events)
    assert live.messages == now.messages
