"""Every page of the admin opens in an installation of any size; with PROVE=1 in one of a million messages, on both
databases, with what the slowest took: half a second is promised."""

import json
import os
import re
from collections.abc import Iterator
from html import unescape
from time import perf_counter

import httpx
import pytest

FULL = bool(os.environ.get("PROVE"))
SIZES = (1_000_000, 10_000, 500) if FULL else (2_000, 100, 20)
"""Messages, people, rooms."""

SLOWEST = 12
SEARCHES = {
    "auth/user": ["person-0001", "nobody"],
    "chat/message": ["room-00001", "@person-00001", "#room-00001 @person-00001", "room-00001 500", "nowhere @nobody"],
    "chat/event": ["room-00001", "@person-00001", "room-00001 500"],
    "chat/auditentry": ["room-00001", "@person-00001"],
    "chat/membership": ["room-00001", "@person-00001"],
    "chat/heldmessage": ["room-00001", "@person-00001"],
    "chat/room": ["room-0001"],
    "chat/sanction": ["person-0001"],
    "chat/wordrule": ["word", "room-0001"],
    "chat/apitoken": ["person-00001"],
}
ASKS = {
    "auth/user": ["delete_selected", "erase_selected", "hush_selected"],
    "chat/auditentry": ["undo_selected"],
    "chat/heldmessage": ["reject_selected"],
    "chat/membership": ["delete_selected"],
    "chat/message": ["delete_selected", "restore_selected"],
    "chat/room": ["delete_selected"],
    "chat/sanction": ["lift_selected"],
    "chat/wordrule": ["delete_selected"],
}
"""Actions with a question before them."""

OTHERS = (
    "/admin/auth/user/1/change/",
    "/admin/auth/user/1/delete/",
    "/admin/auth/user/1/rights/",
    "/admin/chat/message/at/room-00001/40/",
    "/admin/chat/room/1/change/",
    "/admin/chat/room/1/delete/",
    "/admin/autocomplete/?app_label=chat&model_name=sanction&field_name=person&term=person-0",
    "/admin/autocomplete/?app_label=chat&model_name=sanction&field_name=room&term=room-0",
)


class Visitor:
    """Somebody of staff who opens pages; `took` has the seconds of each, the quicker of two times."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.took: dict[str, float] = {}

    def open(self, path: str, **form: object) -> str:
        name = f"{path} {form['action']}" if form else path
        for _ in range(2 if FULL else 1):
            began = perf_counter()
            answer = self.client.post(path, data=form) if form else self.client.get(path)
            self.took[name] = min(self.took.get(name, 60), perf_counter() - began)
            assert answer.status_code == 200, f"{name} answered {answer.status_code}"
        return unescape(answer.text)

    def open_all(self) -> None:
        """Whatever the first page leads to, and what its lists lead to."""
        for table in dict.fromkeys(re.findall(r'href="(/admin/\w+/\w+/)"', self.open("/admin/"))):
            for path in self.of_table(table):
                self.open(path)
        for path in OTHERS:
            if self.client.get(path, follow_redirects=False).status_code != 403:
                self.open(path)

    def of_table(self, table: str) -> Iterator[str]:
        """The list by every filter, page and search, the newest row's pages, the form for a new one, the questions."""
        page = self.open(table)
        yield from (table + link for link in sorted(set(re.findall(r'href="(\?[^"]+)"', page))))
        for words in SEARCHES.get(table.strip("/").removeprefix("admin/"), []):
            yield f"{table}?q={words}".replace("#", "%23").replace(" ", "+")
        yield from sorted(set(re.findall(rf'href="({table}(?:add/|(?:\d+)/change/))', page)))[-2:]
        keys = re.findall(r'name="_selected_action" value="(\d+)"', page)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        for action in ASKS.get(table.strip("/").removeprefix("admin/"), []):
            if keys and token and f'value="{action}"' in page:
                self.open(table, action=action, _selected_action=keys, index="0", csrfmiddlewaretoken=token[1])


@pytest.fixture(params=["sqlite", "postgres"] if FULL else ["sqlite"])
def crowded(request, chat_server):
    """The server, and the sessions of an administrator and a moderator."""
    server = chat_server(database=request.param)
    script = f"import json; from tests.admin.crowd import crowd; print(json.dumps(crowd{SIZES}))"
    return request.param, server, json.loads(server.manage("shell", "-v0", "-c", script).splitlines()[-1])


def test_every_page_opens_for_an_administrator_and_a_moderator(crowded):
    database, server, sessions = crowded
    for name, session in sessions.items():
        headers = {"referer": server.url}
        with httpx.Client(
            base_url=server.url, cookies={"sessionid": session}, headers=headers, follow_redirects=True, timeout=60
        ) as client:
            visitor = Visitor(client)
            visitor.open_all()
        slowest = sorted(visitor.took.items(), key=lambda each: -each[1])[:SLOWEST]
        print(f"{len(visitor.took)} pages of {SIZES[0]} messages on {database} as {name}; the slowest:")
        print("\n".join(f"  {seconds * 1000:5.0f} ms  {path}" for path, seconds in slowest))
        assert len(visitor.took) > 40, f"{name} found {len(visitor.took)} pages"
