"""The OpenAPI document, from the contracts of the operations and the Structs that they speak in.

Nothing is written here that the code decides: bodies, queries and answers are the types that the code decodes and
encodes, the statuses of refusals are those of the errors themselves.
"""

from inspect import getdoc
from types import UnionType
from typing import Any, get_args

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from msgspec.structs import fields

from chat.api.body import JSONRenderer
from chat.api.errors import Refusal
from chat.api.operation import Contract
from chat.domain.errors import (
    Banned,
    ChatError,
    Forbidden,
    Invalid,
    Muted,
    NotFound,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from chat.wire.schema import Schema, schemas_of

JSON = JSONRenderer.media_type
UNSUPPORTED, OUR_FAULT = 415, 500
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


class OperationSchema(AutoSchema):
    """Describes an operation by its contract."""

    view: Any

    @property
    def contract(self) -> Contract:
        """What is described."""
        found: Contract = self.view.contract(self.method)
        return found

    def get_operation_id(self) -> str:
        return self.contract.name

    def get_summary(self) -> str:
        return self._words().partition("\n\n")[0]

    def get_description(self) -> str:
        return self._words().partition("\n\n")[2]

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.rpartition(".")[2]]

    def get_auth(self) -> list[Schema]:
        return [*super().get_auth(), *([{}] if self.contract.public else [])]

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return [
            OpenApiParameter(each["name"], type=each["schema"], location=each["in"], required=each["required"])
            for each in parameters_of(self.contract)
        ]

    def get_request_serializer(self) -> None:
        """The body is added by get_operation: the framework knows none of DELETE."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation and self.contract.body:
            content = {JSON: {"schema": self._schema(self.contract.body)}}
            operation["requestBody"] = {"content": content, "required": _has_required_fields(self.contract.body)}
        if operation and RateLimited in self.contract.refusals:
            operation["responses"][str(RateLimited.status)]["headers"] = RETRY_AFTER
        return operation

    def get_response_serializers(self) -> dict[int, OpenApiResponse]:
        answers = {
            status: OpenApiResponse(self._schema(kind) if kind else None, "Done." if kind else "Done; no body.")
            for status, kind in self.contract.answers.items()
        }
        refusal = self._schema(Refusal)
        codes = refusals_of(self.contract, self.path)
        return answers | {status: OpenApiResponse(refusal, text) for status, text in sorted(codes.items())}

    def _words(self) -> str:
        return getdoc(getattr(self.view, self.method.lower())) or ""

    def _schema(self, kind: Any) -> Schema:
        """The schema of a type; the components that it refers to become part of the document."""
        kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
        schemas, components = schemas_of(kinds)
        for name, schema in components.items():
            component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
            self.registry.register_on_missing(component)
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


class TokenScheme(OpenApiAuthenticationExtension):
    """Names the scope that an operation asks of a token."""

    target_class = "chat.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer"}

    def get_security_requirement(self, auto_schema: Any) -> Schema:
        return {self.name: [auto_schema.contract.scope]}


def parameters_of(contract: Contract) -> list[Schema]:
    """The fields of the operation's query as parameters."""
    if contract.query is None:
        return []
    _, components = schemas_of([contract.query])
    schema = components[contract.query.__name__]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _has_required_fields(body: type[Any]) -> bool:
    return any(each.required for each in fields(body))


def refusals_of(contract: Contract, path: str) -> dict[int, str]:
    """Each status of a refusal that the operation may answer, with the codes behind it."""
    errors: set[type[ChatError]] = {Unavailable, Overloaded, *contract.refusals}
    if not contract.public:
        errors |= {Unauthenticated, Forbidden}
    if "{" in path:
        errors |= {NotFound}
    if "{slug}" in path:
        errors |= {Banned} if contract.scope == "read" else {Banned, Muted}
    if contract.body or contract.query or "{seq}" in path:
        errors |= {Invalid}
    if contract.body:
        errors |= {TooLarge}
    codes: dict[int, set[str]] = {OUR_FAULT: {Unavailable.code}}
    if contract.body:
        codes[UNSUPPORTED] = {Invalid.code}
    for error in errors:
        codes.setdefault(error.status, set()).add(error.code)
    return {status: ", ".join(f"`{code}`" for code in sorted(names)) for status, names in codes.items()}
