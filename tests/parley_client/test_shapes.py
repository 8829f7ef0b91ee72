"""The client has its own shapes: they agree with the server's, and forgive what a newer server adds."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from chat.domain import shapes as theirs
from chat.wire import errors, results, server
from parley_client import frames, shapes
from tests.parley_client.fakes import event

KINDS = ("MessageEvent", "ReactionEvent", "PinEvent", "MemberEvent", "RoomEvent")


def fields(shape):
    return {field.name for field in msgspec.structs.fields(shape)}


@pytest.mark.parametrize(
    "name",
    ["Person", "Reaction", "Deletion", "Message", "Room", "Member", *KINDS],
)
def test_a_shape_has_the_fields_of_the_server(name):
    assert fields(getattr(shapes, name)) == fields(getattr(theirs, name))


@pytest.mark.parametrize(
    ("ours", "servers"),
    [
        (frames.Hello, [server.Hello]),
        (frames.Live, [server.Live]),
        (frames.Lost, [server.ResetFrame]),
        (frames.Ping, [server.ServerPing]),
        (frames.Error, [server.ErrorFrame, results.NotSubscribed]),
        (frames.ErrorBody, [errors.ErrorBody]),
        (frames.Disconnect, [server.Disconnect]),
    ],
)
def test_a_frame_reads_what_the_server_says(ours, servers):
    assert all(fields(ours) <= fields(each) for each in servers)


def test_an_event_of_an_unknown_kind_still_has_its_number():
    known = shapes.decode_event(b'{"seq":7,"kind":"room.painted","at":"2026-11-21T12:00:00Z","actor":"anna","hue":3}')
    assert (type(known), known.seq, known.kind) == (shapes.Event, 7, "room.painted")


def test_every_kind_of_the_server_is_known():
    kinds = {kind for shape in theirs.Event.__args__ for kind in shape.__annotations__["kind"].__args__}
    assert kinds <= set(shapes._KINDS)


def test_an_event_is_read_as_its_kind():
    assert isinstance(shapes.decode_event(event(3)), shapes.MessageEvent)


def test_an_unknown_command_is_not_heard():
    assert frames.decode(b'{"command":"weather","sun":true}') is None


def test_what_is_no_frame_is_unreadable():
    for data in (b"", b"[]", b'{"command":"live"}', b"\xff"):
        with pytest.raises(frames.Unreadable):
            frames.decode(data)


def test_the_package_stands_without_the_server():
    program = "import sys, parley_client.__main__\nassert not {'chat', 'config', 'django'} & {*sys.modules}"
    project = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], cwd=project, check=True)
