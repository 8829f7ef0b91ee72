"""Whatever comes by a socket, in any format: answers that the protocol knows, or its end with a known code. The worker
goes on, and so do all other sockets."""

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SHUT_RDWR
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConcurrencyError, ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from chat.domain.closing import CloseCode
from chat.wire.client import FRAME_BYTES
from chat.wire.codecs import CODECS
from tests.conformance.sizes import size
from tests.formats import FORMATS
from tests.fuzz.conftest import ROOM, unmoved
from tests.inhabited import Chat
from tests.wire.test_asyncapi import believe, document
from tests.wire.test_malformed import BROKEN, VALID, near_frames

PATIENCE = 30.0
FUZZ = settings(
    max_examples=size(40, 2000),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
ODD = ["\ud800", "a\0b", "\x7f\x80", "../..", "", "x" * 65, "é" * 8001, "\U0010ffff", ROOM, "anna"]
NUMBERS = [-1, 0, 1, 3, 5, 2**31, 2**53, 2**63 - 1, -(2**63), float("nan"), float("inf"), 1e308, 0.5, True]
LEAF = st.sampled_from(ODD) | st.sampled_from(NUMBERS) | st.none() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
HERE = [value | {"room": ROOM} if "room" in value else value for value in VALID]


@st.composite
def odd_frames(draw: st.DrawFn) -> Any:
    """A frame about a room that is there, of which one field holds anything."""
    value = dict(draw(st.sampled_from(HERE)))
    value[draw(st.sampled_from([*value, "x"]))] = draw(ANYTHING)
    return value


def write(value: Any, subprotocol: str) -> str | bytes:
    """Any value in a format, even what the format does not allow; Protobuf can say no more than its types."""
    if subprotocol == "chat.v1.json":
        return json.dumps(value)
    if subprotocol == "chat.v1.msgpack":
        packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
        return packed
    try:
        return FORMATS[subprotocol].write(value)
    except (AttributeError, TypeError, ValueError, KeyError, SystemError):  # the last is Protobuf's for a surrogate
        return json.dumps(value).encode()


def whole_frames(subprotocol: str) -> st.SearchStrategy[str | bytes]:
    """Frames that are right, nearly right, wrong inside, or noise."""
    values = st.sampled_from(HERE) | near_frames() | odd_frames() | ANYTHING
    written = values.map(lambda value: write(value, subprotocol))
    return written | mutated(written) | st.binary(max_size=200) | st.text(max_size=100)


@st.composite
def mutated(draw: st.DrawFn, written: st.SearchStrategy[str | bytes]) -> bytes | str:
    """Something written, with a piece of it replaced."""
    data = draw(written)
    raw = data.encode() if isinstance(data, str) else data
    place, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 8))
    raw = raw[:place] + draw(st.binary(max_size=8)) + raw[place + length :]
    return raw.decode(errors="replace") if isinstance(data, str) else raw


