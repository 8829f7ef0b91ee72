"""A chat to send anything at all to, which must bear it without a complaint."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.inhabited import Chat, starting_chats
from tests.servers.chat import ChatServer

COMPLAINT = re.compile(r"^.*(?:\[error |\[critical|Traceback|\"level\": \"(?:error|critical)\").*$", re.MULTILINE)
ROOM = "harbour"
SAID = 5


@pytest.fixture(scope="module")
def fuzzed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """One worker on PostgreSQL, which is the stricter of the two; anna's room harbour has ben and a few messages."""
    for start in starting_chats(request, tmp_path_factory):
        chat = start(database="postgres", PARLEY_SOCKETS_PER_PERSON="1000000")
        bearer = {"authorization": f"Bearer {chat.tokens['anna']}"}
        with httpx.Client(base_url=f"{chat.server.url}/api/v1/", headers=bearer, trust_env=False) as anna:
            anna.post("rooms", json={"room": ROOM}).raise_for_status()
            anna.post(f"rooms/{ROOM}/members", json={"username": "ben"}).raise_for_status()
            for number in range(SAID):
                message = {"client_id": f"first-{number}", "body": "ahoy"}
                anna.post(f"rooms/{ROOM}/messages", json=message).raise_for_status()
        yield chat


@contextmanager
def unmoved(server: ChatServer) -> Iterator[None]:
    """The worker stays the same, and logs no error within the block."""
    before, workers = server.log.stat().st_size, server.worker_pids()
    yield
    with server.log.open("rb") as log:
        log.seek(before)
        said = log.read().decode(errors="replace")
    assert not COMPLAINT.search(said), said[COMPLAINT.search(said).start() :][:4000]  # type: ignore[union-attr]
    assert server.worker_pids() == workers
