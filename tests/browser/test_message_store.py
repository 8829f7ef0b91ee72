"""The store: one window of history, in which of two states the newer one is true."""

from tests.browser.conftest import Run

MODULES = ("js/models/message_store", "doubles/messages")
HELD = "const held = () => store.messages.map(({ seq, body, version }) => [seq, body, version]);"


def test_messages_stand_in_the_order_of_the_log(run: Run) -> None:
    assert run(*MODULES, """
      const store = new MessageStore();
      store.replace(page([3, 1, 2]));
      store.put(message(6));
      store.apply([created(4), created(5)]);
      return store.messages.map(({ seq }) => seq);
    """) == [1, 2, 3, 4, 5, 6]  # fmt: skip


def test_an_older_state_never_replaces_a_newer_one(run: Run) -> None:
    assert run(*MODULES, HELD + """
      const store = new MessageStore();
      store.replace(page([1, 2]));
      store.apply([edited(4, 1), edited(3, 1), created(2), deleted(5, 2), edited(4, 2)]);
      return held();
    """) == [[1, "edit 4", 4], [2, "", 5]]  # fmt: skip


def test_whatever_the_order_the_end_is_the_same(run: Run) -> None:
    """All orders in which a page, an answer and two events about one message can come; events come in theirs."""
    ends = run(*MODULES, """
      const steps = [
        (store) => store.put(message(5)),
        (store) => store.apply([edited(6, 5)]),
        (store) => store.apply([reacted(7, 5)]),
        (store) => store.addNewer(page([message(5, { version: 6, body: "edit 6" })])),
      ];
      const orders = ([first, ...rest]) => first === undefined ? [[]] :
        orders(rest).flatMap((order) => [...order, null].map((_, at) => order.toSpliced(at, 0, first)));
      const ends = [];
      for (const order of orders(steps)) {
        if (order.indexOf(steps[1]) > order.indexOf(steps[2])) continue;
        const store = new MessageStore();
        store.replace(page([1]));
        await store.during(async () => order.forEach((step) => step(store)));
        const { body, version, reactions } = store.get(5);
        ends.push(JSON.stringify([body, version, reactions.length]));
      }
      return [ends.length, [...new Set(ends)]];
    """)  # fmt: skip
    assert ends == [12, ['["edit 6",7,1]']]


def test_changes_during_a_history_request_win_over_its_answer(run: Run) -> None:
    assert run(*MODULES, HELD + """
      const store = new MessageStore();
      store.replace(page([8, 9], { older: true }));
      await store.during(async () => {
        store.apply([edited(10, 3), deleted(11, 4), reacted(12, 5)]);
        store.addOlder(page([3, 4, 5]));
      });
      return [held(), store.get(5).reactions.length];
    """) == [
        [[3, "edit 10", 10], [4, "", 11], [5, "text 5", 12], [8, "text 8", 8], [9, "text 9", 9]], 1,
    ]  # fmt: skip


def test_without_a_request_nothing_is_remembered(run: Run) -> None:
    assert run(*MODULES, HELD + """
      const store = new MessageStore();
      store.replace(page([8], { older: true }));
      await store.during(async () => store.apply([edited(10, 3)])).catch(() => null);
      store.addOlder(page([3]));
      return held();
    """) == [[3, "text 3", 3], [8, "text 8", 8]]  # fmt: skip


def test_what_is_said_while_the_newest_page_is_read_follows_it(run: Run) -> None:
    assert run(*MODULES, """
      const store = new MessageStore();
      store.replace(page([1, 2], { newer: true }));
      store.apply([created(20)]);
      await store.during(async () => {
        store.apply([created(21)]);
        store.addNewer(page([3, 20], { head: 20 }));
      });
      return [store.messages.map(({ seq }) => seq), store.hasNewer];
    """) == [[1, 2, 3, 20, 21], False]  # fmt: skip


def test_a_window_into_the_past_takes_no_news(run: Run) -> None:
    assert run(*MODULES, """
      const store = new MessageStore();
      store.replace(page([1, 2], { newer: true }));
      store.apply([created(20)]);
      store.put(message(21));
      return store.messages.map(({ seq }) => seq);
    """) == [1, 2]  # fmt: skip


def test_beginning_anew_forgets_everything(run: Run) -> None:
    """After a limited or reset nothing that was removed meanwhile may stay."""
    assert run(*MODULES, """
      const store = new MessageStore();
      store.replace(page([1, 2, 3]));
      await store.during(async () => store.replace(page([3, 9], { older: true })));
      return [store.messages.map(({ seq }) => seq), store.hasOlder];
    """) == [[3, 9], True]  # fmt: skip


def test_the_window_is_bounded_and_knows_what_it_dropped(run: Run) -> None:
    seqs = list(range(1001, 1301))
    assert run(*MODULES, """
      const shape = ({ messages, oldest, newest, hasOlder, hasNewer }) =>
        [messages.length, oldest.seq, newest.seq, hasOlder, hasNewer];
      const [atEnd, reading, older, newer] = Array.from({ length: 4 }, () => new MessageStore());
      for (const store of [atEnd, reading, older]) store.replace(page(seqs));
      atEnd.apply([created(2000)]);
      reading.following = false;
      reading.apply([created(2000), created(2001)]);
      older.addOlder(page([1, 2]));
      newer.replace(page(seqs, { newer: true }));
      newer.addNewer(page([2000]));
      return [atEnd, reading, older, newer].map(shape);
    """, seqs=seqs) == [
        [300, 1002, 2000, True, False],
        [300, 1001, 1300, False, True],
        [300, 1, 1298, False, True],
        [300, 1002, 2000, True, False],
    ]  # fmt: skip


def test_a_catch_up_that_carries_the_newest_version_ends_with_the_newest_pin(run: Run) -> None:
    assert run(*MODULES, """
      const store = new MessageStore();
      store.replace(page([1]));
      store.apply([pinned(5, 1, { version: 6 }), pinned(6, 1, { pinned: false, version: 6 })]);
      return [store.get(1).pinned, store.get(1).version];
    """) == [False, 6]  # fmt: skip


def test_events_about_members_and_rooms_change_of_messages_only_how_their_author_is_called(run: Run) -> None:
    assert run(*MODULES, HELD + """
      const store = new MessageStore();
      store.replace(page([1]));
      const named = (seq, username) => {
        const person = { username, display_name: "Captain" };
        return { seq, kind: "member.changed", member: { person } };
      };
      store.apply([named(2, "anna"), { seq: 3, kind: "room.changed", room: {} }]);
      const before = store.get(1).author.display_name;
      store.apply([named(4, "ben")]);
      return [...held(), before, store.get(1).author.display_name];
    """) == [[1, "text 1", 1], "Ben Ode", "Captain"]  # fmt: skip
