"""The OpenAPI document, the page that shows it, and the AsyncAPI document."""

from functools import cache
from typing import Any

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


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files, in a page without anything inline."""

    template_name = "chat/docs.html"
    url_name = "api:schema"
    http_method_names = ("get", "head")

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The framework would let other sites' windows hold on to this one, for sign-in that we do not have."""
        response.headers.pop("Cross-Origin-Opener-Policy", None)
        return super().finalize_response(request, response, *args, **kwargs)


@cache
def document() -> dict[str, Any]:
    """The document, made once in a process."""
    return SchemaGenerator().get_schema(request=None, public=True)
