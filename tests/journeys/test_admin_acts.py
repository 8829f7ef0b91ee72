"""Each act of the admin is seen in an open room page, by a stream and by polls, at once: within a second is promised.

The acts are those that the admin itself offers a superuser, so a new one fails until it has its row here.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from playwright.sync_api import Locator, Page

from tests.journeys.conftest import SIGN_IN, Settled
from tests.journeys.desk import Desk
from tests.journeys.watching import Watcher
from tests.servers.chat import ChatServer, QuietServer
from tests.servers.fixtures import starting

ROOM = "harbour"
PASSWORD = "harbour-light-9"
SCENE = """
from django.contrib.auth.models import User
from chat import models
from chat.services import cases, memberships, messages, tokens, word_rules
from chat.services.accounts import make_person
from chat.services.posting import Send, post_messages

anna, ben = User.objects.get(username="anna"), User.objects.get(username="ben")
anna.is_staff = anna.is_superuser = True
anna.save()
room = models.Room.objects.get(slug="harbour")
keys, sessions, secrets = {}, {}, {}

def say(body, author=ben):
    post_messages([Send(author.pk, room.slug, "-".join(body.split()), body)])
    return models.Message.objects.filter(client_id="-".join(body.split())).first()

def removed(body):
    message = say(body)
    messages.delete_message(actor=anna, room=room.slug, seq=message.seq, reason="too early")
    return message

for name in ("delete", "delete_selected", "remove_selected"):
    keys[f"chat_message {name}"] = say(f"first {name}").pk
keys["chat_message restore_selected"] = removed("brought back").pk
removed("undone")
keys["chat_auditentry undo_selected"] = models.AuditEntry.objects.latest("number").pk
witness = make_person(username="witness")
for name in ("chat_case_decide", "agree_selected"):
    seq = say(f"reported {name}").seq
    keys[f"chat_case {name}"] = cases.report_message(actor=witness, room=room.slug, seq=seq, reason="odd").case_id
said = say("harmless", anna)
keys["ignored"] = cases.report_message(actor=ben, room=room.slug, seq=said.seq, reason="odd").case_id
word_rules.save_rule(actor=anna, pattern="barnacle", action="hold")
say("barnacle approved")
keys["chat_heldmessage approve_selected"] = models.HeldMessage.objects.latest("pk").pk
stranger = make_person(username="stranger")
memberships.leave_room(actor=stranger, room=room.slug)
keys["chat_membership add"] = [room.pk, stranger.pk]
for name in ("change", "delete", "delete_selected"):
    person = make_person(username=f"sailor-{name}".replace("_", "-"))
    keys[f"chat_membership {name}"] = models.Membership.objects.get(user=person).pk
chatty = make_person(username="chatty")
say("so much talk", chatty)
keys["auth_user hush_selected"] = keys["auth_user change name"] = chatty.pk
for name in ("change", "delete", "delete_selected", "unarchive_selected"):
    keys[f"chat_room {name}"] = room.pk
keys["chat_sanction add mute"] = ben.pk
secrets["anna"] = tokens.create_token(actor=anna, person=anna, name="test", scopes=("read", "moderate"))[1]
for name in ("change", "delete", "delete_selected"):
    keys[f"chat_wordrule {name}"] = word_rules.save_rule(actor=anna, pattern=f"squid{name[-6:]}", action="mask").pk
for name in ("delete", "delete_selected"):
    token, secrets[f"chat_apitoken {name}"] = tokens.create_token(actor=ben, person=ben, name="test")
    keys[f"chat_apitoken {name}"] = token.pk
for place, name in enumerate(ENDS):
    person = make_person(username=f"victim-{place}")
    keys[name], sessions[name] = person.pk, sign_in(person)
