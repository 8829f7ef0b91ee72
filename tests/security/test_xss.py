"""A corpus of markup in every text that people may write, and every page with it in a browser: nothing runs."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.inhabited import PASSWORD, Chat, starting_chats

pytestmark = pytest.mark.servers

RUN = "window.ran=1"
CORPUS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"\"'><svg/onload={RUN}>",
    f"</title></textarea><script>{RUN}</script>",
    f"</script><script>{RUN}//",
    f"<!--<script>{RUN}//-->",
    f"javascript:{RUN}",
    f"[x](javascript:{RUN})",
    f'![x](x"onerror="{RUN})',
    f"<javascript:{RUN}>",
    f"' autofocus onfocus={RUN} x='",
    f"<iframe srcdoc='<script>{RUN}'>",
    f"<a href=data:text/html,<script>{RUN}>x",
    "{{constructor.constructor('window.ran=1')()}}",
    f"<math><a xlink:href=javascript:{RUN}>x",
]
WRITE = """
from chat.models import Invite
from chat.services import accounts, memberships, messages, rooms, tokens
from chat.services.posting import Send, post_messages
from django.contrib.auth.models import Group, User
from django.utils import timezone

anna = User.objects.get(username="anna")
rooms.create_room(actor=anna, slug="pit")
for number, text in enumerate({corpus}):
    mallory = accounts.make_person(username=f"mallory{{number}}", display_name=text)
    memberships.join_room(actor=mallory, room="pit")
    rooms.create_room(actor=anna, slug=f"pit-{{number}}", title=text, topic=text)
    post_messages([Send(mallory.pk, "pit", f"one-{{number}}", text), Send(mallory.pk, "pit", f"two-{{number}}", text)])
    last = post_messages([Send(anna.pk, "pit", f"three-{{number}}", f"{{text}} @mallory{{number}}")])[0].message
    messages.delete_message(actor=anna, room="pit", seq=last.seq - 1, reason=text)
    tokens.create_token(actor=anna, person=anna, name=text)
    Invite.objects.create(digest=str(number), note=text, made_by=anna, made_at=timezone.now())
    Group.objects.create(name=text)
"""
PAGES = [
    "/rooms/pit/", "/rooms/pit-0/", "/browse/", "/people/", "/people/?q=<script>window.ran=1</script>",
    "/browse/?q='\"><script>window.ran=1</script>", "/settings/", "/settings/tokens/", "/settings/data/",
    "/settings/security/", "/admin/", *(f"/admin/chat/{table}/" for table in (
        "room", "message", "membership", "event", "apitoken", "invite",
    )), "/admin/auth/user/", "/admin/auth/group/", "/admin/chat/membership/add/", "/api/docs/",
    "/nowhere/<script>window.ran=1</script>", "/admin/chat/message/?q=<script>window.ran=1</script>",
]  # fmt: skip


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the browser says of the policy, and every dialog that opened."""
    return []


@pytest.fixture(scope="module")
def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """A chat full of it."""
    for start in starting_chats(request, tmp_path_factory):
        chat = start()
        chat.server.manage("shell", "--no-imports", "--command", WRITE.format(corpus=json.dumps(CORPUS)))
        yield chat


@pytest.fixture(scope="module")
def page(chat: Chat, chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """Anna, who administers it, at a page of her own."""
    context = chromium.new_context(base_url=chat.server.url)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.goto("/sign-in/")
    page.locator("[name=login]").fill("anna")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    expect(page.locator("nav#rooms")).to_be_attached()
    yield page
    context.close()


def ran(page: Page) -> bool:
    return bool(page.evaluate("'ran' in window"))


def test_nothing_runs_on_any_page(page: Page, complaints: list[str]) -> None:
    found = [address for address in PAGES if page.goto(address) and ran(page)]
    for table in ("room", "message", "membership", "event", "apitoken", "invite"):
        page.goto(f"/admin/chat/{table}/")
        page.locator("#result_list tbody a").first.click()
        found += [table] * ran(page)
    assert (found, complaints) == ([], [])


def test_nothing_runs_that_comes_live_or_is_typed(page: Page, complaints: list[str]) -> None:
    page.goto("/rooms/pit/")
    expect(page.locator("#people [data-slot=here] [data-username]").first).to_be_attached()
    field = page.get_by_role("textbox", name=re.compile("Message to"))
    for number, text in enumerate(CORPUS[:8]):
        field.fill(f"{text} live-{number}")
        field.press("Enter")
    expect(page.locator("article .body", has_text="live-7")).to_be_visible()
    expect(page.locator("article.pending")).to_have_count(0)
    assert (ran(page), complaints) == (False, [])


def test_the_corpus_runs_where_nothing_stands_against_it(page: Page) -> None:
    """Else the tests above would show nothing."""
    page.goto("about:blank")
    page.set_content(CORPUS[0])
    assert ran(page)
