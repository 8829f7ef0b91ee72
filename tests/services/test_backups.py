"""A backup is one moment of a chat that goes on, and a restore is that moment again with another history before it."""

import json
import threading
from itertools import count
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from chat import models
from chat.domain.errors import Conflict, Invalid
from chat.queries.audit import verify
from chat.queries.installation import installation
from chat.services import backups, memberships, reactions, tokens
from chat.services._tables import empty, tables
from chat.services.backups import back_up, restore
from chat.services.pictures import picture
from chat.services.posting import Send, post_messages
from tests.log import assert_whole
from tests.world import post, say


@pytest.fixture
def lived_in(world, settings, tmp_path):
    """The cast has talked, reacted and signed in; ben has a picture."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.AUDIT_HEADS = settings.DATA_DIR / "audit_heads.log"
    (settings.DATA_DIR / "secret_key").write_text("of the first machine")
    first = say(world.anna, "harbour", "Ahoi, “Ben” – ⚓ @ben")
    say(world.ben, "harbour", "back\n\\slash", reply_to=first.seq)
    reactions.add_reaction(actor=world.ben, room="harbour", seq=first.seq, emoji="👍")
    memberships.change_member(actor=world.anna, room="harbour", username="ben", role="moderator")
    tokens.create_token(actor=world.anna, person=world.anna, name="laptop", scopes=tokens.SCOPES)
    session = SessionStore()
    session["kept"] = True
    session.save()
    pictures = settings.UPLOADS / "pictures"
    pictures.mkdir(parents=True)
    (pictures / f"{'a' * 32}.webp").write_bytes(b"a picture")
    return world


def clear(settings, tmp_path):
    """Another machine: no rows but those of its migrations, and no files."""
    made = ("auth.Group", "auth.Permission", "contenttypes.")
    with backups.write_transaction():
        empty(model for name, model in tables().items() if not name.startswith(made))
        models.Installation.objects.create(pk=1)
    settings.UPLOADS = tmp_path / "other/uploads"
    settings.DATA_DIR = tmp_path / "other"
    settings.AUDIT_HEADS = settings.DATA_DIR / "audit_heads.log"


@pytest.fixture
def saved(lived_in, settings, tmp_path):
    """A backup, and an empty installation."""
    path = tmp_path / "backup.zip"
    back_up(path=path)
    clear(settings, tmp_path)
    return path


def altered(path, name, change):
    """A copy of the backup with one member changed."""
    other = path.with_name("altered.zip")
    with ZipFile(path) as old, ZipFile(other, "w") as new:
        for each in old.namelist():
            data = old.read(each)
            new.writestr(each, change(data) if each == name else data)
    return other


def test_a_restored_installation_has_every_row_and_file_and_another_epoch(lived_in, settings, tmp_path):
    before = installation().epoch
    first = back_up(path=tmp_path / "first.zip")
    clear(settings, tmp_path)
    assert restore(path=tmp_path / "first.zip") == first
    again = back_up(path=tmp_path / "again.zip")
    same = [name for name in first["tables"] if name != "chat.Installation"]
    assert {name: again["tables"][name] for name in same} == {name: first["tables"][name] for name in same}
    assert first["tables"]["chat.Message"]["rows"] == 2
    assert again["files"] == first["files"]
    assert picture(name=f"{'a' * 32}.webp") == b"a picture"
    assert (settings.DATA_DIR / "secret_key").read_text() == "of the first machine"
    assert installation().epoch != before
    assert_whole("harbour")
    audited = verify()
    assert (audited.verdict.number > 0, audited.verdict.fault, audited.unsigned) == (True, None, 0)


def test_the_next_rows_are_numbered_behind_the_restored_ones(saved):
    restore(path=saved)
    anna = User.objects.get(username="anna")
    assert post(anna, "harbour", "and on").message.seq > 3
    assert_whole("harbour")


def test_it_is_one_moment_though_people_go_on(lived_in, settings, tmp_path, monkeypatch):
    """Somebody writes between two tables, in a thread and connection of their own."""

    numbers = count()

    def write():
        post_messages([Send(lived_in.anna.pk, "harbour", f"amid {next(numbers)}", "amid")])
        connection.close()

    write_rows = backups._write_rows

    def and_meanwhile(archive, name):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        return write_rows(archive, name)

    monkeypatch.setattr(backups, "_write_rows", and_meanwhile)
    back_up(path=tmp_path / "amid.zip")
    assert models.Message.objects.filter(body="amid").count() == len(tables())
    clear(settings, tmp_path)
    restore(path=tmp_path / "amid.zip")
    assert_whole("harbour")
    assert models.Message.objects.filter(body="amid").count() <= 1, "the moment is that of the first read"


def test_a_backup_is_nobody_elses_to_read_and_replaces_none(lived_in, tmp_path):
    path = tmp_path / "backup.zip"
    back_up(path=path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict, match="already"):
        back_up(path=path)


def test_a_backup_that_fails_leaves_nothing_behind(lived_in, tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "_write", lambda archive: 1 / 0)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError):
        back_up(path=tmp_path / "backup.zip")
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_restored_over_people(lived_in, tmp_path):
    back_up(path=tmp_path / "backup.zip")
    with pytest.raises(Conflict, match="empty database"):
        restore(path=tmp_path / "backup.zip")


def lose_a_row(data):
    return data.partition(b"\n")[2]


def of_format(data):
    return json.dumps({**json.loads(data), "format": 2}).encode()


def of_later(data):
    manifest = json.loads(data)
    return json.dumps({**manifest, "migrations": [*manifest["migrations"], ["chat", "9999_later"]]}).encode()


PICTURE = f"files/uploads/pictures/{'a' * 32}.webp"


@pytest.mark.parametrize(
    ("member", "change", "said"),
    [
        ("rows/chat.Message.jsonl", lose_a_row, "rows of chat.Message are not those"),
        ("rows/chat.Message.jsonl", lambda data: data.replace(b"Ahoi", b"Ahoy"), "rows of chat.Message are not those"),
        (PICTURE, lambda data: b"another", "is not what its manifest says"),
        ("manifest.json", of_format, "format 2"),
        ("manifest.json", of_later, "another version, which differs in chat.9999_later"),
        ("manifest.json", lambda data: b"{}", "format"),
    ],
)
def test_what_is_no_whole_backup_of_this_version_changes_nothing(saved, member, change, said):
    epoch = installation().epoch
    with pytest.raises(Invalid, match=said):
        restore(path=altered(saved, member, change))
    assert not User.objects.exists()
    assert not models.Room.objects.exists()
    assert installation().epoch == epoch


@pytest.mark.parametrize("name", ["../evil", "elsewhere/evil", "uploads/../../evil"])
def test_no_file_of_a_backup_leaves_the_folder_of_uploads(settings, tmp_path, name):
    settings.UPLOADS = tmp_path / "uploads"
    with pytest.raises(ValueError, match="belongs nowhere"):
        backups._place(name)


def test_what_is_no_archive_is_said_to_be_none(world, tmp_path):
    (tmp_path / "notes.zip").write_text("no archive")
    for name in ("notes.zip", "missing.zip"):
        with pytest.raises(Invalid, match="no whole backup"):
            restore(path=tmp_path / name)
