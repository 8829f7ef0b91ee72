"""Writing messages: a list of sends in one transaction, each with its own result."""

from collections.abc import Sequence

from msgspec.structs import replace

from chat.domain.cursors import check_seq
from chat.domain.errors import ChatError
from chat.domain.text import clean_body, clean_client_id, findable
from chat.services._batch import Batch
from chat.services._record import write_transaction
from chat.services._send import Held, Outcome, Posted, Result, Send

__all__ = ["Held", "Outcome", "Posted", "Result", "Send", "post_messages"]


def post_messages(sends: Sequence[Send], *, skip_locked: bool = False) -> list[Result | None]:
    """Writes all `sends` that may be written, in order, in one transaction; answers each in its place.

    A repeat is answered with the first message, before policy and limits; another text under the same `client_id` is a
    Conflict. What a rule holds for review is Held, again and again, until it is decided. A refused send is its
    ChatError and fails nobody else's. With `skip_locked`, sends to rooms that another transaction holds are answered
    None and were not tried. Raises Unavailable when the outcome is unknown.
    """
    cleaned = [_clean(send) for send in sends]
    fit = [send for send in cleaned if isinstance(send, Send)]
    if not fit:
        return list(cleaned)  # type: ignore[arg-type]
    with write_transaction():
        batch = Batch(fit, skip_locked=skip_locked)
        batch.write()
    answers = iter(batch.results)
    return [next(answers) if isinstance(send, Send) else send for send in cleaned]


def _clean(send: Send) -> Send | ChatError:
    try:
        check_seq(send.reply_to or 0, "reply_to")
        client_id, body = clean_client_id(send.client_id), clean_body(send.body)
        return replace(send, room=findable(send.room), client_id=client_id, body=body)
    except ChatError as error:
        return error
