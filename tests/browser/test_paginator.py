"""The paginator: one request at a time each way, and a fresh beginning that is fresh enough."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run) -> None:
    """A store with the messages 50 to 60; requests wait in `asked` for `answer`."""
    run("js/models/paginator", "js/models/message_store", "doubles/messages", "doubles/socket", """
      window.asked = [];
      window.store = new MessageStore();
      store.replace(page([50, 60], { older: true }));
      const fetch = (bounds) => new Promise((resolve, reject) => asked.push({ bounds, resolve, reject }));
      window.paginator = new Paginator({ store, fetch });
      window.failures = [];
      paginator.on("failed", (error) => failures.push(error.message));
      window.answer = async (...given) => (asked.at(-1).resolve(page(...given)), await settled());
      window.fail = async () => (asked.at(-1).reject(new Error("gone")), await settled());
      window.bounds = () => asked.map(({ bounds }) => bounds);
      window.seqs = () => store.messages.map(({ seq }) => seq);
    """)  # fmt: skip


def test_it_asks_behind_what_is_held_and_only_once(run: Run) -> None:
    start(run)
    run("paginator.older(); paginator.older()")
    assert run("return bounds()") == [{"before": 50, "limit": 50}]
    run("await answer([40, 45])")
    assert run("paginator.older(); return [seqs(), asked.length]") == [[40, 45, 50, 60], 1]


def test_newer_messages_are_asked_for_only_where_there_are_some(run: Run) -> None:
    start(run)
    run("paginator.newer()")
    assert run("return asked.length") == 0
    run("doubles/messages", "store.replace(page([50], { newer: true })); paginator.newer(); await answer([51, 52])")
    assert run("return [bounds()[0], seqs(), store.hasNewer]") == [{"after": 50, "limit": 50}, [50, 51, 52], False]


def test_a_failure_is_said_and_can_be_tried_again(run: Run) -> None:
    start(run)
    run("paginator.older(); await fail(); paginator.older(); await answer([49])")
    assert run("return [failures, seqs()]") == [["gone"], [49, 50, 60]]


def test_a_fresh_beginning_has_reached_the_head(run: Run, page: Page) -> None:
    start(run)
    run("paginator.renew(100); await answer([50, 60], { head: 90 })")
    assert run("return seqs()") == [50, 60]
    page.clock.run_for(500)
    run("await answer([99, 100], { head: 100, older: true })")
    assert run("return [seqs(), asked.length]") == [[99, 100], 2]


def test_a_fresh_beginning_is_tried_until_it_succeeds(run: Run, page: Page) -> None:
    start(run)
    run("paginator.renew(100); await fail()")
    page.clock.run_for(5000)
    run("await answer([100])")
    assert run("return seqs()") == [100]
