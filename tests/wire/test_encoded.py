"""An event is turned into a format once for all who speak it, and crosses Redis as its JSON alone."""

import msgpack
import msgspec
import pytest

from chat.wire.codecs import CODECS
from chat.wire.codecs.base import Codec
from chat.wire.encoded import Encoded, encode_event, encode_events
from tests.formats import FORMATS, plain
from tests.wire.examples import EVENTS

FRESH, EDITED, DELETED, *_ = EVENTS


@pytest.mark.parametrize("codec", CODECS.values(), ids=list(CODECS))
def test_an_event_is_made_from_its_json_once_per_format(codec: Codec, monkeypatch: pytest.MonkeyPatch):
    event = encode_event(FRESH)
    first = codec.events("harbour", 0, [event])
    monkeypatch.setattr(msgspec.json, "decode", lambda data: pytest.fail("decoded again"))
    assert codec.events("harbour", 0, [event]) == first


def test_formats_do_not_mix():
    event = encode_event(FRESH)
    frames = {subprotocol: codec.events("harbour", 0, [event]) for subprotocol, codec in CODECS.items()}
    assert len(set(frames.values())) == len(CODECS)
    read = [plain(FORMATS[subprotocol].read(frame)) for subprotocol, frame in frames.items()]
    assert read == [read[0]] * len(CODECS)


def test_what_another_worker_hears_is_the_same_in_every_format():
    events = encode_events(EVENTS)
    for codec in CODECS.values():
        codec.events("harbour", 0, events)
    rows = msgpack.unpackb(msgpack.packb([msgspec.structs.astuple(event) for event in events]))
    heard = [Encoded(*row) for row in rows]
    assert heard == events
    for codec in CODECS.values():
        assert codec.events("harbour", 0, heard) == codec.events("harbour", 0, events)


def test_it_says_what_narrows_rights_and_what_rewrites_a_message():
    kinds = {event.kind for event in EVENTS if encode_event(event).narrowing}
    assert kinds == {"member.left", "member.changed", "room.changed"}
    assert encode_event(FRESH).rewrites is None
    assert encode_event(EDITED).rewrites == encode_event(DELETED).rewrites == EDITED.message.seq
