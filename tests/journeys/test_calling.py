"""Being called while one looks elsewhere."""

import re

from playwright.sync_api import expect

from tests.journeys.person import Person

DESKTOP = """
window.Notification = class {
  static permission = "default";
  static async requestPermission() { Notification.permission = "granted" }
  constructor(title, { body }) { document.documentElement.dataset.notice = `${title}: ${body}` }
  close() { document.documentElement.dataset.notice = "closed" }
};
document.hasFocus = () => false;
"""


def test_the_desktop_tells_of_mentions_after_asking_and_forgets_what_is_deleted(
    anna: Person, ben: Person, harbour: str
) -> None:
    ben.context.add_init_script(DESKTOP)
    ben.enter(harbour)
    ben.page.get_by_role("button", name="Tell me on the desktop").click()
    expect(ben.page.get_by_role("button", name="Tell me on the desktop")).to_be_hidden()
    anna.send("nothing of note")
    anna.send(f"@{ben.username} the crane is stuck")
    ben.sees("the crane is stuck")
    notice = f"Anna in {harbour}: @{ben.username} the crane is stuck"
    expect(ben.page.locator("html")).to_have_attribute("data-notice", notice)
    expect(ben.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("/mark-unread.svg$"))
    anna.act("the crane is stuck", "Delete")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(ben.page.locator("html")).to_have_attribute("data-notice", "closed")