print(json.dumps([keys, sessions, secrets]))
"""


class Scene(NamedTuple):
    """What an act needs: the admin, the key of what it is about, and who watches."""

    desk: Desk
    key: Any
    ben: Watcher
    api: Callable[[str], httpx.Client]

    def others(self, act: str) -> None:
        """An act on the room that comes before or behind the one that is measured."""
        self.desk.choose("chat/room", act, self.key)


class Row(NamedTuple):
    """What is done, what stream and poll hear of it, what the page shows; what makes it possible, and mends it."""

    act: Callable[[Scene], object]
    heard: str
    shown: Callable[[Page], Locator]
    before: Callable[[Scene], object] = lambda scene: None
    behind: Callable[[Scene], object] = lambda scene: None


def text(words: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_text(words)


def css(selector: str) -> Callable[[Page], Locator]:
    return lambda page: page.locator(selector)


def removal(words: str, act: Callable[[Scene], object]) -> Row:
    return Row(act, f"message.deleted {words}", text(f"removed by a moderator: {words}"))


def left(name: str, act: Callable[[Scene], object]) -> Row:
    return Row(act, f"member.left {name}", css(f"#people:not(:has([data-username={name}]))"))


def said(words: str, act: Callable[[Scene], object], before: Callable[[Scene], object] = lambda scene: None) -> Row:
    return Row(act, f"message.created {words}", text(words), before)


def tomorrow() -> dict[str, str]:
    ends = datetime.now(UTC) + timedelta(hours=24)
    return {"ends_at_0": f"{ends:%Y-%m-%d}", "ends_at_1": f"{ends:%H:%M:%S}"}


def rule(pattern: str) -> dict[str, str]:
    return {"action": "mask", "kind": "words", "pattern": pattern, "room": "", "spares": ""}


def mute_here(scene: Scene) -> None:
    """By REST, as in the room; waits until ben's page shows it."""
    mute = {"username": "ben", "kind": "mute", "reason": "too shrill"}
    scene.api("anna").post(f"rooms/{ROOM}/sanctions", json=mute).raise_for_status()
    MUTED(scene.ben.page).wait_for()


def free(scene: Scene) -> None:
    """What holds everywhere is lifted by REST; waits until ben may write."""
    for held in scene.api("anna").get("sanctions").raise_for_status().json()["results"]:
        scene.api("anna").request("DELETE", f"sanctions/{held['id']}", json={"reason": "enough"}).raise_for_status()
    FREE(scene.ben.page).wait_for(state="attached")


def mute_number(scene: Scene) -> int:
    [held] = scene.api("anna").get(f"rooms/{ROOM}/sanctions").raise_for_status().json()["results"]
    return held["id"]


