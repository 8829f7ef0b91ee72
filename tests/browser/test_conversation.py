"""The conversation: what its log, its answers and the reader's own acts make of the page."""

from playwright.sync_api import Page

from tests.browser.conftest import Run


def start(run: Run) -> None:
    """Anna in the room harbour, whose newest message is 10; the server has said hello."""
    run("doubles/socket", "doubles/rest", "doubles/messages", "js/models/chat", "js/models/conversation", """
      Object.assign(window, fakeConnection({ random: () => 0 }), { settled, until });
      Object.assign(window, { message, created, deleted, anna, ben });
      const counts = { head: 10, read: 10, unread: 0, mentions: 0 };
      const room = { room: "harbour", kind: "open", title: "harbour", people: [], ...counts };
      window.chat = new Chat({ me: anna, rooms: [room], connection });
      window.pages = [];
      const fetch = async (bounds) => (pages.push(bounds), page([20], { head: 20 }));
      const members = [{ person: anna, role: "owner" }];
      window.here = new Conversation(chat, { room, members, may: { moderate: false }, history: page([9, 10]), fetch });
      window.shown = () => here.items().map(({ message, pending }) => [message.body, pending?.state ?? "sent"]);
      window.events = (...events) => sockets[0].say("events", { room: "harbour", after: events[0].seq - 1, events });
      window.underWay = () => until(() => sockets[0].said("send-message").length);
      connection.start();
      sockets[0].hello({ rooms: [room] });
    """)  # fmt: skip


def test_an_own_message_is_shown_before_and_once_after_its_answer(run: Run) -> None:
    start(run)
    run("here.send('hello'); await underWay()")
    assert run("return shown().at(-1)") == ["hello", "sending"]
    answered = """
      const { client_id, body } = sockets[0].said("send-message")[0].message;
      const said = { author: anna, client_id, body };
    """
    run(answered + "sockets[0].answer('send-message', { result: { message: message(11, said) } }); await settled()")
    assert run("return shown()") == [["text 9", "sent"], ["text 10", "sent"], ["hello", "sent"]]
    run(answered + "events(created(11, said)); await settled()")
    assert run("return shown().length") == 3


def test_an_own_message_seen_in_the_log_needs_no_answer(run: Run, page: Page) -> None:
    start(run)
    run("""
      here.send("hello");
      await underWay();
      const { client_id, body } = sockets[0].said("send-message")[0].message;
      events(created(11, { author: anna, client_id, body }));
      await settled();
    """)
    assert run("return [shown().at(-1), chat.outbox.of('harbour')]") == [["hello", "sent"], []]
    page.reload()
    start(run)
    assert run("return sockets[0].said('send-message')") == []


def test_an_answer_out_of_turn_takes_its_place_in_the_order(run: Run) -> None:
    start(run)
    run("""
      here.send("mine");
      await underWay();
      const { client_id } = sockets[0].said("send-message")[0].message;
      const said = message(12, { author: anna, client_id, body: "mine" });
      sockets[0].answer("send-message", { result: { message: said } });
      await settled();
      events(created(11, { body: "theirs" }));
    """)
    assert run("return shown().slice(-2).map(([body]) => body)") == ["theirs", "mine"]


def test_after_limited_the_newest_page_takes_the_place_of_everything(run: Run) -> None:
    start(run)
    run("sockets[0].say('limited', { room: 'harbour', head: 20 }); await settled()")
    assert run("return [pages, shown()]") == [[{"limit": 50}], [["text 20", "sent"]]]


def test_a_reaction_is_taken_back_by_choosing_it_again(run: Run) -> None:
    start(run)
    run("here.toggle(here.store.get(10), '👍').catch(() => null)")
    assert run("return sockets[0].said('add-reaction')[0].seq") == 10
    run("""
      const reacted = message(10, { reactions: [{ emoji: "👍", count: 2, people: ["ben", "anna"] }] });
      here.toggle(reacted, "👍").catch(() => null);
    """)
    assert run("return sockets[0].said('remove-reaction')[0].emoji") == "👍"


def test_only_news_of_others_is_news(run: Run) -> None:
    start(run)
    run("""
      window.heard = [];
      here.on("arrived", ({ seq }) => heard.push(seq)).on("gone", ({ seq }) => heard.push(-seq));
      events(created(11, { author: anna }), created(12), deleted(13, 12));
    """)
    assert run("return heard") == [12, -12]


def test_members_come_and_go(run: Run) -> None:
    start(run)
    run("""
      const member = { person: ben, role: "member" };
      events({ seq: 11, kind: "member.joined", member }, { seq: 12, kind: "member.left", member: { person: anna } });
    """)
    assert run("return [...here.members.keys()]") == ["ben"]


def test_another_rooms_talk_stays_in_the_other_room(run: Run) -> None:
    start(run)
    run("chat.feed.follow([{ room: 'quay', head: 3 }])")
    run("sockets[0].say('events', { room: 'quay', after: 3, events: [created(4, { room: 'quay' })] })")
    assert run("return shown().length") == 2
