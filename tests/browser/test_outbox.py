"""The outbox: what is sent arrives once and in order, or says why not."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run, script: str = "", factory: str = "indexedDB") -> None:
    """An outbox whose sends wait in `sent` until the test answers them by `answer` or `refuse`."""
    modules = ("js/models/outbox", "js/lib/store", "js/wire", "doubles/socket", "doubles/rest", "doubles/messages")
    run(*modules, f"const factory = {factory};" + """
      window.sent = [];
      window.done = [];
      window.ready = true;
      window.begin = (factory) => {
        const send = (entry) => new Promise((resolve, reject) => sent.push({ entry, resolve, reject }));
        const store = new Store("outbox.anna", factory);
        const outbox = new Outbox({ send, store, name: "anna", isReady: () => ready });
        outbox.on("sent", ({ body }) => done.push(body));
        return { outbox, store };
      };
      Object.assign(window, begin(factory), { until });
      // The database answers in order: behind these questions everything asked before has been done.
      window.calm = async () => {
        for (let round = 0; round < 4; round += 1) await store.all().then(settled);
      };
      window.answer = async () => {
        sent.at(-1).resolve(message(1, { body: sent.at(-1).entry.body }));
        await calm();
      };
      window.refuse = async (error) => {
        sent.at(-1).reject(new WireError({ message: "No.", ...error }));
        await calm();
      };
      window.write = async (body, room = "harbour") => (outbox.add({ room, body }), await calm());
      window.states = () => outbox.of("harbour").map(({ body, state }) => [body, state]);
      await outbox.ready.then(calm);
    """ + script)  # fmt: skip


def test_messages_go_one_after_another_in_the_order_of_writing(run: Run) -> None:
    start(run, "await write('one'); await write('two'); await write('three', 'quay')")
    assert run("return [sent.length, states()]") == [1, [["one", "sending"], ["two", "waiting"]]]
    run("await answer(); await answer(); await answer()")
    assert run("return [done, outbox.of('harbour').length]") == [["one", "two", "three"], 0]


def test_an_unanswered_message_is_sent_again_under_its_own_name(run: Run, page: Page) -> None:
    start(run, "await write('one')")
    run("await refuse({ code: 'unavailable' })")
    assert run("return states()") == [["one", "waiting"]]
    page.clock.run_for(2000)
    run("await calm()")
    assert run("return sent.map(({ entry }) => entry.clientId === sent[0].entry.clientId)") == [True, True]


def test_the_servers_wait_is_kept(run: Run, page: Page) -> None:
    start(run, "await write('one'); await write('two')")
    run("await refuse({ code: 'rate_limited', retry_after_ms: 900 })")
    page.clock.run_for(899)
    assert run("await calm(); return sent.length") == 1
    page.clock.run_for(1)
    assert run("await calm(); return sent.at(-1).entry.body") == "one"


def test_offline_it_waits_and_goes_on_in_order_when_the_connection_opens(run: Run) -> None:
    start(run, "ready = false; await write('one'); await write('two')")
    assert run("return [sent.length, states()]") == [0, [["one", "waiting"], ["two", "waiting"]]]
    run("ready = true; outbox.pump(); await calm(); await answer(); await answer()")
    assert run("return done") == ["one", "two"]


def test_a_reload_keeps_order_and_names(run: Run, page: Page) -> None:
    start(run, "await write('one'); await write('two'); await write('three')")
    names = run("return outbox.of('harbour').map(({ clientId }) => clientId)")
    page.reload()
    start(run)
    assert run("return outbox.of('harbour').map(({ clientId }) => clientId)") == names
    run("await answer(); await answer(); await answer()")
    assert run("return done") == ["one", "two", "three"]
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []


def test_a_refused_message_does_not_hold_up_the_next(run: Run) -> None:
    start(run, "await write('bad'); await write('good')")
    run("await refuse({ code: 'invalid', message: 'Too long.' }); await answer()")
    assert run("return [done, states(), outbox.of('harbour')[0].reason]") == [
        ["good"],
        [["bad", "failed"]],
        "Too long.",
    ]


def test_a_failed_message_stays_failed_over_a_reload_until_tried_again(run: Run, page: Page) -> None:
    start(run, "await write('bad')")
    run("await refuse({ code: 'invalid' })")
    page.reload()
    start(run)
    assert run("return [sent.length, states()]") == [0, [["bad", "failed"]]]
    run("outbox.retry(outbox.of('harbour')[0].clientId); await calm(); await answer()")
    assert run("return done") == ["bad"]


def test_a_discarded_message_is_gone_for_good(run: Run, page: Page) -> None:
    start(run, "ready = false; await write('never mind'); await outbox.drop(outbox.of('harbour')[0].clientId)")
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []


def test_a_message_dropped_while_it_is_being_sent_does_not_come_back(run: Run, page: Page) -> None:
    """Seen in the log before its answer came, and the answer was lost."""
    start(run, "await write('one'); await outbox.drop(outbox.of('harbour')[0].clientId)")
    run("await refuse({ code: 'unavailable' })")
    page.clock.run_for(10_000)
    assert run("await calm(); return [sent.length, outbox.of('harbour').length]") == [1, 0]
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []


def test_another_tab_shows_what_waits_and_what_is_sent_is_gone_in_both(run: Run) -> None:
    start(run, "ready = false; window.other = begin(indexedDB).outbox; await write('one')")
    run("await until(() => other.of('harbour').length === 1)")
    run("ready = true; other.pump(); await calm(); await answer()")
    run("await until(() => !outbox.of('harbour').length)")
    assert run("return [sent.length, other.of('harbour').length]") == [1, 0]


def test_what_another_tab_has_sent_meanwhile_is_not_sent_again(run: Run) -> None:
    start(run, "ready = false; await write('one')")
    run("await store.delete(outbox.of('harbour')[0].clientId)")
    run("ready = true; await outbox.pump(); await calm()")
    assert run("return [sent.length, states()]") == [0, []]


REFUSING = {
    "private": "{ open() { throw new DOMException('No.', 'SecurityError') } }",
    "none": "undefined",
    "full": "(IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }, indexedDB)",
}


def test_without_a_database_it_works_in_memory(run: Run, page: Page) -> None:
    for factory in REFUSING.values():
        start(run, "await write('one'); await write('two')", factory)
        run("await answer(); await answer()")
        assert run("return [done, states()]") == [["one", "two"], []]
        page.reload()


def test_what_is_held_stays_and_a_later_page_asks_what_became_of_it(run: Run) -> None:
    start(run, "await write('odd'); await write('even')")
    run("sent.at(-1).resolve(null); await calm(); await answer()")
    assert run("return [states(), done]") == [[["odd", "held"]], ["even"]]
    run("""
      window.outbox = begin(indexedDB).outbox;
      await outbox.ready.then(calm);
      await refuse({ code: "blocked" });
    """)
    assert run("return [states(), sent.at(-1).entry.clientId === sent[0].entry.clientId]") == [
        [["odd", "failed"]], True,
    ]  # fmt: skip


def test_a_refusal_is_told_with_its_room(run: Run) -> None:
    start(run, "window.refusals = []; outbox.on('refused', ({ room, error }) => refusals.push([room, error.code]))")
    run("await write('one'); await refuse({ code: 'muted' })")
    assert run("return refusals") == [["harbour", "muted"]]
