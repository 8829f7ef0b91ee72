"""`verify_audit` finds what was done to the audit log past the chat, at the right entry."""

import pytest
from django.core.management.base import CommandError
from django.db import connection

from chat.models import AuditEntry
from chat.services import rooms
from tests.world import person

SWAPPED = 10**6


@pytest.fixture
def log(transactional_db, settings, tmp_path):
    """Six entries: anna archives and opens her room again and again."""
    settings.AUDIT_HEADS = tmp_path / "heads.log"
    anna = person("anna")
    rooms.create_room(actor=anna, slug="kitchen")
    for _ in range(3):
        rooms.archive_room(actor=anna, room="kitchen")
        rooms.unarchive_room(actor=anna, room="kitchen")
    return settings.AUDIT_HEADS


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def swap(one, other):
    """Exchanges two entries: each stands under the other's number."""
    table = "UPDATE chat_auditentry SET number"
    sql(
        f"{table} = {SWAPPED} WHERE number = {one}",
        f"{table} = {one} WHERE number = {other}",
        f"{table} = {other} WHERE number = {SWAPPED}",
    )


def test_a_whole_log_is_said_to_be_whole_with_its_head(manage, log):
    said = manage("verify_audit")
    assert said == ["6 entries, all as they were written.", f"Head: {log.read_text().splitlines()[-1]}"]


def test_an_empty_log_is_whole(manage, settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "none.log"
    assert manage("verify_audit") == ["0 entries, all as they were written."]


@pytest.mark.parametrize("column", ["reason = 'none'", "act = 'person.muted'", "message = 7", "at = '2020-01-01'"])
def test_an_altered_entry_is_named(manage, log, column):
    sql(f"UPDATE chat_auditentry SET {column} WHERE number = 3")
    with pytest.raises(CommandError, match="Entry 3 was altered"):
        manage("verify_audit")


@pytest.mark.parametrize("number", [1, 4, 6])
def test_a_deleted_entry_is_named_the_last_one_too(manage, log, number):
    sql(f"DELETE FROM chat_auditentry WHERE number = {number}")
    with pytest.raises(CommandError, match=f"Entry {number} is missing"):
        manage("verify_audit")


def test_swapped_entries_are_named_at_the_first(manage, log):
    swap(2, 5)
    with pytest.raises(CommandError, match="Entry 2 was altered or stands"):
        manage("verify_audit")


def test_a_cut_end_is_found_by_the_file_or_by_a_head_that_was_kept(manage, log):
    kept = log.read_text().splitlines()[-1]
    sql("DELETE FROM chat_auditentry WHERE number > 4", "UPDATE chat_installation SET audit_head = 4")
    with pytest.raises(CommandError, match="Entry 5 is missing"):
        manage("verify_audit")
    log.unlink()
    assert manage("verify_audit")[0].startswith("4 entries")
    with pytest.raises(CommandError, match="Entry 5 is missing"):
        manage("verify_audit", "--head", kept)


def test_an_end_that_was_written_anew_is_found_by_the_heads(manage, log):
    sql("DELETE FROM chat_auditentry WHERE number > 4", "UPDATE chat_installation SET audit_head = 4")
    rooms.change_room(actor=AuditEntry.objects.first().actor, room="kitchen", title="Galley")
    noted = log.read_text().splitlines()
    log.write_text("\n".join(noted[:-1]) + "\n")
    with pytest.raises(CommandError, match="Entry 5 is another than the one"):
        manage("verify_audit")


def test_a_head_that_nobody_here_signed_is_refused_and_such_lines_of_the_file_do_not_count(manage, log):
    with pytest.raises(CommandError, match="not signed"):
        manage("verify_audit", "--head", f"9:{'0' * 64}:forged")
    with log.open("a") as file:
        file.write(f"9:{'0' * 64}:forged\n")
    assert manage("verify_audit")[0].startswith("6 entries")
