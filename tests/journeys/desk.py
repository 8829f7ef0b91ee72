"""The admin in a browser tab, whose forms are sent as the browser sends them."""

from playwright.sync_api import Browser

from tests.patience import PATIENCE

SEND = """
async ([path, fields]) => {
  const token = /csrftoken=([^;]*)/.exec(document.cookie)[1];
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token });
  const answer = await fetch(path, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const blamed = [...page.querySelectorAll(".errorlist, .errornote, .messagelist .error")];
  return answer.ok ? blamed.map((each) => each.textContent.trim()).join(" ") : `status ${answer.status}`;
}
"""


class Desk:
    """Sends what the forms of the admin would send, in the session of somebody who may."""

    def __init__(self, browser: Browser, url: str, session: str) -> None:
        self.context = browser.new_context(base_url=url)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self.page = self.context.new_page()
        self.page.goto("/admin/chat/room/add/")

    def send(self, path: str, **fields: str) -> None:
        """One form; fails with what the page that came blames."""
        blamed = self.page.evaluate(SEND, [f"/admin/{path}", fields])
        assert not blamed, f"{path}: {blamed}"

    def choose(self, table: str, action: str, key: object, **fields: str) -> None:
        """An action on one row, confirmed."""
        chosen = {"action": action, "_selected_action": str(key), "post": "yes", "index": "0"}
        self.send(f"{table}/", **chosen, **fields)

    def delete(self, table: str, key: object, **fields: str) -> None:
        """The delete page of one row, confirmed."""
        self.send(f"{table}/{key}/delete/", post="yes", **fields)

    def leave(self) -> None:
        self.context.close()
