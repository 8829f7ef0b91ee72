"""A view that does nothing, and the messages of a room by a ModelSerializer."""

from typing import Any, ClassVar
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat.models import Message, Room

PAGE = 50


class Stock(APIView):
    """DRF as it comes, but for who is let in."""

    content_negotiation_class = DefaultContentNegotiation
    parser_classes: ClassVar = [JSONParser]
    permission_classes: ClassVar = [IsAuthenticated]
    renderer_classes: ClassVar = [JSONRenderer]


class Trivial(Stock):
    """Says yes."""

    def get(self, request: Request) -> Response:
        return Response({"ok": True})

    def post(self, request: Request) -> Response:
        return Response(request.data, status=201)


class AuthorSerializer(serializers.Serializer):
    """Who wrote it."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField(source="profile.display_name")


class MessageSerializer(serializers.ModelSerializer):
    """A message as the chat's own page shows it."""

    author = AuthorSerializer(read_only=True)

    class Meta:
        model = Message
        fields = (
            *("seq", "version", "client_id", "author", "body", "html", "reply_to", "mentions"),
            *("pinned", "created_at", "edited_at"),
        )
        read_only_fields = ("seq", "version", "html", "mentions", "pinned", "created_at", "edited_at")
        validators: ClassVar = []


class Messages(Stock):
    """A page before a seq, and a new message; nobody asks whether the person may."""

    def get(self, request: Request, slug: str) -> Response:
        rows = Message.objects.filter(room__slug=slug).select_related("author__profile").order_by("-seq")
        return Response({"results": MessageSerializer(_older(rows, request)[:PAGE], many=True).data})

    def post(self, request: Request, slug: str) -> Response:
        """An insert and no more: the number is no number of the room's, and nobody is told."""
        serializer = MessageSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        number = -(uuid4().int >> 66)
        made: dict[str, Any] = {"room": Room.objects.get(slug=slug), "author": request.user, "seq": number}
        serializer.save(**made, rank=0, version=0, created_at=timezone.now())
        return Response(serializer.data, status=201)


def _older(rows: QuerySet[Message], request: Request) -> QuerySet[Message]:
    before = request.query_params.get("before")
    return rows.filter(seq__lt=int(before)) if before else rows
