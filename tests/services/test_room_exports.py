"""A room that was taken out is whole, readable without a network, and says what it is."""

import hashlib
import json

import pytest

from chat.domain.errors import Conflict, NotFound
from chat.services import messages, reactions, room_exports, rooms
from chat.services.room_exports import export_room
from tests.world import events, head, say


@pytest.fixture
def talked(world, monkeypatch):
    monkeypatch.setattr(room_exports, "CHUNK", 2)
    first = say(world.anna, "harbour", "**Ahoi** <b>you</b>")
    say(world.ben, "harbour", "back", reply_to=first.seq)
    gone = say(world.ben, "harbour", "a slip")
    messages.delete_message(actor=world.ben, room="harbour", seq=gone.seq)
    reactions.add_reaction(actor=world.ben, room="harbour", seq=first.seq, emoji="👍")
    return world


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_message_and_event_is_there_in_the_words_of_rest(talked, tmp_path):
    made = export_room(room="harbour", folder=tmp_path / "out")
    told = lines(tmp_path / "out/messages.jsonl")
    assert [message["body"] for message in told] == ["**Ahoi** <b>you</b>", "back", ""]
    assert told[0]["reactions"] == [{"emoji": "👍", "count": 1, "people": ["ben"]}]
    assert [event["seq"] for event in lines(tmp_path / "out/events.jsonl")] == [
        event.seq for event in events("harbour")
    ]
    assert (made["messages"], made["events"], made["head"]) == (3, head("harbour"), head("harbour"))
    assert json.loads((tmp_path / "out/room.json").read_text())["room"] == "harbour"


def test_a_browser_shows_it_without_a_network_and_runs_nothing_of_it(talked, tmp_path):
    assert export_room(room="harbour", folder=tmp_path / "out")["pages"] == 2
    first, second = [(tmp_path / f"out/page-{number}.html").read_text() for number in (1, 2)]
    assert "<strong>Ahoi</strong> &lt;b&gt;you&lt;/b&gt;" in first
    assert "👍 1" in first
    assert "Message deleted" in second
    assert "a slip" not in first + second
    assert "src=" not in first + second
    assert "default-src 'none'" in first


def test_the_manifest_has_the_digest_of_every_other_file(talked, tmp_path):
    made = export_room(room="harbour", folder=tmp_path / "out")
    there = {path.name: path for path in (tmp_path / "out").iterdir()}
    assert json.loads(there.pop("manifest.json").read_text()) == made
    assert made["sha256"] == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}


def test_an_empty_room_has_a_page_too(world, tmp_path):
    rooms.create_room(actor=world.anna, slug="empty")
    assert export_room(room="empty", folder=tmp_path / "out")["pages"] == 1
    assert "Nothing was said here" in (tmp_path / "out/page-1.html").read_text()


def test_no_room_and_no_place_for_it_are_said(world, tmp_path):
    with pytest.raises(NotFound):
        export_room(room="nowhere", folder=tmp_path / "out")
    with pytest.raises(Conflict, match="already"):
        export_room(room="harbour", folder=tmp_path)
