"""What somebody does in the admin: open pages, send forms, choose actions, and read what they are told."""

from collections.abc import Iterable
from html import unescape

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from chat.domain.news import News, RoomEvents
from chat.domain.shapes import Event


def url(row: Model | type[Model], page: str) -> str:
    """The address of an admin page of a row, or of its table."""
    arguments = [] if isinstance(row, type) else [row.pk]
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=arguments)


def delete(client: Client, row: Model, **fields: str):
    """Opens the delete page of a row and confirms."""
    client.get(url(row, "delete"))
    return client.post(url(row, "delete"), {"post": "yes", **fields}, follow=True)


def act(client: Client, action: str, rows: Iterable[Model], **fields: str):
    """Chooses an action for ticked rows in their list."""
    rows = list(rows)
    data = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows], "index": "0", **fields}
    return client.post(url(type(rows[0]), "changelist"), data, follow=True)


def delete_selected(client: Client, rows: Iterable[Model], **fields: str):
    """Chooses 'delete selected' and confirms on the page that asks."""
    rows = list(rows)
    asked = act(client, "delete_selected", rows)
    assert "I’m sure" in asked.content.decode()
    data = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [row.pk for row in rows], "post": "yes", **fields}
    return client.post(url(type(rows[0]), "changelist"), data, follow=True)


def told(response) -> list[str]:
    """The messages on the page that came."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def events(heard: Iterable[News]) -> list[Event]:
    """The room events among the news, in order."""
    return [event for news in heard if isinstance(news, RoomEvents) for event in news.events]


def shown(response) -> str:
    """The page as text."""
    return unescape(response.content.decode())
