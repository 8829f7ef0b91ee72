"""The descriptions of `…/events` and its stream, which are served before Django's handler, in the same document."""

from typing import Any, get_args

from msgspec import UNSET, Struct, UnsetType

from chat.api.errors import Refusal
from chat.api.operation import Contract
from chat.api.schema import JSON, parameters_of, refusals_of
from chat.domain.errors import NotFound
from chat.domain.shapes import Event, Mute
from chat.wire.addresses import POLL, STREAM, STREAM_WORDS, EventsQuery, StreamQuery
from chat.wire.schema import Schema, any_of, schemas_of
from chat.wire.server import LimitedFrame, ResetFrame

NEIGHBOUR = "/api/v1/rooms/{slug}/messages"
EVENT_STREAM = "text/event-stream"

POLL_WORDS = """What happened in the room since a cursor.

Begin with the `head` and `epoch` of a page of messages, and go on with the `cursor` and `epoch` of each answer. With
`wait` an answer that would be empty waits for the first event, at most so many seconds; it comes earlier, and
empty, when one is muted or no longer so. Asked again with the same
cursor it answers the same events. `limited` and `reset` say that the room is to be read anew.
"""


class EventPage(Struct, frozen=True):
    """Events of a room in order and without a hole. Ask again from `cursor`, at once while there is `more`.

    `muted` is there as long as one may not write.
    """

    events: list[Any]
    cursor: int
    epoch: str
    more: bool
    muted: Mute | UnsetType = UNSET


RESUME = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}


def _contract(name: str, query: type[Any], *refusals: Any) -> Contract:
    return Contract(
        name, scope="read", public=False, roomless=False, body=None, query=query, answers={}, refusals=refusals
    )


def add_events(result: Schema, **_: Any) -> Schema:
    """Puts both operations and their shapes into the document."""
    kinds = get_args(Event)
    schemas, components = schemas_of([EventPage, LimitedFrame, ResetFrame, Refusal, *kinds])
    page, limited, reset, refusal = schemas[:4]
    components["Event"] = any_of(kinds, title="Event", description="A change of a room.")
    components["EventPage"]["properties"]["events"]["items"] = {"$ref": "#/components/schemas/Event"}
    result["components"]["schemas"] |= components
    neighbour = result["paths"][NEIGHBOUR]["get"]
    poll = _operation(_contract("list_events", EventsQuery), POLL, POLL_WORDS, refusal)
    poll["parameters"] = [*(each for each in neighbour["parameters"] if each["in"] == "path"), *poll["parameters"]]
    poll["responses"]["200"]["content"] = {JSON: {"schema": {"anyOf": [page, limited, reset]}}}
    stream = _operation(_contract("stream_events", StreamQuery, NotFound), STREAM, STREAM_WORDS, refusal)
    stream["parameters"].append(RESUME)
    stream["responses"]["200"]["content"] = {EVENT_STREAM: {"schema": {"type": "string"}}}
    for path, operation in ((POLL, poll), (STREAM, stream)):
        result["paths"][path] = {"get": operation | {"security": neighbour["security"]}}
    return result


def _operation(contract: Contract, path: str, words: str, refusal: Schema) -> Schema:
    """The operation as far as its contract says it."""
    refusals = {
        str(status): {"description": text, "content": {JSON: {"schema": refusal}}}
        for status, text in sorted(refusals_of(contract, path).items())
    }
    return {
        "operationId": contract.name,
        "summary": words.partition("\n\n")[0],
        "description": words.partition("\n\n")[2],
        "parameters": parameters_of(contract),
        "tags": ["events"],
        "responses": {"200": {"description": "Done."}, **refusals},
    }
