"""What the reader does: drafts, typing, reading, and the counts beside the rooms."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def test_typing_is_told_at_most_once_in_three_seconds(run: Run, page: Page) -> None:
    run("js/models/typing", "window.told = 0; window.typing = new Typing({ tell: () => (told += 1) })")
    run("typing.press(); typing.press()")
    page.clock.run_for(2999)
    run("typing.press()")
    assert run("return told") == 1
    page.clock.run_for(1)
    assert run("typing.press(); return told") == 2


def test_who_is_typing_fades_by_itself_and_with_a_message(run: Run, page: Page) -> None:
    run(
        "js/models/typing",
        "doubles/messages",
        """
      window.typing = new Typing({ tell() {} });
      typing.heard(anna);
      typing.heard(ben);
      typing.stopped("anna");
    """,
    )
    assert run("return typing.names") == ["Ben Ode"]
    page.clock.run_for(5000)
    run("doubles/messages", "typing.heard(ben)")
    page.clock.run_for(5999)
    assert run("return typing.names") == ["Ben Ode"]
    page.clock.run_for(1)
    assert run("return typing.names") == []


MARKER = "window.told = []; window.marker = new ReadMarker({ read: 10, tell: (seq) => told.push(seq) });"


def test_reading_is_told_shortly_after_and_only_forward(run: Run, page: Page) -> None:
    run("js/models/read_marker", MARKER + "for (const seq of [9, 11, 14, 12]) marker.saw(seq)")
    assert run("return told") == []
    page.clock.run_for(400)
    assert run("return told") == [14]


def test_what_another_device_has_read_is_not_told_again(run: Run, page: Page) -> None:
    run("js/models/read_marker", MARKER + "marker.saw(12); marker.moved(15); marker.saw(14)")
    page.clock.run_for(400)
    assert run("return told") == []
    run("marker.saw(16)")
    page.clock.run_for(400)
    assert run("return told") == [16]


def test_a_mark_that_never_arrived_is_told_with_the_next_connection(run: Run, page: Page) -> None:
    run("js/models/read_marker", MARKER + "marker.saw(12)")
    page.clock.run_for(400)
    assert run("marker.untold(12); marker.flush(); marker.flush(); return told") == [12, 12]


LIST_MODULES = ("js/models/room_list", "js/lib/storage", "doubles/messages")
LIST = """
  const room = (fields) => ({ room: "harbour", kind: "open", head: 10, read: 10, unread: 0, mentions: 0, ...fields });
  const direct = room({ room: "d-1", kind: "direct", head: 3, read: 3 });
  const list = new RoomList({ me: anna, shelf: new Shelf("read.anna"), rooms: [room(), direct] });
  const counts = () => list.rooms.map(({ unread, mentions }) => [unread, mentions]);
  const news = (room, ...events) => list.apply({ room, events });
"""


def test_others_messages_count_and_mentions_call(run: Run) -> None:
    assert run(*LIST_MODULES, LIST + """
      news("harbour", created(11), created(12, { mentions: ["anna"] }), edited(13, 11));
      news("d-1", created(4));
      return [counts(), list.calls];
    """) == [[[2, 1], [1, 0]], 2]  # fmt: skip


def test_whoever_writes_has_read(run: Run) -> None:
    assert run(*LIST_MODULES, LIST + """
      news("harbour", created(11), created(12, { author: anna }), created(13));
      return counts()[0];
    """) == [1, 0]  # fmt: skip


def test_reading_to_the_head_clears_and_reading_less_asks_the_server(run: Run) -> None:
    assert run(*LIST_MODULES, LIST + """
      news("harbour", created(11), created(12), created(13));
      return [12, 13, 5].map((seq) => [list.read("harbour", seq), ...counts()[0]]);
    """) == [[False, 3, 0], [True, 0, 0], [False, 0, 0]]  # fmt: skip


def test_fresh_counts_say_whether_the_rooms_are_still_the_same(run: Run) -> None:
    assert run(*LIST_MODULES, LIST + """
      const both = [{ room: "harbour", unread: 4 }, { room: "d-1", unread: 0 }];
      return [list.recount(both), counts()[0][0], list.recount([...both, { room: "new" }]), list.recount([both[0]])];
    """) == [True, 4, False, False]  # fmt: skip


def test_what_was_just_read_stays_read_though_the_server_has_not_written_it_yet(run: Run, page: Page) -> None:
    late = (
        LIST
        + """
      const stale = [room({ head: 12, unread: 2 })];
      list.replace(stale);
      if (read) list.read("harbour", 12);
      list.replace(stale);
      return list.rooms[0].unread;
    """
    )
    assert run(*LIST_MODULES, late, read=True) == 0
    page.reload()
    assert run(*LIST_MODULES, late, read=False) == 0
    page.clock.run_for(5001)
    assert run(*LIST_MODULES, late, read=False) == 2


DRAFT = """
  window.done = [];
  const conversation = {
    room: "harbour", typing: { press: () => done.push("typing") },
    lastOwn: () => window.last, send: (body, to) => done.push(["sent", body, to]),
    async edit(seq, body) {
      if (window.refusal) throw window.refusal;
      done.push(["edited", seq, body]);
    },
  };
  window.draft = new Draft({ conversation, shelf: new Shelf("draft.anna") });
"""


def start_draft(run: Run) -> None:
    run("js/models/draft", "js/lib/storage", "doubles/messages", DRAFT)


def test_a_draft_survives_a_reload_until_it_is_sent(run: Run, page: Page) -> None:
    start_draft(run)
    run("draft.write('half a thought')")
    page.reload()
    start_draft(run)
    assert run("return draft.text") == "half a thought"
    run("await draft.submit()")
    assert run("return [done, draft.text]") == [[["sent", "half a thought", None]], ""]
    page.reload()
    start_draft(run)
    assert run("return draft.text") == ""


def test_an_edit_puts_the_draft_aside_and_brings_it_back(run: Run) -> None:
    start_draft(run)
    run("doubles/messages", "draft.write('half'); window.last = message(7, { body: 'old' }); draft.editLast()")
    assert run("return [draft.intent, draft.text]") == ["edit", "old"]
    run("draft.write('new'); await draft.submit()")
    assert run("return [done.at(-1), draft.intent, draft.text]") == [["edited", 7, "new"], "new", "half"]


def test_a_refused_edit_comes_back_to_be_mended(run: Run) -> None:
    start_draft(run)
    run(
        "doubles/messages",
        """
      window.refusal = new Error("too late");
      draft.on("refused", ({ message }) => done.push(message));
      draft.edit(message(7, { body: "old" }));
      draft.write("new");
      await draft.submit();
    """,
    )
    assert run("return [draft.intent, draft.text, done.at(-1)]") == ["edit", "new", "too late"]


def test_an_unchanged_edit_and_an_empty_draft_do_nothing(run: Run) -> None:
    start_draft(run)
    run(
        "doubles/messages",
        "draft.write('  '); await draft.submit(); draft.edit(message(7, {body: 'old'})); await draft.submit()",
    )
    assert run("return [done, draft.intent]") == [[], "new"]


def test_an_answer_names_what_it_answers(run: Run) -> None:
    start_draft(run)
    run("doubles/messages", "draft.write('yes'); draft.reply(message(7)); await draft.submit()")
    assert run("return [done.at(-1), draft.intent]") == [["sent", "yes", 7], "new"]
