"""Every page for everybody: no violation that axe can find, in light and dark."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


TALK = """Things to bring:
- `berth.plan`
- **two** lamps

> and https://example.org

```python
# all of it
def bring(lamps=2):
    return "aboard"
```
```diff
+more
-less
```"""
SETTLED = "() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))"


def check(page: Page, *rules: str) -> None:
    """Fails with what axe says of the page as it stands, in light and in dark."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate(SETTLED)
        # What is no colour is the same in both.
        wanted = list(rules or (*WCAG, "best-practice"))
        options = {"runOnly": wanted} if theme == "light" else {"runOnly": ["color-contrast", "link-in-text-block"]}
        results = Axe().run(page, options=options)
        assert results.violations_count == 0, f"{page.url} in {theme}\n{results.generate_report()}"


def test_rooms_are_accessible_with_talk_in_them(anna: Person, ben: Person) -> None:
    anna.send(TALK)
    ben.send("@anna thanks")
    anna.sees("thanks")
    anna.send("🎉")
    anna.sees("🎉")
    anna.act("thanks", "React")
    anna.page.get_by_role("button", name="React with 🎉").click()
    anna.act("thanks", "Reply")
    anna.send("\u200b")
    anna.page.locator(".failed").wait_for()
    anna.message("thanks").hover()
    check(anna.page)
    for accent in ("cobalt", "plum"):
        anna.page.evaluate("(accent) => { document.documentElement.dataset.accent = accent }", accent)
        check(anna.page, "color-contrast")
    anna.act("thanks", "Delete")
    check(anna.page)


def test_pages_are_accessible(anna: Person, arrive: Arrive, harbour: str) -> None:
    cleo = arrive("Cleo")
    pages = ("/", "/browse/", "/browse/?q=nothing", "/new/", "/people/", f"/rooms/{harbour}/", "/offline/")
    settings = (
        "",
        "account/",
        "security/",
        "security/first-password/",
        "security/two-factor/",
        "tokens/",
        "reports/",
        "data/",
    )
    for path in (*pages, *(f"/settings/{page}" for page in settings)):
        cleo.page.goto(path)
        check(cleo.page)
    cleo.page.goto("/")
    cleo.page.get_by_role("button", name="Sign out").click()
    for path in ("/sign-in/", "/sign-up/", "/reset/", "/reset/sent/", "/nowhere/", "/admin/login/"):
        cleo.page.goto(path)
        check(cleo.page)
    cleo.complaints.clear()


def test_a_phone_is_accessible_with_its_drawers_open(anna: Person, arrive: Arrive, harbour: str) -> None:
    ben = arrive("Ben", room=harbour, phone=True)
    for name in ("Rooms", "People"):
        ben.page.get_by_role("button", name=name).first.tap()
        check(ben.page, *WCAG)  # the conversation behind the drawer is inert, and with it the main region
        ben.page.keyboard.press("Escape")
    check(ben.page)
