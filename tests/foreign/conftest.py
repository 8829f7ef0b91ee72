"""Whoever comes with a program that we did not write: a token made at the command line, and a room."""

from dataclasses import dataclass

import pytest

from tests.inhabited import Chat


@dataclass(frozen=True)
class Stranger:
    """Where the chat is, and what one needs there. The token is ben's, who belongs to the room."""

    chat: Chat
    token: str
    room: str


@pytest.fixture(scope="session")
def token(chat: Chat) -> str:
    """A token of ben's, as an administrator hands it out."""
    return chat.server.manage("create_token", "ben").splitlines()[-1]


@pytest.fixture
async def stranger(chat: Chat, token: str) -> Stranger:
    return Stranger(chat, token, await chat.room("anna", "ben"))
