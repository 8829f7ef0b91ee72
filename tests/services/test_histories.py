"""Random histories of a room: its log replayed from 0, or from anywhere, is what the pages show."""

import os
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import bus, models
from chat.domain.errors import ChatError
from chat.domain.news import RoomEvents
from chat.queries.rooms import visible_room
from chat.services import memberships, messages, reactions, removal, rooms
from tests.replica import Replica, snapshot
from tests.world import post

HISTORIES = 200 if os.environ.get("PROVE") else 5
"""Random histories of each kind of room: few in every run, many with PROVE=1 (`make prove`)."""

_slugs = (f"history-{number}" for number in count())

ACTORS = st.sampled_from(["anna", "ben", "cleo", "dora", "tide"])
OTHERS = st.sampled_from(["ben", "cleo", "dora", "tide"])
ROLES = st.sampled_from(["guest", "member", "moderator", "owner"])
BODIES = st.sampled_from(["Ahoy", "**Land** in sight", "@ben come here", "High water at six.", "<b>", "@anna @cleo"])
EMOJI = st.sampled_from(["👍", "🎉"])
PLACES = st.integers(0, 3)
"""The message an act is on: so many back from the newest."""
CLIENT_IDS = st.sampled_from(["one", "two", "three", ""])
ON_A_MESSAGE = st.fixed_dictionaries({"seq": PLACES})
REACTION = st.fixed_dictionaries({"seq": PLACES, "emoji": EMOJI})
MEMBER = st.fixed_dictionaries({"username": OTHERS, "role": ROLES})
ON_MESSAGES = st.one_of(
    st.tuples(st.just("say"), ACTORS, st.fixed_dictionaries({"body": BODIES, "client_id": CLIENT_IDS})),
    st.tuples(st.just("say"), ACTORS, st.fixed_dictionaries({"body": BODIES, "reply_to": PLACES})),
    st.tuples(st.just("edit_message"), ACTORS, st.fixed_dictionaries({"seq": PLACES, "body": BODIES})),
    st.tuples(st.sampled_from(["pin_message", "unpin_message"]), st.just("anna"), ON_A_MESSAGE),
    st.tuples(st.sampled_from(["add_reaction", "remove_reaction"]), ACTORS, REACTION),
    st.tuples(st.sampled_from(["delete_message", "restore_message"]), ACTORS, ON_A_MESSAGE),
)
ON_ROOMS = st.one_of(
    st.tuples(st.sampled_from(["join_room", "leave_room"]), OTHERS, st.just({})),
    st.tuples(st.sampled_from(["add_member", "change_member"]), ACTORS, MEMBER),
    st.tuples(st.just("remove_member"), ACTORS, st.fixed_dictionaries({"username": OTHERS})),
    st.tuples(st.just("change_room"), ACTORS, st.fixed_dictionaries({"title": BODIES, "topic": BODIES})),
    st.tuples(st.sampled_from(["archive_room", "unarchive_room", "unarchive_room"]), st.just("anna"), st.just({})),
)
ACTS = ON_MESSAGES | ON_MESSAGES | ON_ROOMS
SERVICES = {
    name: getattr(module, name)
    for module in (messages, reactions, memberships, rooms, removal)
    for name in vars(module)
    if name.endswith(("_message", "_reaction", "_room", "_member"))
}


def do(world: Any, room: str, act: str, name: str, options: dict[str, Any]) -> None:
    """One act of one person, refused or not."""
    actor = getattr(world, name)
    said = models.Message.objects.filter(room__slug=room).order_by("-seq").values_list("seq", flat=True)
    for field in {"seq", "reply_to"} & options.keys():
        options = {**options, field: said[options[field] % len(said)] if said else 0}
    with suppress(ChatError):
        if act == "say":
            post(actor, room, **options)
        else:
            SERVICES[act](actor=actor, room=room, **options)


class Live(Replica):
    """Fed by what is announced alone."""

    def hear(self, news: list[Any]) -> None:
        for each in news:
            if isinstance(each, RoomEvents) and each.room == self.room.room:
                self.take(each.after, each.events)
        news.clear()


def new_room(world: Any, kind: str) -> str:
    slug = next(_slugs)
    rooms.create_room(actor=world.anna, slug=slug, title="Log", kind=kind)
    for each in (world.ben, world.dora):
        memberships.add_member(actor=world.anna, room=slug, username=each.username, role="moderator")
    return slug


@pytest.mark.parametrize("kind", ["open", "private"])
@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(ACTS, min_size=15, max_size=40), pages=st.integers(1, 4), join_at=st.integers(3, 10))
def test_every_way_to_know_a_room_leads_to_what_its_pages_show(world, kind, history, pages, join_at):
    room = new_room(world, kind)
    viewer = world.anna
    fresh_room = visible_room(viewer, room)
    live = Live(fresh_room)
    live.follow(viewer, limit=500)
    later = snapshot(viewer, room)
    with bus.capture() as news:
        for place, act in enumerate(history):
            do(world, room, *act)
            live.hear(news)
            now = snapshot(viewer, room, limit=2)
            assert vars(live) == vars(now), f"live, after {act}"
            later = now if place == join_at else later
    replayed = Replica(fresh_room)
    replayed.follow(viewer, limit=pages)
    assert vars(replayed) == vars(now), "replayed from 0"
    later.follow(viewer, limit=pages)
    assert vars(later) == vars(now), "followed from an earlier page"
