"""Reading server-sent events from the bytes they come in."""

import msgspec
import pytest

from parley_client.feed import Following
from parley_client.links.base import Ended
from parley_client.links.stream import LARGEST_EVENT, ServerEvent, _query, _shared_out, server_events
from parley_client.shapes import Cursor

WIRE = b'retry: 1000\n\n:\n\nevent: events\nid: e1;general:7\ndata: {"body":"a: b"}\n\nevent: ping\ndata: {}\n\n'
EVENTS = [
    ServerEvent("", b"", ""),
    ServerEvent("", b"", ""),
    ServerEvent("events", b'{"body":"a: b"}', "e1;general:7"),
    ServerEvent("ping", b"{}", ""),
]


async def in_chunks(data, size):
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
async def test_events_are_the_same_wherever_the_bytes_are_cut(size):
    assert [event async for event in server_events(in_chunks(WIRE, size))] == EVENTS


async def test_what_a_text_calls_the_end_of_a_line_ends_none():
    body = "one\u2028two\x85three\x0cfour\x1cfive"
    wire = b"event: events\ndata: " + msgspec.json.encode(body) + b"\n\n"
    [event] = [event async for event in server_events(in_chunks(wire, 3))]
    assert msgspec.json.decode(event.data) == body


async def test_an_event_without_end_is_not_collected_for_ever():
    with pytest.raises(Ended, match="too large"):
        async for _ in server_events(in_chunks(b"x" * (LARGEST_EVENT + 2), 1024 * 1024)):
            pass


def test_rooms_of_one_stream_share_epoch_and_limit_and_are_fifty_at_most():
    rooms = [Following(f"r{number}", Cursor(number, "e1")) for number in range(60)]
    rooms += [Following("old", Cursor(3, "e0")), Following("all", Cursor(4, "e1"), most=None), Following("new", None)]
    queries = [_query(some) for some in _shared_out(rooms)]
    assert sorted(query["rooms"].count(",") + 1 for query in queries) == [1, 1, 1, 10, 50]
    assert {"rooms": "old:3", "most": "2000", "epoch": "e0"} in queries
    assert {"rooms": "all:4", "most": "null", "epoch": "e1"} in queries
    assert {"rooms": "new", "most": "2000"} in queries
