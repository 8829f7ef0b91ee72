"""The description of `…/events`, which is served before Django's handler and stands in the same document."""

from typing import Annotated, Any, get_args

from msgspec import Meta, Struct

from chat.api.errors import Refusal
from chat.api.operation import Contract
from chat.api.schema import JSON, Schema, parameters_of, refusals_of, schemas_of
from chat.domain.shapes import Event
from chat.wire.client import Seq
from chat.wire.server import LimitedFrame, ResetFrame

PATH = "/api/v1/rooms/{slug}/events"
NEIGHBOUR = "/api/v1/rooms/{slug}/messages"


DESCRIPTION = """What happened in the room since a cursor.

Begin with the `head` and `epoch` of a page of messages, and go on with the `cursor` and `epoch` of each answer. Asked
again with the same cursor it answers the same events. `limited` and `reset` say that the room is to be read anew.
"""


class EventPage(Struct, frozen=True):
    """Events of a room in order and without a hole. Ask again from `cursor`, at once while there is `more`."""

    events: list[Any]
    cursor: int
    epoch: str
    more: bool


class EventsQuery(Struct, frozen=True):
    """The cursor; and how many missed events are wanted before the answer is `limited`, `null` for all."""

    after: Seq = 0
    epoch: str | None = None
    most: Annotated[int, Meta(ge=0)] | None = 2000


CONTRACT = Contract(
    name="list_events", scope="read", public=False, body=None, query=EventsQuery, answers={}, refusals=()
)


def add_events(result: Schema, **_: Any) -> Schema:
    """Puts the operation and its shapes into the document."""
    kinds = get_args(Event)
    (*events, page, limited, reset, refusal), components = schemas_of(
        [*kinds, EventPage, LimitedFrame, ResetFrame, Refusal]
    )
    components["Event"] = {"title": "Event", "description": "A change of a room.", "anyOf": events}
    components["EventPage"]["properties"]["events"]["items"] = {"$ref": "#/components/schemas/Event"}
    result["components"]["schemas"] |= components
    result["paths"][PATH] = {
        "get": _operation(result["paths"][NEIGHBOUR]["get"], {"anyOf": [page, limited, reset]}, refusal)
    }
    return result


def _operation(neighbour: Schema, answer: Schema, refusal: Schema) -> Schema:
    """The operation; it asks for the room and for credentials as its neighbour does."""
    refusals = {
        str(status): {"description": text, "content": {JSON: {"schema": refusal}}}
        for status, text in sorted(refusals_of(CONTRACT, PATH).items())
    }
    return {
        "operationId": CONTRACT.name,
        "summary": "What happened in the room since a cursor.",
        "description": DESCRIPTION,
        "parameters": [*(each for each in neighbour["parameters"] if each["in"] == "path"), *parameters_of(CONTRACT)],
        "tags": ["events"],
        "security": neighbour["security"],
        "responses": {"200": {"description": "Done.", "content": {JSON: {"schema": answer}}}, **refusals},
    }
