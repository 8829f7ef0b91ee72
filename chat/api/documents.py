"""The OpenAPI document, the page that shows it, and the AsyncAPI document."""

from functools import cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.response import Response

from chat.api.operation import Resource
from chat.api.request import Request
from chat.wire import asyncapi


class SchemaDocument(Resource):
    """OpenAPI 3.1, in JSON."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        return Response(document())


class SocketDocument(Resource):
    """AsyncAPI 3.0, in JSON: sockets and streams."""

    schema = None
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        return Response(asyncapi.document())


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; it writes its styles into the page, so they are allowed there."""

    url_name = "api:schema"
    http_method_names = ("get", "head")


@cache
def document() -> dict[str, Any]:
    """The document, made once in a process."""
    return SchemaGenerator().get_schema(request=None, public=True)
