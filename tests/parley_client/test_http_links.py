"""Streams and polls against answers that a test makes up, also those of something between here and the server."""

import asyncio
import json

import httpx
import pytest

from parley_client.api import Api
from parley_client.credentials import Credentials
from parley_client.errors import Refused, Unreachable
from parley_client.feed import Following
from parley_client.frames import Error, Events, Live, Lost
from parley_client.links.base import Blocked, Ended
from parley_client.links.poll import PollLink
from parley_client.links.stream import StreamLink
from parley_client.shapes import Cursor
from tests.parley_client.fakes import event, settle

PAGE = httpx.Response(502, text="<p>Bad gateway</p>")
FORBIDDEN = httpx.Response(403, text="<p>Forbidden</p>")


def refused(status, code, **more):
    return httpx.Response(status, json={"error": {"code": code, "message": "No.", **more}})


class Bench:
    """A link of a kind, one answer for each request, and what it heard."""

    def __init__(self, kind, *answers):
        self.answers = list(answers)
        self.asked = []
        self.heard = []
        api = Api("http://chat.test", Credentials("a-token"))
        api.http = httpx.AsyncClient(base_url="http://chat.test/api/v1/", transport=httpx.MockTransport(self._answer))
        self.link = kind(api, Credentials("a-token"), self.heard.append)

    def _answer(self, request):
        self.asked.append(request.url)
        if not self.answers:
            return httpx.Response(200, json={"events": [], "cursor": 10, "epoch": "e1", "more": False})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def follow(self, *rooms):
        """Follows rooms to the end of the link."""
        self.link.follow([Following(room, Cursor(10, "e1")) for room in rooms or ["general"]])
        async with asyncio.timeout(10):
            await self.link.run()


@pytest.mark.parametrize("kind", [StreamLink, PollLink])
@pytest.mark.parametrize(
    ("answer", "code", "wait"),
    [
        (refused(401, "unauthenticated"), 4201, None),
        (refused(503, "overloaded", retry_after_ms=700), 4100, 700),
        (PAGE, 1006, None),
        (httpx.ConnectError("refused"), 1006, None),
        (httpx.Response(200, text="<p>Sign in to the hotel</p>"), 1006, None),
    ],
)
async def test_what_an_answer_to_the_first_request_means(kind, answer, code, wait):
    with pytest.raises(Ended) as end:
        await Bench(kind, answer).link.open()
    assert (end.value.code, end.value.retry_after_ms) == (code, wait)


@pytest.mark.parametrize("kind", [StreamLink, PollLink])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(401, "unauthenticated"), 4201),
        (refused(429, "rate_limited", retry_after_ms=700), 4100),
        (PAGE, 1006),
        (httpx.ReadTimeout("silence"), 1006),
    ],
)
async def test_what_an_answer_to_following_means(kind, answer, code):
    with pytest.raises(Ended) as end:
        await Bench(kind, answer).follow()
    assert end.value.code == code


@pytest.mark.parametrize("kind", [StreamLink, PollLink])
async def test_an_answer_that_is_not_the_servers_is_a_blocked_way(kind):
    with pytest.raises(Blocked) as blocked:
        await Bench(kind, FORBIDDEN).follow()
    assert blocked.value.certain


async def test_a_page_instead_of_a_stream_is_a_blocked_way():
    with pytest.raises(Blocked):
        await Bench(StreamLink, httpx.Response(200, text="<p>Sign in to the hotel</p>")).follow()


async def test_a_page_instead_of_an_answer_to_a_poll_is_a_lost_connection():
    with pytest.raises(Ended):
        await Bench(PollLink, httpx.Response(200, text="<p>Sign in to the hotel</p>")).follow()


async def test_rooms_that_a_stream_refuses_are_refused_each():
    bench = Bench(StreamLink, refused(404, "not_found"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await bench.follow("general", "random")
    assert [(type(frame), frame.room) for frame in bench.heard] == [(Error, "general"), (Error, "random")]


async def test_a_stream_is_heard_by_its_frames_and_ends_as_it_says():
    said = [
        ("events", {"command": "events", "room": "general", "after": 10, "events": [json.loads(bytes(event(11)))]}),
        ("presence", {"command": "presence", "room": "general", "count": 1, "people": []}),
        ("error", {"room": "random", "error": {"code": "not_found", "message": "No."}}),
        ("disconnect", {"command": "disconnect", "code": 4101, "reason": "Restarting.", "retry_after_ms": 500}),
    ]
    text = "retry: 1000\n\n" + "".join(f"event: {name}\nid: e1;\ndata: {json.dumps(data)}\n\n" for name, data in said)
    bench = Bench(StreamLink, httpx.Response(200, text=text, headers={"content-type": "text/event-stream"}))
    with pytest.raises(Ended) as end:
        await bench.follow("general", "random")
    assert (end.value.code, end.value.retry_after_ms) == (4101, 500)
    assert [type(frame) for frame in bench.heard] == [Events, Error]
    assert bench.heard[0].epoch == "e1"
    bench.link.leave("random")
    assert len(bench.asked) == 1, "a refused room is not left, and the stream not opened anew for it"


async def test_a_poll_asks_from_the_cursor_and_waits_when_nothing_is_missing():
    behind = {"events": [json.loads(bytes(event(11)))], "cursor": 11, "epoch": "e1", "more": True}
    reset = {"command": "reset", "room": "general", "reason": "epoch", "oldest": 1, "head": 5, "epoch": "e2"}
    live = {"events": [], "cursor": 10, "epoch": "e1", "more": False}
    answers = [httpx.Response(200, json=each) for each in (behind, live, reset)]
    bench = Bench(PollLink, *answers, refused(401, "unauthenticated"))
    with pytest.raises(Ended):
        await bench.follow()
    assert bench.heard[1:] == [Live("general", 10, "e1"), Lost("general", 5, "e2", "epoch")]
    assert [url.params["wait"] for url in bench.asked] == ["0", "0", "25", "25"]
    assert {(url.params["after"], url.params["epoch"]) for url in bench.asked} == {("10", "e1")}


async def test_a_poll_does_not_ask_for_a_reader_who_cannot_take_more():
    bench = Bench(PollLink)
    room = Following("general", Cursor(10, "e1"), full=True)
    bench.link.follow([room])
    await settle()
    assert bench.asked == []
    await bench.link.close()


async def test_requests_say_what_was_refused_and_what_nobody_answered():
    faulty = refused(400, "invalid", fields={"body": "Say something."})
    bench = Bench(PollLink, faulty, PAGE, httpx.ConnectError("gone"))
    with pytest.raises(Refused, match=r"invalid: No\. body: Say something\."):
        await bench.link.api.request("GET", "session")
    for _ in range(2):
        with pytest.raises(Unreachable):
            await bench.link.api.request("GET", "session")


@pytest.mark.parametrize("kind", [StreamLink, PollLink])
async def test_a_mistake_of_our_own_ends_the_link_and_is_not_kept_silent(kind):
    bench = Bench(kind, RuntimeError("a mistake"))
    with pytest.raises(RuntimeError, match="a mistake"):
        await bench.follow()


async def test_a_body_that_is_not_needed_may_be_missing():
    assert await Bench(PollLink, httpx.Response(204)).link.api.request("DELETE", "tokens/7") is None
