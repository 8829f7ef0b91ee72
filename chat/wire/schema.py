"""JSON Schemas of the public shapes, for the documents in which the app describes itself."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

Schema = dict[str, Any]

TEMPLATE = "#/components/schemas/{name}"


def schemas_of(kinds: Iterable[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """The schemas of some types, and the components that they refer to by name."""
    schemas, components = msgspec.json.schema_components(kinds, ref_template=TEMPLATE)
    return list(schemas), components


def reference(kind: type) -> Schema:
    """A reference to the component of this type."""
    return {"$ref": TEMPLATE.format(name=kind.__name__)}


def any_of(kinds: Iterable[type], **more: Any) -> Schema:
    """One of several types that no tag tells apart, of which a generated schema cannot speak."""
    return {**more, "anyOf": [reference(kind) for kind in kinds]}


def variant(kind: type[Struct], name: str = "", **types: Any) -> type[Struct]:
    """A Struct like `kind`, under another name, whose fields in `types` are required and have these types.

    None takes a field away.
    """
    config = kind.__struct_config__
    kept = [
        (field.name, types.get(field.name, field.type), NODEFAULT if field.name in types else field.default)
        for field in fields(kind)
        if types.get(field.name, ...) is not None
    ]
    words = {"__doc__": kind.__doc__}
    return msgspec.defstruct(
        name or kind.__name__, kept, tag=config.tag, tag_field=config.tag_field, kw_only=True, namespace=words
    )
