"""All that the wire says has the same values in every format, whoever decodes it."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from chat.domain.shapes import Event
from chat.wire import results
from chat.wire.client import AnyClientFrame
from chat.wire.codecs import CODECS
from chat.wire.server import AnyServerFrame, Events, Reply
from tests.formats import FORMATS, plain
from tests.wire.examples import CLIENT_FRAMES, SERVER_FRAMES, named
from tests.wire.make_fixtures import FOLDER, encode, fixtures, value_of

CLIENT = dict(named(CLIENT_FRAMES))
SERVER = dict(named(SERVER_FRAMES))
SUBPROTOCOLS = sorted(FORMATS)


def test_every_frame_result_and_kind_of_event_has_an_example():
    assert {type(frame) for frame in CLIENT_FRAMES} == set(get_args(AnyClientFrame))
    assert {type(frame) for frame in SERVER_FRAMES} == set(get_args(AnyServerFrame))
    replies = [frame.result for frame in SERVER_FRAMES if isinstance(frame, Reply)]
    assert {type(result) for result in replies} >= set(get_args(results.Result))
    kinds = {kind for shape in get_args(Event) for kind in get_args(get_type_hints(shape)["kind"])}
    frames = [frame for frame in SERVER_FRAMES if isinstance(frame, Events)]
    assert {event.kind for frame in frames for event in frame.events} == kinds


def test_there_is_a_codec_and_a_foreign_reader_for_each_format():
    assert CODECS.keys() == FORMATS.keys()


def test_the_fixtures_are_current():
    there = {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    assert there == dict(fixtures()), "run `make proto`, and look at what changed: clients are out there"


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
@pytest.mark.parametrize("name", CLIENT)
def test_what_a_client_says_is_the_same_frame_in_every_format(name: str, subprotocol: str):
    data: str | bytes = _fixture(f"client/{name}", subprotocol)
    codec = CODECS[subprotocol]
    assert codec.decode(data if codec.binary else bytes(data).decode()) == CLIENT[name]


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
@pytest.mark.parametrize("name", SERVER)
def test_what_the_server_says_is_the_same_value_in_every_format(name: str, subprotocol: str):
    assert plain(FORMATS[subprotocol].read(_fixture(f"server/{name}", subprotocol))) == plain(value_of(SERVER[name]))


@pytest.mark.parametrize("name", SERVER)
def test_json_and_messagepack_have_the_very_same_fields(name: str):
    sent = {subprotocol: encode(codec, SERVER[name]) for subprotocol, codec in CODECS.items()}
    value: Any = FORMATS["chat.v1.json"].read(sent["chat.v1.json"])
    assert FORMATS["chat.v1.msgpack"].read(sent["chat.v1.msgpack"]) == value == value_of(SERVER[name])


def _fixture(name: str, subprotocol: str) -> bytes:
    return Path(FOLDER / f"{name}.{FORMATS[subprotocol].suffix}").read_bytes()
