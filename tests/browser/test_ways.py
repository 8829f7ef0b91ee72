"""The ways to the server: from sockets down to streams and polls, and up again, with the same feed above them."""

from playwright.sync_api import Page

from tests.browser.conftest import Run

LIST = '{ results: [{ room: "harbour", head: 12 }], epoch: "e1" }'
HTTP = ("doubles/socket", "doubles/rest", "js/models/feed", "js/models/links/stream_link", "js/models/links/poll_link")


def start(run: Run, *, lower: str = "StreamLink, PollLink") -> None:
    """A connection over sockets and these ways below them; the feed follows the room harbour from 10."""
    run(*HTTP, f"const lower = [{lower}].map((Way) => (ears) => new Way(ears));" + """
      Object.assign(window, fakeConnection({ random: () => 0, lower }), { until, asked: fakeFetch() });
      window.states = [];
      connection.on("state", (state) => states.push(state));
      window.feed = new Feed(connection);
      window.heard = [];
      feed.on("events", ({ events }) => heard.push(...events.map(({ seq }) => seq)));
      feed.on("lost", ({ room, head }) => heard.push(["lost", room, head]));
      feed.on("refused", ({ room, error }) => heard.push(["refused", room, error.code]));
      feed.keep("harbour", { after: 10, epoch: "e1" });
      window.next = async (count) => (await until(() => asked.length === count), asked.at(-1));
      connection.start();
    """)  # fmt: skip


def block_sockets(run: Run, page: Page) -> None:
    """Two sockets in a row end before a word."""
    run("sockets[0].drop()")
    page.clock.run_for(1)
    run("sockets[1].drop()")


def to_stream(run: Run, page: Page) -> None:
    start(run)
    block_sockets(run, page)
    run(f"(await next(1)).answer({LIST}); (await next(2)).stream()")


LIVE = """
  connection.on("live", () => (window.live = true));
  asked[1].say("live", { room: "harbour", head: 10, epoch: "e1" });
  await until(() => window.live);
"""


def to_poll(run: Run, page: Page) -> None:
    start(run, lower="PollLink")
    block_sockets(run, page)
    run(f"(await next(1)).answer({LIST}); await next(2)")


def test_one_failure_may_be_the_servers_a_second_is_the_ways(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].drop()")
    assert run("return [asked.length, connection.state]") == [0, "waiting"]
    page.clock.run_for(1)
    run("sockets[1].drop()")
    assert run("return [(await next(1)).path, connection.state, sockets.length]") == ["rooms", "connecting", 2]


def test_a_server_that_says_why_it_closes_does_not_count_as_blocked(run: Run, page: Page) -> None:
    start(run)
    for place in (0, 1, 2):
        run(f"sockets[{place}].say('disconnect', {{ code: 4100 }}); sockets[{place}].drop(4100)")
        page.clock.run_for(1)
    assert run("return [sockets.length, asked.length]") == [4, 0]


def test_a_stream_follows_all_rooms_from_their_cursors(run: Run, page: Page) -> None:
    to_stream(run, page)
    assert run("return [asked[1].path, asked[1].query]") == ["events/stream", {"rooms": "harbour:10", "epoch": "e1"}]
    run("""
      asked[1].write("retry: 1000\\n\\n:\\n\\n");
      asked[1].say("events", { room: "harbour", after: 10, events: [{ seq: 11 }, { seq: 12 }] });
      asked[1].write('event: events\\ndata: {"room":"harbour","after":12,');
      asked[1].write('"events":[{"seq":13}]}\\n\\n');
      await until(() => heard.length === 3);
    """)
    assert run("return [heard, connection.state]") == [[11, 12, 13], "open"]


def test_a_stream_that_ends_is_resumed_where_it_ended(run: Run, page: Page) -> None:
    to_stream(run, page)
    run("""
      asked[1].say("events", { room: "harbour", after: 10, events: [{ seq: 11 }] });
      await until(() => heard.length);
      asked[1].controller.close();
      await until(() => connection.state === "waiting");
    """)
    page.clock.run_for(1)
    run(f"(await next(3)).answer({LIST}); await next(4)")
    assert run("return asked[3].query.rooms") == "harbour:11"


def test_what_answers_in_the_servers_place_blocks_the_way(run: Run, page: Page) -> None:
    start(run)
    block_sockets(run, page)
    run(f"(await next(1)).answer({LIST}); (await next(2)).intercept()")
    run(f"(await next(3)).answer({LIST})")
    assert run("return [(await next(4)).path, asked[3].query]") == [
        "rooms/harbour/events", {"after": "10", "epoch": "e1", "wait": "0"},
    ]  # fmt: skip


def test_a_stream_held_back_on_its_way_gives_way_to_polls(run: Run, page: Page) -> None:
    to_stream(run, page)
    page.clock.run_for(10_000)
    assert run("return [(await next(3)).path, asked[1].left]") == ["rooms", True]


def test_a_stream_that_falls_silent_is_lost(run: Run, page: Page) -> None:
    to_stream(run, page)
    run(LIVE)
    page.clock.run_for(19_000)
    assert run("return connection.state") == "open"
    page.clock.run_for(21_000)
    assert run("await until(() => states.at(-1) !== 'open'); return asked[1].left")


def test_a_server_that_is_away_on_every_way_is_met_on_the_best(run: Run, page: Page) -> None:
    start(run)
    block_sockets(run, page)
    run("(await next(1)).fail(); await until(() => connection.state === 'waiting')")
    page.clock.run_for(1)
    assert run("return [sockets.length, asked.length]") == [3, 1]