MUTED = css(".pause:not([hidden]):has-text('too shrill')")
FREE = css(".pause[hidden]")
ARCHIVED = css(".compose fieldset:disabled textarea[placeholder='This room is archived.']")
OPEN = css(".compose fieldset:enabled")
SEEN = {
    "chat_message delete": removal("one", lambda s: s.desk.delete("chat/message", s.key, reason="one")),
    "chat_message delete_selected": removal(
        "two", lambda s: s.desk.choose("chat/message", "delete_selected", s.key, reason="two")
    ),
    "chat_message remove_selected": removal(
        "three", lambda s: s.desk.choose("chat/message", "remove_selected", s.key, reason="three")
    ),
    "chat_message restore_selected": Row(
        lambda s: s.desk.choose("chat/message", "restore_selected", s.key, reason="a mistake"),
        "message.restored brought back",
        text("brought back"),
    ),
    "chat_auditentry undo_selected": Row(
        lambda s: s.desk.choose("chat/auditentry", "undo_selected", s.key, reason="a mistake"),
        "message.restored undone",
        text("undone"),
    ),
    "chat_case chat_case_decide": removal(
        "odd indeed", lambda s: s.desk.send(f"chat/case/{s.key}/decide/", state="agreed", reason="odd indeed")
    ),
    "chat_case agree_selected": removal(
        "very odd", lambda s: s.desk.choose("chat/case", "agree_selected", s.key, reason="very odd")
    ),
    "chat_heldmessage approve_selected": said(
        "barnacle approved", lambda s: s.desk.choose("chat/heldmessage", "approve_selected", s.key)
    ),
    "chat_membership add": Row(
        lambda s: s.desk.send("chat/membership/add/", room=str(s.key[0]), user=str(s.key[1]), role="member"),
        "member.joined stranger",
        css("#people [data-username=stranger]"),
    ),
    "chat_membership change": Row(
        lambda s: s.desk.send(f"chat/membership/{s.key}/change/", role="moderator"),
        "member.changed sailor-change",
        lambda page: page.locator("#people [data-username=sailor-change]", has_text="moderator"),
    ),
    "chat_membership delete": left("sailor-delete", lambda s: s.desk.delete("chat/membership", s.key, reason="rude")),
    "chat_membership delete_selected": left(
        "sailor-delete-selected", lambda s: s.desk.choose("chat/membership", "delete_selected", s.key, reason="rude")
    ),
    "auth_user add": Row(
        lambda s: s.desk.send(
            "auth/user/add/", username="hired", usable_password="true", password1=PASSWORD, password2=PASSWORD
        ),
        "member.joined hired",
        css("#people [data-username=hired]"),
    ),
    "auth_user change name": Row(
        lambda s: s.desk.send(f"auth/user/{s.key}/change/", display_name="Chatty Chatterton", is_active="on"),
        "member.changed chatty",
        lambda page: page.locator(".log:has-text('so much talk') [data-slot=author]", has_text="Chatty Chatterton"),
    ),
    "auth_user hush_selected": removal(
        "too much", lambda s: s.desk.choose("auth/user", "hush_selected", s.key, reason="too much")
    ),
    "chat_room change": Row(
        lambda s: s.desk.send(f"chat/room/{s.key}/change/", title=ROOM, topic="Low tide at six", slow_seconds="0"),
        "room.changed Low tide at six",
        text("Low tide at six"),
    ),
    "chat_room delete": Row(
        lambda s: s.desk.delete("chat/room", s.key),
        "room.changed archived",
        ARCHIVED,
        behind=lambda s: s.others("unarchive_selected"),
    ),
    "chat_room delete_selected": Row(
        lambda s: s.others("delete_selected"),
        "room.changed archived",
        ARCHIVED,
        before=lambda s: OPEN(s.ben.page).wait_for(),
        behind=lambda s: s.others("unarchive_selected"),
    ),
    "chat_room unarchive_selected": Row(
        lambda s: s.others("unarchive_selected"),
        "room.changed Low tide at six",
        OPEN,
        before=lambda s: (OPEN(s.ben.page).wait_for(), s.others("delete_selected"), ARCHIVED(s.ben.page).wait_for()),
    ),
    "chat_sanction add mute": Row(
        lambda s: s.desk.send(
            "chat/sanction/add/", kind="mute", person=str(s.key), room="", reason="too loud", **tomorrow()
        ),
        "muted too loud",
        lambda page: page.locator(".pause", has_text="too loud").filter(has_text="You can write again in 24 h"),
        behind=free,
    ),
    "chat_sanction lift_selected": Row(
        lambda s: s.desk.choose("chat/sanction", "lift_selected", mute_number(s), reason="enough"),
        "free",
        FREE,
        before=mute_here,
    ),
    "chat_wordrule add": said(
        "one ▇▇▇▇▇▇", lambda s: (s.desk.send("chat/wordrule/add/", **rule("kraken")), s.ben.say("one kraken"))
    ),
    "chat_wordrule change": said(
        "two ▇▇▇▇▇▇▇",
        lambda s: (s.desk.send(f"chat/wordrule/{s.key}/change/", **rule("octopus")), s.ben.say("two octopus")),
    ),
    "chat_wordrule delete": said(
        "a squiddelete", lambda s: (s.desk.delete("chat/wordrule", s.key), s.ben.say("a squiddelete"))
    ),
    "chat_wordrule delete_selected": said(
        "a squidlected",
        lambda s: (s.desk.choose("chat/wordrule", "delete_selected", s.key), s.ben.say("a squidlected")),
    ),
}
"""What everybody in the room sees, or whom it is about; an act that does several things has a row for each."""

ENDS: dict[str, Callable[[Desk, Any], object]] = {
    "auth_user change": lambda desk, key: desk.send(f"auth/user/{key}/change/", display_name="Victim"),
    "auth_user delete": lambda desk, key: desk.delete("auth/user", key),
    "auth_user delete_selected": lambda desk, key: desk.choose("auth/user", "delete_selected", key),
    "auth_user erase_selected": lambda desk, key: desk.choose("auth/user", "erase_selected", key),
    "auth_user auth_user_password_change": lambda desk, key: desk.send(
        f"auth/user/{key}/password/", usable_password="true", password1=PASSWORD, password2=PASSWORD
    ),
    "chat_sanction add": lambda desk, key: desk.send(
        "chat/sanction/add/", kind="ban", person=str(key), room="", reason="enough", ends_at_0="", ends_at_1=""
    ),
    "chat_apitoken delete": lambda desk, key: desk.delete("chat/apitoken", key),
    "chat_apitoken delete_selected": lambda desk, key: desk.choose("chat/apitoken", "delete_selected", key),
}
"""What ends all that its person, or whoever holds the token, has open."""

UNSEEN = {
    "auth_group add", "auth_group change", "auth_group delete", "auth_group delete_selected",  # rights are asked anew
    "auth_user activate_selected", "auth_user free_selected",  # of those who have nothing open
    "auth_user link_selected", "auth_user mute_selected", "auth_user ban_selected",  # show a page, change nothing
    "chat_apitoken add", "chat_invite add", "chat_invite delete", "chat_invite delete_selected",
    "chat_case ignore_selected",  # but to whom reported it: below
    "chat_heldmessage reject_selected",  # was never said
    "chat_installation change",  # of who may sign up
    "chat_room add",  # nobody is in it yet
}  # fmt: skip
"""What is about nothing that anybody has open."""

