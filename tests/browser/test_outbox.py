"""The outbox: what is sent arrives once and in order, or says why not."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run, script: str = "") -> None:
    """An outbox whose sends wait in `sent` until the test answers them by `answer` or `refuse`."""
    run("js/models/outbox", "js/lib/storage", "js/wire", "doubles/socket", "doubles/messages", """
      window.sent = [];
      window.ready = true;
      window.settled = settled;
      window.begin = () => {
        const send = (entry) => new Promise((resolve, reject) => sent.push({ entry, resolve, reject }));
        window.outbox = new Outbox({ send, shelf: new Shelf("outbox.anna"), isReady: () => ready });
        window.done = [];
        outbox.on("sent", ({ body }) => done.push(body));
      };
      window.answer = async () => (sent.at(-1).resolve(message(1, { body: sent.at(-1).entry.body })), await settled());
      window.refuse = async (error) => {
        sent.at(-1).reject(new WireError({ message: "No.", ...error }));
        await settled();
      };
      window.write = (body, room = "harbour") => outbox.add({ room, body });
      window.states = () => outbox.of("harbour").map(({ body, state }) => [body, state]);
      begin();
    """ + script)  # fmt: skip


def test_messages_go_one_after_another_in_the_order_of_writing(run: Run) -> None:
    start(run, "write('one'); write('two'); write('three', 'quay')")
    assert run("return [sent.length, states()]") == [1, [["one", "sending"], ["two", "waiting"]]]
    run("await answer(); await answer(); await answer()")
    assert run("return [done, outbox.of('harbour').length]") == [["one", "two", "three"], 0]


def test_an_unanswered_message_is_sent_again_under_its_own_name(run: Run, page: Page) -> None:
    start(run, "write('one')")
    run("await refuse({ code: 'unavailable' })")
    assert run("return states()") == [["one", "waiting"]]
    page.clock.run_for(2000)
    assert run("return sent.map(({ entry }) => entry.clientId === sent[0].entry.clientId)") == [True, True]


def test_the_servers_wait_is_kept(run: Run, page: Page) -> None:
    start(run, "write('one'); write('two')")
    run("await refuse({ code: 'rate_limited', retry_after_ms: 900 })")
    page.clock.run_for(899)
    assert run("return sent.length") == 1
    page.clock.run_for(1)
    assert run("return sent.at(-1).entry.body") == "one"


def test_offline_it_waits_and_goes_on_when_the_connection_opens(run: Run) -> None:
    start(run, "ready = false; write('one')")
    assert run("return [sent.length, states()]") == [0, [["one", "waiting"]]]
    assert run("ready = true; outbox.pump(); return sent.length") == 1


def test_a_reload_keeps_order_and_names(run: Run, page: Page) -> None:
    start(run, "write('one'); write('two'); write('three')")
    names = run("return outbox.of('harbour').map(({ clientId }) => clientId)")
    page.reload()
    start(run)
    assert run("return outbox.of('harbour').map(({ clientId }) => clientId)") == names
    run("outbox.pump(); await answer(); await answer(); await answer()")
    assert run("return done") == ["one", "two", "three"]
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []


def test_a_refused_message_does_not_hold_up_the_next(run: Run) -> None:
    start(run, "write('bad'); write('good')")
    run("await refuse({ code: 'invalid', message: 'Too long.' }); await answer()")
    assert run("return [done, states(), outbox.of('harbour')[0].reason]") == [
        ["good"],
        [["bad", "failed"]],
        "Too long.",
    ]


def test_a_failed_message_stays_failed_over_a_reload_until_tried_again(run: Run, page: Page) -> None:
    start(run, "write('bad')")
    run("await refuse({ code: 'invalid' })")
    page.reload()
    start(run, "outbox.pump()")
    assert run("return [sent.length, states()]") == [0, [["bad", "failed"]]]
    run("outbox.retry(outbox.of('harbour')[0].clientId); await answer()")
    assert run("return done") == ["bad"]


def test_a_discarded_message_is_gone_for_good(run: Run, page: Page) -> None:
    start(run, "ready = false; write('never mind'); outbox.drop(outbox.of('harbour')[0].clientId)")
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []


def test_a_message_dropped_while_it_is_being_sent_does_not_come_back(run: Run, page: Page) -> None:
    """Seen in the log before its answer came, and the answer was lost."""
    start(run, "write('one'); outbox.drop(outbox.of('harbour')[0].clientId)")
    run("await refuse({ code: 'unavailable' })")
    page.clock.run_for(10_000)
    assert run("return [sent.length, outbox.of('harbour').length]") == [1, 0]
    page.reload()
    start(run)
    assert run("return outbox.of('harbour')") == []
