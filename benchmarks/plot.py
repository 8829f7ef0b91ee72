"""The costs as a plot: a bar for each system, on a logarithmic scale."""

import math
from html import escape

from benchmarks.figures import Cell, Figures, short

WIDTH, NAMES, ROW, TITLE, GAP = 860, 210, 20, 30, 22
BAR = WIDTH - NAMES - 130
OURS, THEIRS, INK = "#1f6f78", "#b9c0c7", "#444"
PANELS = {
    "W1": ("us_per_delivery", "W1, one room of 200: µs of server CPU per delivery"),
    "W2": ("us_per_delivery", "W2, one room of 1,000: µs of server CPU per delivery"),
    "W3": ("us_per_delivery", "W3, 100 rooms of 10: µs of server CPU per delivery"),
    "W6": ("us_per_message", "W6, 250 rooms of 2: µs of server CPU per message"),
}


def draw(figures: Figures) -> str:
    """An SVG of the four workloads of talk, as far as they were measured."""
    parts: list[str] = []
    top = 8.0
    for work, (figure, title) in PANELS.items():
        costs = _costs(figures.get(work, {}), figure)
        if costs:
            parts += _panel(top, title, costs)
            top += TITLE + ROW * len(costs) + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top:.0f}" font-family="sans-serif">'
    ground = f'<rect width="{WIDTH}" height="{top:.0f}" fill="#fff"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])


def _costs(systems: dict[str, Cell], figure: str) -> list[tuple[str, float]]:
    found = ((name, cell.median(figure)) for name, cell in systems.items())
    return sorted(((name, cost) for name, cost in found if cost), key=lambda item: item[1])


def _panel(top: float, title: str, costs: list[tuple[str, float]]) -> list[str]:
    least, most = costs[0][1] / 2, costs[-1][1]
    parts = [_text(8, top + 16, title, "start", weight="bold")]
    for place, (name, cost) in enumerate(costs):
        y = top + TITLE + place * ROW
        length = BAR * math.log(cost / least) / math.log(most / least)
        colour = OURS if name.startswith("parley.") else THEIRS
        parts += [
            _text(NAMES - 8, y + 12, name, "end"),
            f'<rect x="{NAMES}" y="{y}" width="{length:.1f}" height="{ROW - 5}" fill="{colour}"/>',
            _text(NAMES + length + 6, y + 12, short(cost), "start"),
        ]
    return parts


def _text(x: float, y: float, text: str, anchor: str, *, weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="12" font-weight="{weight}" fill="{INK}">{escape(text)}</text>'