@st.composite
def deliveries(draw: st.DrawFn, subprotocol: str) -> Any:
    """What to call of a socket, and with what: a message whole or in pieces, or a control frame."""
    how = draw(st.sampled_from(["send", "send", "send", "pieces", "ping", "pong"]))
    if how in ("ping", "pong"):
        return how, draw(st.binary(max_size=125))
    data = draw(whole_frames(subprotocol))
    if how == "send":
        return how, data
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=4)))
    return "send", [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@contextmanager
def socket(chat: Chat, subprotocol: str, name: str = "ben") -> Iterator[ClientConnection]:
    """A socket of this person that has heard hello."""
    headers = {"Authorization": f"Bearer {chat.tokens[name]}"}
    with connect(
        f"{chat.server.ws_url}/ws/",
        subprotocols=[subprotocol],  # type: ignore[list-item] # a plain name will do
        additional_headers=headers,
        compression=None,
        max_size=None,
        proxy=None,
        close_timeout=PATIENCE,
    ) as found:
        assert hear(found, subprotocol)["command"] == "hello"
        yield found


def hear(found: ClientConnection, subprotocol: str) -> Any:
    """The next frame, which the protocol must know."""
    data = found.recv(timeout=PATIENCE)
    assert isinstance(data, bytes) == CODECS[subprotocol].binary
    frame = FORMATS[subprotocol].read(data)
    if subprotocol != "chat.v1.protobuf":
        believe(frame, document()["operations"]["room-say"]["messages"])
    elif "error" in frame:
        assert frame["error"]["code"] != "unavailable"
    return frame


def answers(found: ClientConnection, subprotocol: str) -> None:
    """The socket still answers, or ends as the protocol says."""
    last: Any = {}
    try:
        found.send(FORMATS[subprotocol].write({"command": "ping", "id": "still there"}))
        while last.get("id") != "still there":
            last = hear(found, subprotocol)
            assert last.get("error", {}).get("code") != "unavailable", last
    except ConnectionClosed:
        last = _last_word(found, subprotocol, last)
        code = found.close_code
        assert code in set(CloseCode), f"closed with {code} behind {last}"
        assert (last.get("command"), last.get("code")) == ("disconnect", code)


def _last_word(found: ClientConnection, subprotocol: str, last: Any) -> Any:
    """What was heard last, of all that came before the end."""
    try:
        while True:
            last = hear(found, subprotocol)
    except ConnectionClosed:
        return last


@pytest.fixture
def bystander(fuzzed: Chat) -> Iterator[ClientConnection]:
    """Another socket, which must not notice; nor must the worker."""
    with unmoved(fuzzed.server), socket(fuzzed, "chat.v1.json", "cleo") as found:
        yield found
        answers(found, "chat.v1.json")
        assert found.close_code is None


@pytest.mark.parametrize("subprotocol", sorted(FORMATS))
def test_any_frames_are_answered_or_end_the_socket_with_a_known_code(
    fuzzed: Chat, bystander: ClientConnection, subprotocol: str
):
    @FUZZ
    @given(st.lists(deliveries(subprotocol), min_size=1, max_size=8))
    def fuzz(delivered: Any) -> None:
        with socket(fuzzed, subprotocol) as found:
            for method, data in delivered:
                # The second is the library's own, for a ping that is like one still unanswered.
                with contextlib.suppress(ConnectionClosed, ConcurrencyError):
                    getattr(found, method)(data)
            answers(found, subprotocol)

    fuzz()


@pytest.mark.parametrize("subprotocol", sorted(FORMATS))
def test_broken_and_oversized_frames_end_the_socket_with_a_known_code(
    fuzzed: Chat, bystander: ClientConnection, subprotocol: str
):
    huge = b"x" * (FRAME_BYTES + 1) if CODECS[subprotocol].binary else "x" * (FRAME_BYTES + 1)
    cases = {
        name: each for name, each in BROKEN[subprotocol].items() if name != "raw surrogate"
    }  # no socket carries it
    for frame in [*cases.values(), huge]:
        with socket(fuzzed, subprotocol) as found:
            found.send(frame)
            answers(found, subprotocol)


MASK = b"\0\0\0\0"
BEYOND = {
    "a reserved bit": b"\xf1\x80" + MASK,
    "a reserved opcode": b"\x83\x80" + MASK,
    "no mask": b"\x81\x02{}",
    "a long control frame": b"\x89\xfe\x00\x80" + MASK + b"x" * 128,
    "a control frame in pieces": b"\x09\x80" + MASK,
    "a continuation of nothing": b"\x80\x80" + MASK,
    "a message within a message": b"\x01\x80" + MASK + b"\x81\x80" + MASK,
    "text that is not UTF-8": b"\x81\x82" + MASK + b"\xff\xff",
    "a surrogate in UTF-8": b"\x81\x83" + MASK + b"\xed\xa0\x80",
    "more than a mebibyte": b"\x82\xff" + (2**21).to_bytes(8, "big") + MASK,
    "a length of 2^63": b"\x82\xff" + b"\x80" + b"\0" * 7 + MASK,
    "a close code that does not exist": b"\x88\x82" + MASK + b"\x03\xef",
    "half a close code": b"\x88\x81" + MASK + b"\x03",
    "a close reason that is not UTF-8": b"\x88\x83" + MASK + b"\x03\xe8\xff",
}


@pytest.mark.parametrize("case", BEYOND)
def test_what_is_no_websocket_ends_it_alone(fuzzed: Chat, bystander: ClientConnection, case: str):
    with socket(fuzzed, "chat.v1.json") as found:
        found.socket.sendall(BEYOND[case])
        with pytest.raises(ConnectionClosed):
            while True:
                found.recv(timeout=PATIENCE)


def test_noise_behind_the_handshake_ends_that_socket_alone(fuzzed: Chat, bystander: ClientConnection):
    @settings(FUZZ, max_examples=size(20, 500))
    @given(st.binary(min_size=2, max_size=64))
    def fuzz(noise: bytes) -> None:
        # The server may have hung up before.
        with socket(fuzzed, "chat.v1.json") as found, contextlib.suppress(OSError):
            found.socket.sendall(noise)
            found.socket.shutdown(SHUT_RDWR)

    fuzz()
