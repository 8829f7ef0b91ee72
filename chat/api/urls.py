"""The addresses of the API, version 1."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from chat.api.documents import Docs, SchemaDocument, SocketDocument
from chat.api.unknown import Unknown
from chat.api.views.members import MemberList, MemberResource, OwnMembership
from chat.api.views.messages import MessageList, MessagePin, MessageReport, MessageResource
from chat.api.views.moderation import (
    MessageRemoval,
    RemovalList,
    RoomRemovalList,
    RoomSanctionList,
    RoomSanctionResource,
    SanctionList,
    SanctionResource,
)
from chat.api.views.people import OwnProfile, PeopleList
from chat.api.views.reactions import MessageReaction, OwnReactionList
from chat.api.views.reading import ReadMark
from chat.api.views.rooms import DirectRoomList, RoomArchive, RoomList, RoomResource
from chat.api.views.session import SessionResource
from chat.api.views.tickets import TicketList
from chat.api.views.tokens import TokenList, TokenResource
from chat.domain.text import SLUG


class RoomConverter(StringConverter):
    """A room's name; what cannot be one is an address that does not exist, exactly as a room that does not exist."""

    regex = SLUG.pattern


class UsernameConverter(StringConverter):
    """Whatever the host of the chat allows as a username, as long as a database can look it up."""

    regex = r"[^/\x00-\x1f\x7f]{1,150}"


register_converter(RoomConverter, "room")
register_converter(UsernameConverter, "username")

app_name = "api"
ROOM = "v1/rooms/<room:slug>"
MESSAGE = f"{ROOM}/messages/<int:seq>"

urlpatterns = [
    path("v1/session", SessionResource.as_view()),
    path("v1/tickets", TicketList.as_view()),
    path("v1/tokens", TokenList.as_view()),
    path("v1/tokens/<int:token_id>", TokenResource.as_view()),
    path("v1/people", PeopleList.as_view()),
    path("v1/people/me", OwnProfile.as_view()),
    path("v1/rooms", RoomList.as_view()),
    path("v1/direct-rooms", DirectRoomList.as_view()),
    path(ROOM, RoomResource.as_view()),
    path(f"{ROOM}/archive", RoomArchive.as_view()),
    path(f"{ROOM}/members", MemberList.as_view()),
    path(f"{ROOM}/members/<username:username>", MemberResource.as_view()),
    path(f"{ROOM}/membership", OwnMembership.as_view()),
    path(f"{ROOM}/read", ReadMark.as_view()),
    path(f"{ROOM}/reactions/mine", OwnReactionList.as_view()),
    path(f"{ROOM}/messages", MessageList.as_view()),
    path(f"{ROOM}/sanctions", RoomSanctionList.as_view()),
    path(f"{ROOM}/sanctions/<int:sanction_id>", RoomSanctionResource.as_view()),
    path(f"{ROOM}/removals", RoomRemovalList.as_view()),
    path("v1/sanctions", SanctionList.as_view()),
    path("v1/sanctions/<int:sanction_id>", SanctionResource.as_view()),
    path("v1/removals", RemovalList.as_view()),
    path(MESSAGE, MessageResource.as_view()),
    path(f"{MESSAGE}/removal", MessageRemoval.as_view()),
    path(f"{MESSAGE}/report", MessageReport.as_view()),
    path(f"{MESSAGE}/pin", MessagePin.as_view()),
    path(f"{MESSAGE}/reactions/<str:emoji>", MessageReaction.as_view()),
    path("v1/schema/", SchemaDocument.as_view(), name="schema"),
    path("v1/asyncapi.json", SocketDocument.as_view(), name="asyncapi"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path("", Unknown.as_view()),
]
