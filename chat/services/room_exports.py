"""A room taken out of the chat: for programs, for a browser without a network, and with digests that show it whole."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from django.template.loader import render_to_string

from chat import models
from chat.domain import shapes
from chat.domain.errors import Conflict, NotFound
from chat.domain.text import findable
from chat.queries import log
from chat.queries.shapes import full_room_shape, message_shapes
from chat.services._moment import one_moment

CHUNK = 500
MANIFEST = "manifest.json"


def export_room(*, room: str, folder: Path) -> dict[str, Any]:
    """Writes a room into a new folder; the manifest that is written last.

    `messages.jsonl` and `events.jsonl` hold a line each, in the words of REST, `room.json` the room, and `page-1.html`
    and on what a browser shows. Raises NotFound for no such room, Conflict for a folder that is there already.
    """
    if folder.exists():
        raise Conflict(f"{folder} is there already.")
    with one_moment():
        row = models.Room.objects.filter(slug=findable(room)).first()
        if row is None:
            raise NotFound()
        folder.mkdir(parents=True, mode=0o700)
        counts = {
            "messages": _write_lines(folder / "messages.jsonl", chain.from_iterable(_messages(row))),
            "events": _write_lines(folder / "events.jsonl", _events(row)),
            "pages": _write_pages(folder, row),
        }
        (folder / "room.json").write_bytes(msgspec.json.encode(full_room_shape(row)))
    manifest = {
        "room": row.slug,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "oldest": row.oldest,
        "head": row.head,
        **counts,
        "sha256": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    return manifest


def _messages(room: models.Room) -> Iterator[list[shapes.Message]]:
    """All messages in their order, a chunk at a time."""
    after = 0
    while found := message_shapes(models.Message.objects.filter(room=room, seq__gt=after).order_by("seq")[:CHUNK]):
        yield found
        after = found[-1].seq


def _events(room: models.Room) -> Iterator[shapes.Event]:
    for after in range(room.oldest - 1, room.head, CHUNK):
        yield from log.read(room, after=after, upto=min(after + CHUNK, room.head))


def _write_lines(path: Path, items: Iterable[msgspec.Struct]) -> int:
    count = 0
    with path.open("wb") as file:
        for count, item in enumerate(items, 1):  # noqa: B007 - the last count is the result.
            file.write(msgspec.json.encode(item) + b"\n")
    return count


def _write_pages(folder: Path, room: models.Room) -> int:
    """A page for each chunk; an empty room has one too."""
    count = models.Message.objects.filter(room=room).count()
    pages = -(-count // CHUNK) or 1
    chunks: Iterable[Sequence[shapes.Message]] = _messages(room) if count else [[]]
    for number, messages in enumerate(chunks, 1):
        shown = {"room": full_room_shape(room), "messages": messages, "number": number, "pages": range(1, pages + 1)}
        (folder / f"page-{number}.html").write_text(render_to_string("chat/export.html", shown))
    return pages


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
