"""Addresses of the API that lead nowhere."""

from typing import Any

from rest_framework.request import Request

from chat.api.operation import Resource
from chat.domain.errors import NotFound


class Unknown(Resource):
    """Answers exactly like a room that does not exist, to everybody and every method."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound()
