"""Many rows are found and changed by one statement."""

from datetime import timedelta

from chat import models
from chat.services._rows import read_keyed, update_rows


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
        assert read_keyed(models.Membership, ["room", "user"], set()) == []


def test_rows_are_found_by_their_whole_keys_alone(world):
    rooms = {room.slug: room.pk for room in models.Room.objects.all()}
    pairs = {(rooms[world.harbour], world.anna.pk), (rooms[world.bridge], world.ben.pk)}
    asked = pairs | {(rooms[world.harbour], world.cleo.pk)}
    found = read_keyed(models.Membership, ["room", "user"], asked, ["room", "user", "role"])
    assert set(found) == {(rooms[world.harbour], world.anna.pk, "owner"), (rooms[world.bridge], world.ben.pk, "member")}
