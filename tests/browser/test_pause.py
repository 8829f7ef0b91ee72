"""Why and how long one waits before writing, as the server says it and as slow mode makes it."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run, options: str) -> None:
    run("js/models/pause", f"""
      window.pause = new Pause({options});
      window.wrote = (ago = 0) => pause.wrote(new Date(Date.now() - ago));
      window.seen = () => [pause.left, pause.holds("new"), pause.holds("edit"), pause.reason];
    """)  # fmt: skip


RULE = "Slow mode: one message every 30 s."


def test_in_slow_mode_one_waits_since_ones_own_message_and_may_edit(run: Run, page: Page) -> None:
    start(run, "{ slowSeconds: 30 }")
    assert run("return seen()") == [0, False, False, RULE]
    assert run("wrote(10000); return seen()") == [20_000, True, False, RULE]
    page.clock.run_for(20_000)
    assert run("return seen()") == [0, False, False, RULE]
    assert run("wrote(-90000); return seen()")[0] == 30_000, "a server's clock ahead lengthens nothing"
    assert run("pause.pace(0); return seen()") == [0, False, False, ""]


def test_moderators_wait_for_nothing(run: Run) -> None:
    start(run, "{ slowSeconds: 30, exempt: true }")
    assert run("wrote(); return seen()") == [0, False, False, ""]


def test_a_refusal_says_why_and_how_long_and_a_mute_holds_edits_too(run: Run) -> None:
    start(run, '{ refused: { code: "slow_mode", message: "Slowly.", retry_after_ms: 500 } }')
    assert run("return seen()") == [500, True, False, "Slowly."]
    run('pause.refused({ code: "blocked", message: "No.", retryAfterMs: 9 })')
    run('pause.refused({ code: "muted", message: "Quiet.", retryAfterMs: null })')
    assert run("return [pause.left === Infinity, ...seen().slice(1)]") == [True, True, True, "Quiet."]


def test_a_mute_that_the_list_of_rooms_tells_holds_until_it_tells_the_end(run: Run) -> None:
    start(run, "{ slowSeconds: 30 }")
    run('pause.told({ message: "Quiet.", retry_after_ms: 5000 })')
    assert run("return [...seen(), pause.muted]") == [5000, True, True, "Quiet.", True]
    assert run("pause.told(null); return [...seen(), pause.muted]") == [0, False, False, RULE, False]
    assert run("wrote(); pause.told(null); return seen()") == [30_000, True, False, RULE]
