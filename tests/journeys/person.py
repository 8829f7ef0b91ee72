"""Somebody at a browser of their own."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.patience import PATIENCE

PASSWORD = "harbour-light-9"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


class Person:
    """A signed-up person with one page open; every error that the browser prints is kept in `complaints`."""

    def __init__(self, browser: Browser, url: str, name: str, *, username: str = "", phone: bool = False) -> None:
        self.name = name
        self.username = username or name.lower()
        self.url = url
        size = PHONE if phone else DESK
        self.context = browser.new_context(base_url=url, viewport=size, has_touch=phone, is_mobile=phone)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        return page

    def come_in(self, session: str, path: str) -> "Person":
        """Opens this page as the person of this session."""
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
        self.page.goto(path)
        expect(self.page.locator("nav#rooms")).to_be_attached()
        return self

    def sign_up(self, path: str = "/sign-up/") -> "Person":
        """Makes the account at this page and comes in."""
        self.page.goto(path)
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name=re.compile("Make the")).click()
        expect(self.page.locator("nav#rooms")).to_be_attached()
        return self

    def make_room(self, title: str, *, private: bool = False) -> "Person":
        self.page.goto("/new/")
        self.page.get_by_label("Name").fill(title)
        if private:
            self.page.get_by_label("Only who is brought in").check()
        self.page.get_by_role("button", name="Make the room").click()
        return self.settled()

    def enter(self, room: str) -> "Person":
        """Opens a room and waits until it is live."""
        self.page.goto(f"/rooms/{room}/")
        return self.settled()

    def settled(self) -> "Person":
        """Here by the server's word, so the socket is open and subscribed."""
        expect(self.page.locator("#people [data-slot=here] [data-username]").first).to_be_attached()
        return self

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("Message to"))

    def send(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def message(self, text: str) -> Locator:
        """The message with this text."""
        return self.page.get_by_role("article").filter(has=self.page.locator(".body", has_text=text))

    def sees(self, text: str) -> None:
        """The message is there once, and acknowledged."""
        expect(self.message(text)).to_have_count(1)
        expect(self.message(text)).not_to_have_class(re.compile("pending|failed"))

    def texts(self) -> list[str]:
        """What the messages say, in their order."""
        return self.page.locator("article .body").all_inner_texts()

    def act(self, text: str, action: str) -> None:
        """Uses the action of this name on the message."""
        self.message(text).hover()
        self.message(text).get_by_role("button", name=action, exact=True).click()

    def room_link(self, title: str) -> Locator:
        return self.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=re.compile(title))
