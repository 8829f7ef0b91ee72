"""The feed: every event of a room once and in order, resumed where it ended."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run, after: int = 10) -> None:
    """A feed of the room harbour from this cursor, greeted by a server that knows the room quay as well."""
    run("doubles/socket", "js/models/feed", """
      Object.assign(window, fakeConnection({ random: () => 0 }), { settled });
      window.feed = new Feed(connection);
      window.heard = [];
      feed.on("events", ({ room, events }) => heard.push([room, ...events.map(({ seq }) => seq)]));
      feed.on("lost", ({ room, head }) => heard.push(["lost", room, head]));
      feed.on("refused", ({ room, error }) => heard.push(["refused", room, error.code]));
      window.events = (room, after, ...seqs) =>
        sockets.at(-1).say("events", { room, after, events: seqs.map((seq) => ({ seq })) });
      window.asked = () => sockets.at(-1).said("subscribe").at(-1)?.rooms;
      const rooms = [{ room: "harbour", head: 30 }, { room: "quay", head: 7 }];
      window.greet = (epoch = "e1") => sockets.at(-1).hello({ epoch, rooms });
      feed.keep("harbour", { after, epoch: "e1" });
      connection.start();
      greet();
    """, after=after)  # fmt: skip


def test_the_pages_room_begins_at_its_messages_and_the_others_at_the_hello(run: Run) -> None:
    start(run)
    asked = run("return sockets[0].said('subscribe').map(({ rooms }) => rooms)")
    assert asked == [[{"room": "harbour", "after": 10, "epoch": "e1"}], [{"room": "quay", "after": 7, "epoch": "e1"}]]


def test_each_event_is_heard_once(run: Run) -> None:
    start(run)
    run("events('harbour', 10, 11, 12); events('harbour', 11, 12, 13); events('harbour', 11, 12)")
    assert run("return heard") == [["harbour", 11, 12], ["harbour", 13]]


def test_a_new_connection_resumes_behind_the_last_event(run: Run, page: Page) -> None:
    start(run)
    run("events('harbour', 10, 11, 12); events('quay', 7, 8); sockets[0].drop()")
    page.clock.run_for(1)
    run("greet()")
    asked = run("return sockets[1].said('subscribe').map(({ rooms }) => rooms[0])")
    assert asked == [{"room": "harbour", "after": 12, "epoch": "e1"}, {"room": "quay", "after": 7, "epoch": "e1"}]


def test_a_hole_is_asked_for_and_not_shown(run: Run) -> None:
    start(run)
    run("events('harbour', 11, 12)")
    assert run("return [heard, asked()]") == [[], [{"room": "harbour", "after": 10, "epoch": "e1"}]]


def test_a_head_that_stays_ahead_for_two_seconds_is_asked_for(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].say('ping', { heads: { harbour: 11, quay: 8, unknown: 3 } })")
    page.clock.run_for(1000)
    run("events('quay', 7, 8)")
    before = run("return sockets[0].said('subscribe').length")
    page.clock.run_for(1000)
    assert run("return sockets[0].said('subscribe').length") == before + 1
    assert run("return asked()") == [{"room": "harbour", "after": 10, "epoch": "e1"}]


def test_heads_that_are_reached_ask_for_nothing(run: Run, page: Page) -> None:
    start(run)
    before = run(
        "sockets[0].say('ping', { heads: { harbour: 10, quay: 7 } }); return sockets[0].said('subscribe').length"
    )
    page.clock.run_for(5000)
    assert run("return sockets[0].said('subscribe').length") == before


def test_limited_and_reset_begin_anew_at_the_head(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].say('limited', { room: 'harbour', head: 5000 }); events('harbour', 5000, 5001)")
    assert run("return heard") == [["lost", "harbour", 5000], ["harbour", 5001]]
    run("sockets[0].drop()")
    page.clock.run_for(1)
    run("greet('e2'); sockets[1].say('reset', { room: 'harbour', reason: 'epoch', oldest: 1, head: 3 })")
    run("events('harbour', 3, 4); sockets[1].drop()")
    page.clock.run_for(2000)
    assert run("greet('e2'); return sockets[2].said('subscribe')[0].rooms") == [
        {"room": "harbour", "after": 4, "epoch": "e2"}
    ]


def test_a_refused_room_is_said_and_not_asked_for_again(run: Run, page: Page) -> None:
    start(run)
    run("""
      const { id } = sockets[0].said("subscribe")[0];
      sockets[0].say("reply", { id, result: { rooms: [{ room: "harbour", error: { code: "not_found" } }] } });
      await settled();
    """)
    assert run("return heard") == [["refused", "harbour", "not_found"]]
    run("events('harbour', 10, 11)")
    assert len(run("return heard")) == 1


def test_a_busy_server_is_asked_again(run: Run, page: Page) -> None:
    start(run)
    run("""
      const { id } = sockets[0].said("subscribe")[0];
      sockets[0].say("reply", { id, error: { code: "overloaded", message: "Busy." } });
      await settled();
    """)
    page.clock.run_for(2000)
    assert run("return asked()") == [{"room": "harbour", "after": 10, "epoch": "e1"}]


def test_a_room_that_cannot_be_looked_up_now_is_asked_for_again(run: Run, page: Page) -> None:
    start(run)
    run("""
      const { id } = sockets[0].said("subscribe")[0];
      const error = { code: "unavailable", message: "Later.", retry_after_ms: 3000 };
      sockets[0].say("reply", { id, result: { rooms: [{ room: "harbour", error }] } });
      await settled();
    """)
    before = run("return sockets[0].said('subscribe').length")
    page.clock.run_for(2500)
    assert run("return sockets[0].said('subscribe').length") == before
    page.clock.run_for(500)
    assert run("return asked()") == [{"room": "harbour", "after": 10, "epoch": "e1"}]
    assert run("events('harbour', 10, 11); return heard") == [["harbour", 11]]


def test_a_new_room_is_followed_once(run: Run) -> None:
    start(run)
    run("const quay = { room: 'quay', head: 9 }; feed.follow([{ room: 'pier', head: 3 }, quay]); "
        "feed.follow([{ room: 'pier', head: 9 }, quay])")  # fmt: skip
    assert run("return sockets[0].said('subscribe').length") == 3
    run("events('pier', 3, 4)")
    assert run("return heard") == [["pier", 4]]


def test_a_room_that_was_taken_away_and_given_back_is_followed_from_then_on(run: Run) -> None:
    start(run)
    run("feed.follow([]); events('quay', 7, 8)")
    assert run("return heard") == []
    run("feed.follow([{ room: 'quay', head: 9 }])")
    assert run("return asked()") == [{"room": "quay", "after": 9, "epoch": "e1"}]
    run("events('quay', 9, 10); events('harbour', 10, 11)")
    assert run("return heard") == [["quay", 10], ["harbour", 11]]
