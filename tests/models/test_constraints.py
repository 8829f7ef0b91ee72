"""What the database itself refuses, whoever writes to it."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db import models as columns
from django.db.models import ProtectedError
from django.utils import timezone

from chat import models
from chat.services import reactions, tokens
from chat.services.cases import report_message
from chat.services.reading import mark_read
from chat.services.sanctions import impose
from tests.world import say

NOW = timezone.now()


@pytest.fixture
def message(world):
    cache.clear()
    said = say(world.ben, world.harbour, "Ahoy @anna", client_id="c-1")
    reactions.add_reaction(actor=world.anna, room=world.harbour, seq=said.seq, emoji="👍")
    mark_read(actor=world.anna, room=world.harbour, seq=said.seq)
    tokens.create_token(actor=world.tide, person=world.tide, name="Bot")
    report_message(actor=world.anna, room=world.harbour, seq=said.seq, reason="spam")
    return models.Message.objects.get(client_id="c-1")


def refused(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    return True


def copy(row, **changes):
    """The same row once more."""
    fields = {
        f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key or f.is_relation
    }
    return type(row)(**{**fields, **changes})


def test_each_number_of_a_room_is_one_event_and_one_message(message):
    event = models.Event.objects.get(room=message.room, seq=message.seq)
    assert refused(copy(event, kind="room.changed"))
    assert refused(copy(message, client_id="c-2"))


def test_a_client_id_is_one_message_of_its_author_and_room(message):
    assert refused(copy(message, seq=10**6))


def test_people_are_once_in_a_room_react_once_read_once_and_are_mentioned_once(message):
    for table in (models.Membership, models.Reaction, models.ReadMark, models.Mention):
        assert refused(copy(table.objects.first()))


def test_a_message_has_one_open_case_and_everybody_one_report_in_it(message):
    for table in (models.Case, models.Report):
        assert refused(copy(table.objects.get()))


def test_slugs_direct_keys_tokens_and_revocations_are_unique(world, message):
    room = models.Room.objects.get(slug=world.direct)
    assert refused(copy(room, slug="another"))
    assert refused(copy(room, direct_key="another"))
    assert refused(copy(models.ApiToken.objects.get()))
    revocation = models.Revocation(number=1, user=world.ben, at=NOW)
    revocation.save()
    assert refused(copy(revocation))
    invite = models.Invite(digest="d", made_by=world.ben, made_at=NOW)
    invite.save()
    assert refused(copy(invite))
    session = models.UserSession(user=world.ben, session_key="k", begun_at=NOW, seen_at=NOW)
    session.save()
    assert refused(copy(session))


def test_rooms_without_a_direct_key_are_many(world):
    models.Room.objects.create(slug="square", created_at=NOW)
    models.Room.objects.create(slug="market", created_at=NOW)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (models.Message, {"deleted_at": NOW}),
        (models.Message, {"deleted_at": NOW, "body": ""}),
        (models.Room, {"head": -1}),
        (models.Room, {"kind": "secret"}),
        (models.Membership, {"role": "king"}),
        (models.Installation, {"id": 2}),
        (models.Case, {"state": "agreed"}),
        (models.Case, {"message": None}),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(message, table, changes):
    row = table.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.filter(pk=row.pk).update(**changes)


def test_rooms_messages_and_people_with_a_history_are_never_deleted(world, message):
    for row in (message.room, message, world.ben):
        with pytest.raises(ProtectedError):
            row.delete()
    for field in (f for table in (models.Event, models.Message) for f in table._meta.fields if f.is_relation):
        assert field.remote_field.on_delete is columns.PROTECT


@pytest.mark.parametrize("slug", ["Town", "a/b", "площадь", "-a", "a\n", ""])
def test_an_unfit_slug_does_not_pass_a_form(world, slug):
    room = models.Room(slug=slug, title="Town", created_at=NOW)
    with pytest.raises(ValidationError) as refusal:
        room.full_clean()
    assert "slug" in refusal.value.message_dict


def test_every_row_says_what_it_is(world, message):
    models.Revocation.objects.create(number=99, user=world.ben, at=NOW)
    models.Ticket.objects.create(user=world.ben, digest="d", credential="c", scopes=[], expires_at=NOW)
    models.Invite.objects.create(digest="d", made_by=world.ben, made_at=NOW)
    models.UserSession.objects.create(user=world.ben, session_key="k", begun_at=NOW, seen_at=NOW)
    models.WordRule.objects.create(pattern="bad", action="block")
    models.HeldMessage.objects.create(room=message.room, author=world.ben, client_id="c", body="odd", held_at=NOW)
    impose(actor=world.anna, person=world.ben, kind="mute", room=world.harbour, reason="spam")
    said = {str(table.objects.first()) for table in (getattr(models, name) for name in models.__all__)}
    assert len(said) == len(models.__all__)
    assert not any(" object (" in each for each in said)


def test_no_migration_is_missing(transactional_db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
