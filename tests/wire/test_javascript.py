"""protobufjs, which shares no code with ours, reads and writes the same values from the published file alone."""

import base64
import json
from typing import Any

import pytest

from chat.wire.codecs.protobuf import PROTOBUF
from tests.formats import plain
from tests.servers.node import Node
from tests.wire.examples import CLIENT_FRAMES, SERVER_FRAMES, named
from tests.wire.make_fixtures import FOLDER, value_of
from tests.wire.test_proto import PROTO


@pytest.fixture(scope="module")
def found(node: Node) -> Any:
    done = node.run("protobuf_fixtures.js", "", str(PROTO), str(FOLDER))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_protobufjs_reads_what_the_server_says(found: Any):
    expected = {name: plain(value_of(frame)) for name, frame in named(SERVER_FRAMES)}
    assert {name: plain(value) for name, value in found["read"].items()} == expected


def test_the_server_reads_what_protobufjs_writes(found: Any):
    written = {name: PROTOBUF.decode(base64.b64decode(data)) for name, data in found["written"].items()}
    assert written == dict(named(CLIENT_FRAMES))
