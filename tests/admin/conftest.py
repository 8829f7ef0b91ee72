"""People at the admin's desk, and a room with talk in it."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client

from chat import bus
from chat.domain.news import News
from chat.domain.shapes import Message
from chat.services import rooms
from tests import world


@pytest.fixture
def admin(transactional_db) -> AbstractUser:
    return get_user_model().objects.create_superuser("chief")


@pytest.fixture
def anna(transactional_db) -> AbstractUser:
    return world.person("anna", display_name="Anna")


@pytest.fixture
def ben(transactional_db) -> AbstractUser:
    return world.person("ben", display_name="Ben")


@pytest.fixture
def room(anna) -> str:
    """The slug of an open room of Anna's."""
    return rooms.create_room(actor=anna, slug="kitchen", title="Kitchen").room


@pytest.fixture
def say(anna, room) -> Callable[..., Message]:
    """Writes a message, Anna's in the kitchen unless said otherwise."""

    def write(body: str, *, author: AbstractUser = anna, room: str = room) -> Message:
        return world.say(author, room, body)

    return write


@pytest.fixture
def staff(transactional_db) -> Callable[..., Client]:
    """A browser signed in as a member of staff with these permissions and no others."""

    def sign_in(*codenames: str) -> Client:
        user = get_user_model().objects.create_user("helper", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return _signed_in(user)

    return sign_in


@pytest.fixture
def desk(admin) -> Client:
    """The browser of the superuser."""
    return _signed_in(admin)


@pytest.fixture
def heard(transactional_db) -> Iterator[list[News]]:
    """What is announced to every open page from now on."""
    with bus.capture() as news:
        yield news


def _signed_in(user: AbstractUser) -> Client:
    client = Client()
    client.force_login(user)
    return client
