"""What is kept for times without a network: never more than the server would still show."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run, reader: str = "anna") -> None:
    """The rooms kept for a reader; `fetched` has what was read anew, `answers` what comes then, by room."""
    run("js/models/kept_rooms", "js/lib/store", "doubles/messages", """
      Object.assign(window, { page, created, deleted, edited });
      window.fetched = [];
      window.answers = {};
      const fetch = async (room) => (fetched.push(room), answers[room] ?? Promise.reject(new Error("away")));
      window.store = new Store("kept");
      window.kept = new KeptRooms({ store, me: { username: reader }, fetch });
      window.bodies = async () => {
        kept.flush();
        await kept.done;
        const rows = (await store.all()).map(({ summary, page }) => [summary.room, page.messages.map((m) => m.body)]);
        return Object.fromEntries(rows);
      };
    """, reader=reader)  # fmt: skip


KEEP = "kept.keep({ room: 'harbour' }, page([9, 10]));"


def test_a_kept_room_goes_along_with_what_happens(run: Run) -> None:
    start(run)
    run(KEEP + "kept.apply({ room: 'harbour', events: [created(11), edited(12, 10), deleted(13, 9)] })")
    assert run("return bodies()") == {"harbour": ["text 11", "edit 12", ""]}
    assert run("return store.get('harbour').then(({ page }) => page.head)") == 13


def test_new_messages_are_gathered_and_what_is_taken_away_goes_at_once(run: Run, page: Page) -> None:
    start(run)
    run(KEEP + """
      await kept.done;
      window.writes = 0;
      const put = store.put.bind(store);
      store.put = (...record) => (writes += 1, put(...record));
      for (let seq = 11; seq <= 1010; seq += 1) kept.apply({ room: "harbour", events: [created(seq)] });
      await kept.done;
    """)  # fmt: skip
    assert run("return writes") == 0
    page.clock.run_for(1000)
    assert run("await kept.done; return writes") == 1
    run("for (const seq of [1011, 1012]) kept.apply({ room: 'harbour', events: [deleted(seq, seq - 2)] })")
    assert run("await kept.done; return store.get('harbour').then(({ page }) => page.messages[0].body)") == ""
    assert run("return [writes, (await bodies()).harbour.length]") == [2, 50]


def test_what_was_removed_while_the_device_was_away_is_not_kept(run: Run, page: Page) -> None:
    """Ten thousand events later, with another room open: the stale room goes before anything else can happen."""
    start(run)
    run(KEEP + "kept.keep({ room: 'quay' }, page([3])); await kept.done")
    page.reload()
    start(run)
    run("""
      answers.harbour = page([10009, 10010]);
      kept.compare("e1", [{ room: "harbour", head: 10010 }, { room: "quay", head: 3 }]);
    """)
    assert run("return bodies()") == {"harbour": ["text 10010", "text 10009"], "quay": ["text 3"]}
    assert run("return fetched") == ["harbour"]


def test_a_stale_room_that_cannot_be_read_anew_is_forgotten(run: Run) -> None:
    start(run)
    run(KEEP + "kept.compare('e1', [{ room: 'harbour', head: 11 }])")
    assert run("return bodies()") == {}


def test_another_history_of_the_server_makes_all_stale(run: Run) -> None:
    start(run)
    run(KEEP + "kept.compare('e2', [{ room: 'harbour', head: 10 }])")
    assert run("return bodies()") == {}


def test_a_room_that_is_no_longer_ones_own_is_forgotten(run: Run) -> None:
    start(run)
    run(KEEP + "kept.compare('e1', [])")
    assert run("return bodies()") == {}
    run(KEEP + "kept.forget('harbour')")
    assert run("return bodies()") == {}


def test_a_hole_before_an_event_is_read_anew(run: Run) -> None:
    start(run)
    run(KEEP + "answers.harbour = page([14]); kept.apply({ room: 'harbour', events: [created(14)] })")
    assert run("return [await bodies(), fetched]") == [{"harbour": ["text 14"]}, ["harbour"]]


def test_another_reader_of_this_browser_sees_nothing(run: Run, page: Page) -> None:
    start(run)
    run(KEEP + "await kept.done")
    page.reload()
    start(run, reader="ben")
    assert run("return bodies()") == {}


def test_only_the_rooms_read_last_are_kept(run: Run, page: Page) -> None:
    start(run)
    for number in range(12):
        page.clock.run_for(1000)
        run("await kept.keep({ room: `room-${number}` }, page([1]))", number=number)
    assert sorted(run("return bodies()")) == sorted(f"room-{number}" for number in range(2, 12))


def fresh(run: Run) -> None:
    run(
        "js/models/freshness",
        """
      Object.assign(window, { server: "1", away: false, reloads: 0 });
      const ask = async () => server;
      window.freshness = new Freshness({ version: "1", ask, mayReload: () => away, reload: () => (reloads += 1) });
    """,
    )


def test_after_a_restart_of_the_same_version_the_page_stays(run: Run) -> None:
    fresh(run)
    run("away = true; await freshness.check(); server = null; await freshness.check()")
    assert run("return reloads") == 0


def test_a_new_version_is_loaded_once_nobody_looks(run: Run) -> None:
    fresh(run)
    run("server = '2'; await freshness.check()")
    assert run("return reloads") == 0
    assert run("server = null; away = true; await freshness.check(); return reloads") == 1
