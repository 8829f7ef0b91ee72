"""A query of the ORM is built once and finds the same as the ORM does."""

from datetime import timedelta

import pytest
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.forms.models import model_to_dict
from django.utils import timezone

from chat import models
from chat.statements.built import Given, GivenMany, Statement
from tests.world import say


@pytest.fixture
def named():
    """Rooms by their slugs."""
    return Statement(lambda: models.Room.objects.filter(slug__in=GivenMany("slugs", CharField())).order_by("pk"))


def test_it_finds_the_same_as_the_orm_for_none_one_and_many(world, named):
    for slugs in ([], [world.harbour], [world.bridge, world.harbour, "nowhere", 'quote"s', "back\\slash", "%s"]):
        by_orm = models.Room.objects.filter(slug__in=slugs).order_by("pk")
        found = named.objects(slugs=slugs)
        assert found == list(by_orm)
        assert [model_to_dict(room) for room in found] == [model_to_dict(room) for room in by_orm]


def test_it_is_built_once(world):
    built = []

    def build():
        built.append(True)
        return models.Room.objects.filter(pk__in=GivenMany("keys", BigIntegerField()))

    statement, rooms = Statement(build), models.Room.objects.all()
    assert len(statement.rows(keys=[])) == 0
    assert len(statement.rows(keys=[room.pk for room in rooms])) == len(rooms)
    assert built == [True]


def test_its_times_and_lists_come_as_the_orm_gives_them_and_are_compared_as_the_orm_does(world):
    message = say(world.anna, world.harbour, "Ahoy @ben")
    columns = ("created_at", "edited_at", "mentions", "pinned", "author__username")
    since = Statement(
        lambda: models.Message.objects.filter(created_at__gte=Given("since", DateTimeField())).values_list(*columns)
    )
    expected = [(message.created_at, None, ["ben"], False, "anna")]
    assert since.rows(since=message.created_at) == expected
    assert since.rows(since=timezone.now() - timedelta(hours=1)) == expected
    assert since.rows(since=timezone.now() + timedelta(hours=1)) == []


def test_a_value_that_is_missing_is_an_error(world, named):
    with pytest.raises(KeyError, match="slugs"):
        named.rows()
