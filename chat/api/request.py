"""The request of an operation, whose credential is ours and not one of those that the framework's types know."""

from typing import TYPE_CHECKING, Any

from rest_framework import request

if TYPE_CHECKING:

    class Request(request.Request):
        user: Any
        auth: Any
else:
    Request = request.Request

__all__ = ["Request"]
