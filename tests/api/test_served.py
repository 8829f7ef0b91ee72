"""What only a real server shows: polling beside Django, chunked bodies, and the page of the document in a browser."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.caller import Answer, check
from tests.patience import PATIENCE
from tests.servers.fixtures import starting

ROOM = "/api/v1/rooms/harbour"


@pytest.fixture(scope="module")
def served(request, tmp_path_factory) -> Iterator[tuple[str, str]]:
    """The address of a real server that has the room harbour, and a token of its owner."""
    for start in starting(request, tmp_path_factory, sqlite="migrated_sqlite", postgres="migrated_postgres"):
        server = start(PARLEY_SEND_BURST="1000")
        token = server.manage("create_token", "anna").splitlines()[-1]
        with program(server.url, token) as client:
            client.post("/api/v1/rooms", json={"room": "harbour"}).raise_for_status()
        yield server.url, token


@pytest.fixture
def api(served) -> Iterator[httpx.Client]:
    """A program with a token before this server."""
    with program(*served) as client:
        yield client


def program(url: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE)


def poll(api: httpx.Client, **cursor: object) -> Answer:
    """Polls, and believes the document."""
    response = api.get(f"{ROOM}/events", params={name: str(value) for name, value in cursor.items()})
    answer = Answer(response.status_code, response.json(), response.content, response.headers)
    check("GET", f"{ROOM}/events", answer)
    return answer


def say(api: httpx.Client, body: str) -> int:
    """The seq of what was said."""
    sent = api.post(f"{ROOM}/messages", json={"client_id": body, "body": body})
    assert sent.status_code == 201
    return sent.json()["seq"]


def test_polling_answers_as_the_document_says(api):
    start = api.get(f"{ROOM}/messages").json()
    seq = say(api, "ahoy")
    api.put(f"{ROOM}/messages/{seq}/reactions/👍").raise_for_status()
    api.patch(f"{ROOM}/messages/{seq}", json={"body": "avast"}).raise_for_status()
    page = poll(api, after=start["head"], epoch=start["epoch"])
    assert [event["kind"] for event in page.data["events"]] == ["message.created", "reaction.added", "message.edited"]
    assert poll(api, after=page.data["cursor"], epoch=page.data["epoch"]).data["events"] == []
    assert {event["kind"] for event in poll(api).data["events"]} >= {"member.joined"}
    assert poll(api, after=1, epoch=start["epoch"], most=1).data["command"] == "limited"
    assert poll(api, after=1, epoch="another").data["command"] == "reset"


def test_polling_refuses_as_the_document_says(api):
    epoch = api.get(f"{ROOM}/messages").json()["epoch"]
    for cursor in ("-1", "abc", "", 2**53, 2**64, "9" * 400):
        assert poll(api, after=cursor, epoch=epoch).code == "invalid"
    assert poll(api, after=1).code == "invalid"
    api.headers["authorization"] = "Bearer wrong"
    assert poll(api).code == "unauthenticated"


def test_a_body_that_comes_in_chunks_is_read(api):
    def chunks() -> Iterator[bytes]:
        yield b'{"client_id": "one", '
        yield b'"body": "ahoy"}'

    headers = {"content-type": "application/json"}
    sent = api.post(f"{ROOM}/messages", content=chunks(), headers=headers)
    assert (sent.status_code, sent.json()["body"]) == (201, "ahoy")
    large = api.post(f"{ROOM}/messages", content=iter([b" " * 100_000]), headers=headers)
    assert (large.status_code, large.json()["error"]["code"]) == (413, "too_large")


def test_a_worker_says_that_it_lives_and_serves(api):
    assert api.get("/livez").json() == {"status": "ok"}
    assert api.get("/readyz").json()["status"] == "ok"


def test_with_redis_gone_passwords_are_still_checked_and_the_worker_still_serves(chat_server, own_redis):
    server = chat_server(redis=own_redis, PARLEY_PASSWORDS_PER_NAME="2/day")
    wrong = {"name": "x", "username": "anna", "password": "wrong"}
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        assert client.get("/readyz").json()["status"] == "ok"
        own_redis.kill()
        tries = [client.post("/api/v1/tokens", json=wrong).status_code for _ in range(3)]
        assert tries == [401, 401, 429]
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


def test_the_document_can_be_read_in_a_browser_without_breaking_the_policy(api, chromium):
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url) if str(api.base_url) not in request.url else None)
    page.goto(f"{api.base_url}/api/docs/")
    page.locator("#operations-messages-send_message").click()
    page.get_by_text("Who is not a member of an open room joins by it.").wait_for()
    assert complaints == []
    page.close()
