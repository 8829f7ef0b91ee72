"""Many rows are found, written and changed by one statement."""

from datetime import timedelta

from django.db import transaction

from chat import models
from chat.services import _rows
from chat.services._rows import insert_rows, lock_rows, read_keyed, update_rows


def test_each_row_gets_its_own_values_in_one_statement_and_others_stay(world, django_assert_num_queries):
    profiles = list(models.Profile.objects.filter(user__in=[world.anna.pk, world.ben.pk]).order_by("pk"))
    others = list(models.Profile.objects.exclude(pk__in=profiles).order_by("pk").values())
    for place, profile in enumerate(profiles):
        profile.send_tokens = 1.5 + place
        profile.send_tokens_at -= timedelta(days=1 + place)
        profile.display_name = "not asked for"
    with django_assert_num_queries(1):
        update_rows(profiles, ["send_tokens", "send_tokens_at"])
    stored = models.Profile.objects.filter(pk__in=profiles).order_by("pk")
    for profile, row in zip(profiles, stored, strict=True):
        assert (row.send_tokens, row.send_tokens_at) == (profile.send_tokens, profile.send_tokens_at)
        assert row.display_name != "not asked for"
    assert list(models.Profile.objects.exclude(pk__in=profiles).order_by("pk").values()) == others


def test_no_rows_take_no_statement(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows([], ["head"])
        insert_rows([])
        assert read_keyed(models.Membership, ["room", "user"], set()) == []


def test_rows_are_found_by_their_whole_keys_alone(world):
    rooms = {room.slug: room.pk for room in models.Room.objects.all()}
    pairs = {(rooms[world.harbour], world.anna.pk), (rooms[world.bridge], world.ben.pk)}
    asked = pairs | {(rooms[world.harbour], world.cleo.pk)}
    found = read_keyed(models.Membership, ["room", "user"], asked, ["room", "user", "role"])
    assert set(found) == {(rooms[world.harbour], world.anna.pk, "owner"), (rooms[world.bridge], world.ben.pk, "member")}


def test_locked_rows_are_whole_and_in_order_and_no_values_take_no_statement(world, django_assert_num_queries):
    people = [world.ben.pk, world.anna.pk, 0]
    with django_assert_num_queries(3), transaction.atomic():
        found = lock_rows(models.Profile, "user", people, order="user")
        assert lock_rows(models.Room, "slug", [], order="pk") == []
    assert [profile.__dict__.keys() for profile in found] == [world.anna.profile.__dict__.keys()] * 2
    assert [(profile.user_id, profile.send_tokens_at) for profile in found] == [
        (user.pk, models.Profile.objects.get(user=user).send_tokens_at) for user in (world.anna, world.ben)
    ]


def marks(world, seq):
    room = models.Room.objects.get(slug=world.harbour)
    return [models.ReadMark(room=room, user=user, seq=seq, rank=seq) for user in (world.anna, world.ben)]


def test_new_rows_are_all_written_however_many_a_statement_takes(world, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(_rows, "MOST_VALUES", 6)
    models.ReadMark.objects.all().delete()
    rows = marks(world, 3)
    with django_assert_num_queries(2):
        insert_rows(rows)
    assert list(models.ReadMark.objects.values_list("seq", "rank")) == [(3, 3), (3, 3)]


def test_a_row_that_is_there_already_gets_the_new_values_that_were_named(world, django_assert_num_queries):
    models.ReadMark.objects.all().delete()
    insert_rows(marks(world, 3)[:1])
    rows = marks(world, 5)
    with django_assert_num_queries(1):
        insert_rows(rows, unique=["user", "room"], update=["seq"])
    stored = models.ReadMark.objects.order_by("user").values_list("seq", "rank")
    assert list(stored) == [(5, 3), (5, 5)]
