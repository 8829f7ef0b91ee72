"""Draws the icons of the installed app from the mark: `python -m tests.web.make_icons`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import OPTIONS, executable

CHAT = Path(__file__).parents[2] / "chat/static/chat"
COLOUR = "#00756f"
ICONS = {"192": (192, "transparent", 1.0), "512": (512, "transparent", 1.0), "maskable-512": (512, COLOUR, 0.8)}
"""Size, ground, and the part of it that the mark takes: devices cut the outer tenth of a maskable icon away."""


def draw() -> None:
    """Writes all icons."""
    mark = (CHAT / "mark.svg").read_text()
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=executable(playwright), args=OPTIONS).new_page()
        for name, (size, ground, part) in ICONS.items():
            page.set_viewport_size({"width": size, "height": size})
            style = f"margin:0;background:{ground};display:grid;place-items:center;height:100vh"
            page.set_content(f'<body style="{style}">{mark.replace("<svg", f"<svg width={size * part}", 1)}')
            page.screenshot(path=CHAT / f"app-icons/{name}.png", omit_background=True)


if __name__ == "__main__":
    draw()