def pass_minute(run: Run, page: Page) -> None:
    """The list of rooms is read three times meanwhile, and the stream says something."""
    for _ in range(3):
        page.clock.run_for(20_000)
        run("""
          const before = lists;
          asked.findLast(({ path }) => path === "rooms").answer({ results: [], epoch: "e1" });
          asked[1].write(":\\n\\n");
          await until(() => lists > before);
        """)


def test_once_a_minute_the_best_way_is_tried_and_taken_when_clear(run: Run, page: Page) -> None:
    to_stream(run, page)
    run(LIVE + "window.lists = 0; connection.on('rooms', () => (lists += 1))")
    pass_minute(run, page)
    assert run("return sockets.length") == 3
    run("sockets[2].drop()")
    pass_minute(run, page)
    assert run("return [sockets.length, connection.state]") == [4, "open"]
    run("sockets[3].hello()")
    assert run("return [asked[1].left, sockets[3].isClosed, sockets.length]") == [True, True, 5]
    run("sockets[4].hello()")
    assert run("return connection.state") == "open"


def test_the_way_that_worked_is_the_next_pages_first(run: Run, page: Page) -> None:
    to_stream(run, page)
    page.reload()
    start(run)
    assert run("return [(await next(1)).path, sockets.length]") == ["rooms", 0]


def test_a_poll_catches_up_and_then_waits(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("asked[1].answer({ events: [{ seq: 11 }], cursor: 11, epoch: 'e1', more: true })")
    run("(await next(3)).answer({ events: [{ seq: 12 }], cursor: 12, epoch: 'e1', more: false }); await next(4)")
    assert run("return [heard, asked.slice(1).map(({ query }) => [query.after, query.wait])]") == [
        [11, 12], [["10", "0"], ["11", "0"], ["12", "25"]],
    ]  # fmt: skip


def test_a_poll_too_far_behind_goes_on_at_the_head(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("asked[1].answer({ command: 'limited', room: 'harbour', head: 9000, epoch: 'e2' }); await next(3)")
    assert run("return [heard, asked[2].query]") == [
        [["lost", "harbour", 9000]], {"after": "9000", "epoch": "e2", "wait": "25"},
    ]  # fmt: skip


def test_a_room_one_was_removed_from_is_let_go_on_polls_too(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("asked[1].answer({ error: { code: 'not_found', message: 'No.' } }, 404); await until(() => heard.length)")
    assert run("return [heard, connection.state]") == [[["refused", "harbour", "not_found"]], "open"]


def test_who_was_signed_out_is_tried_once_more_and_then_stays_out(run: Run, page: Page) -> None:
    to_poll(run, page)
    signed_out = "answer({ error: { code: 'unauthenticated', message: 'Sign in.' } }, 401)"
    run(f"asked[1].{signed_out}; await until(() => connection.state === 'waiting')")
    page.clock.run_for(1)
    run(f"(await next(3)).{signed_out}; await until(() => connection.state === 'closed')")
    assert run("return connection.farewell.reason") == "Sign in."


def test_a_busy_server_says_when_to_come_back(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("asked[1].answer({ error: { code: 'overloaded', message: 'Busy.', retry_after_ms: 900 } }, 503)")
    run("await until(() => connection.state === 'waiting')")
    page.clock.run_for(899)
    assert run("return connection.state") == "waiting"
    page.clock.run_for(1)
    assert run("return connection.state") == "connecting"


def test_what_one_does_goes_by_requests(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("document.cookie = 'csrftoken=secret'")
    sent = run("""
      const { Command } = await import("/js/wire.js");
      const said = connection.request(Command.sendMessage, { room: "harbour", message: { client_id: "c", body: "hi" }});
      (await next(3)).answer({ seq: 13 }, 201);
      connection.request(Command.addReaction, { room: "harbour", seq: 13, emoji: "👍" });
      await next(4);
      connection.request(Command.markRead, { room: "harbour", seq: 13 }).catch(() => {});
      await next(5);
      const [post, react, read] = asked.slice(2);
      return [await said, post.path, post.body, post.headers["X-CSRFToken"], [react.method, react.path],
        [read.method, read.body]];
    """)
    assert sent == [
        {"message": {"seq": 13}}, "rooms/harbour/messages", {"client_id": "c", "body": "hi"}, "secret",
        ["PUT", "rooms/harbour/messages/13/reactions/%F0%9F%91%8D"], ["PUT", {"seq": 13, "back": False}],
    ]  # fmt: skip


def test_an_answer_that_never_comes_lets_the_message_be_sent_again(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("""
      const sent = connection.request("send-message", { room: "harbour", message: {} });
      window.sent = sent.catch((error) => (window.refusal = error.repeatable));
      await next(3);
    """)
    page.clock.run_for(15_000)
    assert run("await until(() => window.refusal !== undefined); return refusal")


def test_the_list_of_rooms_is_read_anew_from_time_to_time(run: Run, page: Page) -> None:
    to_poll(run, page)
    run("connection.on('rooms', ({ rooms }) => (window.list = rooms))")
    run("asked[1].answer({ events: [], cursor: 10, epoch: 'e1', more: false }); await next(3)")
    page.clock.run_for(20_000)
    run("asked.at(-1).answer({ results: [{ room: 'quay', head: 3 }], epoch: 'e1' }); await until(() => window.list)")
    assert run("return list") == [{"room": "quay", "head": 3}]
