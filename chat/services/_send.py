"""What is sent, and what becomes of it."""

import hashlib
from functools import lru_cache

from msgspec import Struct

from chat.domain import shapes
from chat.domain.errors import ChatError
from chat.queries.installation import installation


class Send(Struct, frozen=True):
    """What somebody wants to say. `client_id` is the client's own name for it, unique per author and room for ever.

    `credential` is what they signed in with, empty for who needs none; once it was revoked the send is refused. What a
    moderator has `approved` is held back by no rule about texts and no limit.
    """

    actor_id: int
    room: str
    client_id: str
    body: str
    reply_to: int | None = None
    credential: str = ""
    approved: bool = False


class Posted(Struct, frozen=True):
    """A message that is in the log; `created` is False for a repeat of an earlier send."""

    message: shapes.Message
    created: bool


class Held(Struct, frozen=True):
    """A send that waits for a moderator."""


Outcome = Posted | Held
Result = Outcome | ChatError
Key = tuple[str, int, str]


def key_of(send: Send) -> Key:
    """What makes a send the same as another."""
    return send.room, send.actor_id, send.client_id


def digest(send: Send) -> str:
    """Recognises the same body and `reply_to`; keyed, so that an erased text cannot be guessed from it."""
    content = f"{send.reply_to or ''}\n{send.body}".encode()
    return hashlib.blake2b(content, key=_digest_key(), digest_size=32).hexdigest()


@lru_cache(maxsize=1)
def _digest_key() -> bytes:
    return bytes.fromhex(installation().digest_key)
