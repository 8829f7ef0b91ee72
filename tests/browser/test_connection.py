"""The connection: opens, answers, and comes back as the wire advises."""

from playwright.sync_api import Page

from tests.browser.conftest import Run

START = """
  Object.assign(window, fakeConnection(given));
  window.states = [];
  connection.on("state", (state) => states.push(state));
  connection.start();
"""


def start(run: Run, random: float = 0.5) -> None:
    run("doubles/socket", f"const given = {{ random: () => {random} }};" + START)


def test_it_is_open_once_the_server_has_said_hello(run: Run) -> None:
    start(run)
    assert run("return connection.state") == "connecting"
    assert run("sockets[0].hello(); return states") == ["connecting", "open"]


def test_first_it_returns_within_a_second_then_doubles_to_thirty(run: Run, page: Page) -> None:
    start(run, random=0.999)
    for seconds in (1, 2, 4, 8, 16, 30, 30):
        opened = run("sockets.at(-1).drop(); return sockets.length")
        page.clock.run_for(round(seconds * 998))
        assert run("return sockets.length") == opened
        page.clock.run_for(2 * seconds)
        assert run("return sockets.length") == opened + 1


def test_the_jitter_is_full(run: Run, page: Page) -> None:
    start(run, random=0.0)
    run("sockets[0].drop()")
    page.clock.run_for(1)
    assert run("return sockets.length") == 2


def test_a_hello_alone_does_not_shorten_the_wait_but_an_event_does(run: Run, page: Page) -> None:
    start(run, random=0.999)
    run("sockets[0].drop()")
    page.clock.run_for(1000)
    run("sockets[1].hello(); sockets[1].drop()")
    page.clock.run_for(1500)
    assert run("return sockets.length") == 2
    page.clock.run_for(500)
    run("sockets[2].hello(); sockets[2].say('events', {room: 'harbour', after: 0, events: [{seq: 1}]})")
    run("sockets[2].drop()")
    page.clock.run_for(1000)
    assert run("return sockets.length") == 4


def test_a_request_gets_the_reply_with_its_own_id(run: Run) -> None:
    start(run)
    result = run("""
      sockets[0].hello();
      const first = connection.request("one"), second = connection.request("two");
      sockets[0].answer("two", { result: 2 });
      sockets[0].answer("one", { result: 1 });
      return [await first, await second];
    """)
    assert result == [1, 2]


def test_a_refusal_has_its_code_and_its_wait(run: Run) -> None:
    start(run)
    refusal = run("""
      sockets[0].hello();
      const sent = connection.request("send-message");
      sockets[0].answer("send-message", { error: { code: "rate_limited", message: "Slowly.", retry_after_ms: 700 } });
      return sent.catch(({ code, message, retryAfterMs, repeatable }) => [code, message, retryAfterMs, repeatable]);
    """)
    assert refusal == ["rate_limited", "Slowly.", 700, True]


def test_a_lost_connection_answers_everything_under_way(run: Run) -> None:
    start(run)
    assert run("""
      sockets[0].hello();
      const sent = connection.request("send-message").catch((error) => error.code);
      sockets[0].drop();
      return [await sent, await connection.request("send-message").catch((error) => error.repeatable)];
    """) == ["unavailable", True]


def test_a_reply_that_never_comes_is_an_unavailable_server(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].hello(); window.sent = connection.request('send-message').catch((error) => error.code)")
    page.clock.run_for(15_000)
    assert run("return sent") == "unavailable"


def test_told_to_stay_away_it_stays_away(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].hello(); sockets[0].say('disconnect', {code: 4014, reason: 'You were signed out.'})")
    run("sockets[0].drop(4014)")
    page.clock.run_for(120_000)
    assert run("return [connection.state, connection.farewell.reason, sockets.length]") == [
        "closed", "You were signed out.", 1,
    ]  # fmt: skip


def test_expired_credentials_are_tried_once_more(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].hello(); sockets[0].drop(4201)")
    page.clock.run_for(0)
    assert run("return sockets.length") == 2
    run("sockets[1].hello(); sockets[1].drop(4201)")
    page.clock.run_for(60_000)
    assert run("return [connection.state, sockets.length]") == ["closed", 2]


def test_a_restarting_server_says_how_long_to_wait(run: Run, page: Page) -> None:
    start(run, random=0.0)
    run("sockets[0].say('disconnect', {code: 4101, retry_after_ms: 3000}); sockets[0].drop(4101)")
    page.clock.run_for(2999)
    assert run("return sockets.length") == 1
    page.clock.run_for(1)
    assert run("return sockets.length") == 2


def test_a_ping_is_answered(run: Run) -> None:
    start(run)
    assert run("sockets[0].hello(); sockets[0].say('ping', {heads: {}}); return sockets[0].said('pong').length") == 1


def test_silence_for_two_heartbeats_is_a_lost_connection(run: Run, page: Page) -> None:
    start(run)
    run("sockets[0].hello({heartbeat: 1000})")
    page.clock.run_for(6999)
    assert run("return connection.state") == "open"
    page.clock.run_for(1)
    assert run("return [connection.state, sockets[0].isClosed]") == ["waiting", True]


def test_waking_tries_at_once_and_doubts_what_looks_open(run: Run, page: Page) -> None:
    start(run, random=0.999)
    run("sockets[0].drop(); connection.wake()")
    assert run("return sockets.length") == 2
    run("sockets[1].hello(); connection.wake()")
    page.clock.run_for(5000)
    assert run("return connection.state") == "waiting"


def test_a_late_word_of_a_lost_socket_is_not_heard(run: Run) -> None:
    start(run)
    assert (
        run("""
      sockets[0].hello();
      sockets[0].drop();
      sockets[0].hello();
      sockets[0].drop(4014);
      return connection.state;
    """)
        == "waiting"
    )
