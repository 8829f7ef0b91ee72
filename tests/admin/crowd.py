"""Fills an installation with what a large one has, by SQL, through `manage.py shell`."""

from typing import Any

from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.color import no_style
from django.db import connection
from django.http import HttpRequest

from chat import models

User = get_user_model()
LITE = connection.vendor == "sqlite"
AT = "datetime('2026-01-01', '+' || i || ' seconds')" if LITE else "timestamptz '2026-01-01' + i * interval '1 second'"
NAME = "printf('%05d', i)" if LITE else "lpad(i::text, 5, '0')"


def fill(model: Any, count: int, **columns: str) -> None:
    """Adds `count` rows whose columns are SQL expressions of the row's number `i`."""
    rows = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    names = ", ".join(columns)
    into = f"INSERT INTO {model._meta.db_table} ({names})"
    chosen = f"SELECT {', '.join(columns.values())} FROM n"
    with connection.cursor() as cursor:
        cursor.execute(f"{rows} {into} {chosen}" if LITE else f"{into} {rows} {chosen}")


def crowd(messages: int, people: int, rooms: int) -> dict[str, str]:
    """Makes all of it; half of the messages are in one room, a tenth are one person's. The sessions of two of staff."""
    _people(people)
    _rooms(messages, people, rooms)
    _moderation(people, rooms, messages)
    _settle()
    return {"admin": _session("admin", superuser=True), "moderator": _session("moderator")}


def _people(people: int) -> None:
    fill(
        User, people, id="i", password="'!'", is_superuser="FALSE", username=f"'person-' || {NAME}",
        first_name="''", last_name="''", email=f"'p' || {NAME} || '@example.org'", is_staff="FALSE",
        is_active="i % 50 > 0", date_joined=AT,
    )  # fmt: skip
    fill(
        models.Profile, people, user_id="i", display_name=f"'Person ' || {NAME}", kind="'person'", guest="FALSE",
        picture="''", time_zone="''", status="''", send_tokens="10", send_tokens_at=AT,
    )  # fmt: skip
    fill(
        models.ApiToken, people // 2, user_id="i", name="'program'", digest=f"'token-' || {NAME}",
        scopes="'[\"read\"]'", rooms="'[]'", created_at=AT,
    )  # fmt: skip
    fill(
        models.UserSession, people, user_id="1 + i % 20", session_key=f"'key-' || {NAME}", user_agent="'Firefox'",
        address="'192.0.2.1'", begun_at=AT, seen_at=AT,
    )  # fmt: skip


def _rooms(messages: int, people: int, rooms: int) -> None:
    fill(
        models.Room, rooms, id="i", slug=f"'room-' || {NAME}", title=f"'Room ' || {NAME}", topic="''",
        kind="CASE WHEN i % 5 > 0 THEN 'open' ELSE 'private' END", announcements="FALSE", slow_seconds="0",
        created_at=AT, head="0", oldest="1", message_count="0",
    )  # fmt: skip
    fill(
        models.Membership, people * 5, room_id=f"1 + i % {rooms}", user_id=f"1 + (i + i / {people}) % {people}",
        role="CASE WHEN i % 100 = 0 THEN 'moderator' ELSE 'member' END", joined_at=AT,
    )  # fmt: skip
    room = f"CASE WHEN i % 2 = 0 THEN 1 ELSE 1 + (i / 2) % {rooms} END"
    author = f"CASE WHEN i % 10 = 0 THEN 1 ELSE 1 + (i * 7) % {people} END"
    seq = f"row_number() OVER (PARTITION BY {room} ORDER BY i)"
    gone = "i % 400 = 0"
    fill(
        models.Message, messages, room_id=room, seq=seq, rank=seq, version=seq, author_id=author,
        client_id="'c' || i", digest="'d'", body=f"CASE WHEN {gone} THEN '' ELSE 'High water at six, number ' || i END",
        html=f"CASE WHEN {gone} THEN '' ELSE '<p>High water</p>' END", mentions="'[]'", pinned="FALSE", created_at=AT,
        deleted_at=f"CASE WHEN {gone} THEN {AT} END", deleted_by=f"CASE WHEN {gone} THEN 'moderator' ELSE '' END",
        deleted_reason=f"CASE WHEN {gone} THEN 'spam' ELSE '' END",
    )  # fmt: skip
    fill(
        models.Event, messages, room_id=room, seq=seq, kind="'message.created'", at=AT, actor_id=author, message=seq,
        emoji="''", role="''",
    )  # fmt: skip
    newest = "(SELECT max(seq) FROM chat_message WHERE room_id = chat_room.id)"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE chat_room SET head = coalesce({newest}, 0), message_count = coalesce({newest}, 0)")


def _moderation(people: int, rooms: int, messages: int) -> None:
    one = f"1 + (i * 3) % {people}"
    fill(
        models.Sanction, people, kind="CASE WHEN i % 3 = 0 THEN 'ban' ELSE 'mute' END", person_id=one,
        room_id=f"CASE WHEN i % 4 > 0 THEN 1 + i % {rooms} END", reason="'spam'", made_by_id="1", begun_at=AT,
        ends_at=f"CASE WHEN i % 2 = 0 THEN {AT} END",
    )  # fmt: skip
    fill(
        models.AuditEntry, people * 5, number="i", at=AT, actor_id="1 + i % 5", act="'message.removed'",
        room_id=f"1 + i % {rooms}", person_id=one, message="i", reason="'spam'", details="'{}'", digest="'0'",
    )  # fmt: skip
    fill(
        models.HeldMessage, people, room_id=f"1 + i % {rooms}", author_id=one, client_id="'h' || i", digest="'d'",
        body="'Is this spam?'", held_at=AT, state="'waiting'",
    )  # fmt: skip
    fill(
        models.WordRule, min(people, 500), pattern="'word-' || i", kind="'words'", action="'mask'",
        spares="'moderator'", room_id=f"CASE WHEN i % 5 = 0 THEN 1 + i % {rooms} END",
    )  # fmt: skip
    fill(
        models.Invite, people // 10, digest=f"'invite-' || {NAME}", note="'for friends'", made_by_id=one, made_at=AT,
        uses_left="3",
    )  # fmt: skip
    _cases(people, messages)
    models.Installation.objects.update(audit_head=people * 5)


def _cases(people: int, messages: int) -> None:
    step = max(messages // people, 1)
    waits = "CASE WHEN i % 2 = 0 THEN"
    fill(
        models.Case, people // 2, id="i", message_id=f"i * {step}", opened_at=AT, answer="''",
        state=f"{waits} 'open' ELSE 'agreed' END", decided_by_id=f"{waits} NULL ELSE 1 END",
        decided_at=f"{waits} NULL ELSE {AT} END",
    )  # fmt: skip
    fill(models.Report, people // 2, case_id="i", author_id=f"1 + (i * 11) % {people}", reason="'Very odd'", at=AT)


def _settle() -> None:
    """What rows with numbers of their own leave to do."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [User, models.Room, models.Case]):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def _session(name: str, *, superuser: bool = False) -> str:
    person = User.objects.create_user(name, is_staff=True, is_superuser=superuser)
    person.groups.set(Group.objects.filter(name="Moderator"))
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend="chat.services.backends.PersonBackend")
    request.session.save()
    return str(request.session.session_key)
