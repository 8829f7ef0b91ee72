"""Many rows are found, written and changed by one statement."""

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection
from django.utils import timezone

from chat import models
from chat.statements.rows import insert_rows, read_keyed, update_rows

MESSAGE = ("room", "seq", "rank", "version", "author", "client_id", "digest", "body", "mentions", "created_at")
MARK = ("user", "room", "seq", "rank", "wrote_at")


@pytest.fixture
def harbour(world):
    return models.Room.objects.get(slug=world.harbour)


def test_each_row_gets_its_own_values_in_one_statement_and_others_stay(world, django_assert_num_queries):
    profiles = list(models.Profile.objects.filter(user__in=[world.anna.pk, world.ben.pk]).order_by("pk"))
    others = list(models.Profile.objects.exclude(pk__in=profiles).order_by("pk").values())
    changes = [(row.pk, 1.5 + n, row.send_tokens_at - timedelta(days=1 + n)) for n, row in enumerate(profiles)]
    with django_assert_num_queries(1):
        update_rows(models.Profile, ("send_tokens", "send_tokens_at"), changes)
    stored = models.Profile.objects.filter(pk__in=profiles).order_by("pk")
    assert list(stored.values_list("pk", "send_tokens", "send_tokens_at")) == changes
    assert [row.display_name for row in stored] == [row.display_name for row in profiles]
    assert list(models.Profile.objects.exclude(pk__in=profiles).order_by("pk").values()) == others


def test_no_rows_take_no_statement(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows(models.Room, ("head",), [])
        insert_rows(models.Message, MESSAGE, [])
        assert read_keyed(models.Membership, ("room", "user"), set()) == []


def test_rows_are_found_by_their_whole_keys_alone(world):
    rooms = {room.slug: room.pk for room in models.Room.objects.all()}
    pairs = {(rooms[world.harbour], world.anna.pk), (rooms[world.bridge], world.ben.pk)}
    asked = pairs | {(rooms[world.harbour], world.cleo.pk)}
    found = read_keyed(models.Membership, ("room", "user"), asked, ("room", "user", "role"))
    assert set(found) == {(rooms[world.harbour], world.anna.pk, "owner"), (rooms[world.bridge], world.ben.pk, "member")}


def test_new_rows_are_those_that_the_orm_would_have_written(world, harbour, django_assert_num_queries):
    at = timezone.now()
    texts = ["plain", "quotes \" ' and \\", "ünïcödé 👩‍👩‍👧 and \t tabs\nlines", "%s %(x)s {} :name ?", "</script>"]
    rows = [
        (harbour.pk, 100 + n, n, 100 + n, world.anna.pk, f"row {n}", "0" * 64, text, ["ben", text], at)
        for n, text in enumerate(texts)
    ]
    with django_assert_num_queries(1):
        insert_rows(models.Message, MESSAGE, rows)
    written = models.Message.objects.filter(seq__gte=100).order_by("pk")
    attnames = [models.Message._meta.get_field(name).attname for name in MESSAGE]
    assert list(written.values_list(*attnames)) == rows
    by_orm = models.Message(**dict(zip(attnames, rows[0], strict=True)))
    by_orm.seq = 200
    by_orm.client_id = "by the ORM"
    by_orm.save()
    raw = f"SELECT * FROM {models.Message._meta.db_table} WHERE seq IN (100, 200) ORDER BY seq"
    with connection.cursor() as cursor:
        cursor.execute(raw)
        names = [column[0] for column in cursor.description]
        ours, theirs = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    own = {"id", "seq", "client_id"}
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in theirs.items() if name not in own
    }


def test_a_row_that_is_there_under_its_key_takes_the_new_values(world, harbour):
    at = timezone.now()
    insert_rows(models.ReadMark, MARK, [(world.dora.pk, harbour.pk, 1, 1, None)], key=("user", "room"))
    marks = [(world.dora.pk, harbour.pk, 7, 3, at), (world.cleo.pk, harbour.pk, 5, 2, at)]
    insert_rows(models.ReadMark, MARK, marks, key=("user", "room"))
    stored = models.ReadMark.objects.filter(room=harbour, user__in=[world.dora.pk, world.cleo.pk])
    assert set(stored.values_list("user_id", "room_id", "seq", "rank", "wrote_at")) == set(marks)


def test_what_breaks_a_constraint_is_refused_with_all_that_comes_with_it(world, harbour):
    at = timezone.now()
    good, twice = ((harbour.pk, seq, 9, seq, world.anna.pk, "the same", "", "x", [], at) for seq in (100, 101))
    with pytest.raises(IntegrityError):
        insert_rows(models.Message, MESSAGE, [good, twice])


def test_a_text_that_is_too_long_is_never_cut_off(world, harbour):
    row = (harbour.pk, 100, 9, 100, world.anna.pk, "x" * 65, "", "x", [], timezone.now())
    if connection.vendor == "sqlite":  # It has no lengths; the domain's own limits come before.
        insert_rows(models.Message, MESSAGE, [row])
        assert models.Message.objects.get(seq=100).client_id == "x" * 65
    else:
        with pytest.raises(DataError):
            insert_rows(models.Message, MESSAGE, [row])
