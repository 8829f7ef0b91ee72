"""What is pinned, as events and losses change it."""

from tests.browser.conftest import Run


def test_pins_come_and_go_and_are_looked_at_anew_after_a_loss(run: Run) -> None:
    assert run("js/models/pins", "doubles/messages", """
      const now = { 2: message(2, { pinned: true }), 3: message(3, { pinned: true }), 9: message(9, { pinned: true }) };
      const fetch = async (seq) => now[seq] ?? Promise.reject(new Error("gone"));
      const pins = new Pins({ pins: [now[2], now[3]], store: { get: () => null }, fetch });
      const shown = () => pins.messages.map(({ seq }) => seq);
      const found = [shown()];
      await pins.apply([{ kind: "message.pinned", message: 9 }, { kind: "message.unpinned", message: 3 }]);
      found.push(shown());
      await pins.apply([{ kind: "message.deleted", message: message(2, { deleted: {} }) }]);
      found.push(shown());
      delete now[9];
      const looking = pins.renew();
      found.push(shown());
      await looking;
      return [...found, shown()];
    """) == [[3, 2], [9, 2], [9], [], []]  # fmt: skip
