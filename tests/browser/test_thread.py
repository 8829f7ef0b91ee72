"""A message and its replies beside the conversation."""

from tests.browser.conftest import Run


def test_a_thread_holds_one_message_and_its_replies_whatever_happens_meanwhile(run: Run) -> None:
    assert run("js/models/thread", "doubles/messages", """
      const to = (seq, of) => message(seq, { reply_to: of });
      const now = { 2: message(2) };
      const fetch = async (seq) => now[seq];
      const answers = [];
      const thread = new Thread({ fetch, fetchReplies: () => new Promise((answer) => answers.push(answer)) });
      const bodies = () => thread.messages.map(({ body }) => body);
      const found = [];
      const opened = thread.open(to(5, 2));
      thread.apply([created(8, { reply_to: 2 }), created(9, { reply_to: 3 }), edited(10, 7, { reply_to: 3 })]);
      const gone = deleted(12, 5);
      gone.message.reply_to = 2;
      thread.apply([{ seq: 11, kind: "room.changed" }, gone]);
      answers.shift()(page([to(5, 2), to(6, 2)], { older: true }));
      await opened;
      found.push(bodies(), thread.hasEarlier);
      thread.apply([edited(13, 6, { reply_to: 2 }), edited(14, 2), created(15)]);
      found.push(bodies());
      const renewed = thread.renew();
      found.push(bodies());
      thread.close();
      answers.shift()(page([to(6, 2)]));
      await renewed;
      return [...found, bodies(), thread.of];
    """) == [["text 2", "", "text 6", "text 8"], True, ["edit 14", "", "edit 13", "text 8"], [], [], None]  # fmt: skip