READS = {"chat_message_at", "auth_user_rights", "chat_room_rights"}


def offered() -> set[str]:
    """All that the admin lets a superuser do."""
    request = RequestFactory().get("/")
    request.user = get_user_model()(is_superuser=True, is_staff=True, is_active=True)
    found = set()
    for model, desk in admin.site._registry.items():
        table = f"{model._meta.app_label}_{model._meta.model_name}"
        stock = {None, *(f"{table}_{page}" for page in ("changelist", "add", "history", "delete", "change"))}
        views = [act for act in ("add", "change", "delete") if getattr(desk, f"has_{act}_permission")(request)]
        others = {url.name for url in desk.get_urls()} - stock - READS
        found |= {f"{table} {act}" for act in (*views, *desk.get_actions(request), *others)}
    return found


def test_every_act_that_the_admin_offers_has_its_row():
    assert offered() == {" ".join(name.split()[:2]) for name in (*SEEN, *ENDS, *UNSEEN)}


@pytest.fixture(scope="module")
def house(request, tmp_path_factory, settled: Settled):
    """One server for all acts, whose lobby is the room."""
    for start in starting(request, tmp_path_factory, sqlite="settled_database", postgres="migrated_postgres"):
        yield start(kind=QuietServer, **settled[2], PARLEY_LOBBY=ROOM)


@pytest.fixture(scope="module")
def made(house: ChatServer):
    """The keys of what is acted on, the sessions of those who have it open, and tokens."""
    ends = [name for name in ENDS if "apitoken" not in name]
    script = f"{SIGN_IN}ENDS = {ends}\n{SCENE}"
    return json.loads(house.manage("shell", "-v0", "-c", script).splitlines()[-1])


@pytest.fixture(scope="module")
def desk(chromium, house: ChatServer, settled: Settled, made):
    desk = Desk(chromium, house.url, settled[1]["anna"])
    yield desk
    desk.leave()


@pytest.fixture(scope="module")
def ben(chromium, house: ChatServer, settled: Settled, made):
    watcher = Watcher(chromium, house.url, settled[1]["ben"], ROOM)
    yield watcher
    watcher.leave()


@pytest.fixture
def api(house: ChatServer, made):
    """REST by one of the tokens."""
    with httpx.Client(base_url=f"{house.url}/api/v1/", timeout=60, trust_env=False) as client:

        def by(name: str) -> httpx.Client:
            client.headers["authorization"] = f"Bearer {made[2][name]}"
            return client

        yield by


def tell(name: str, took: dict[str, float]) -> None:
    if os.environ.get("PROVE"):
        print(f"{name}: " + ", ".join(f"{way} {seconds * 1000:.0f} ms" for way, seconds in took.items()))


@pytest.mark.parametrize("name", SEEN)
def test_an_act_is_seen_by_page_stream_and_poll(name, made, desk, ben, api):
    row, scene = SEEN[name], Scene(desk, made[0].get(name), ben, api)
    row.before(scene)
    tell(name, ben.sees(lambda: row.act(scene), heard=row.heard, shown=row.shown))
    row.behind(scene)


@pytest.mark.parametrize("name", ENDS)
def test_an_act_that_ends_what_somebody_has_open_is_seen_there(name, made, desk, chromium, house, settled):
    keys, sessions, tokens = made
    session = sessions.get(name) or settled[1]["ben"]
    watcher = Watcher(chromium, house.url, session, ROOM, token=tokens.get(name, ""))
    shown = None if name in tokens else css("[data-component=connectionNotice]:not([hidden])")
    tell(name, watcher.sees(lambda: ENDS[name](desk, keys[name]), heard="ended", shown=shown))
    watcher.leave()


NOTE_NOTICES = """
window.noticed = "";
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const each of addedNodes) noticed += each.textContent;
}).observe(document.querySelector("#notices"), { childList: true });
"""


def test_who_reported_reads_in_an_open_page_that_it_is_decided(made, desk, ben):
    ben.page.evaluate(NOTE_NOTICES)
    desk.choose("chat/case", "ignore_selected", made[0]["ignored"], reason="all is well")
    ben.page.wait_for_function("noticed.includes('A moderator has decided on what you reported.')")
