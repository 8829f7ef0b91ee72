"""What the demo people say to each other."""

from typing import NamedTuple

from chat.domain.shapes import RoleName, RoomKind


class Line(NamedTuple):
    """Somebody says something; `answers` counts lines back, `reactions` are emoji with who chose them."""

    author: str
    body: str
    answers: int = 0
    reactions: dict[str, str] = {}
    edited: str = ""


class Story(NamedTuple):
    """A room, who is in it (those who own it first), and what was said there."""

    slug: str
    title: str
    topic: str
    people: str
    lines: tuple[Line, ...]
    kind: RoomKind = "open"
    first_role: RoleName = "owner"


PEOPLE = {
    "anna": "Anna Lindqvist",
    "ben": "Ben Okafor",
    "chloe": "Chloé Martin",
    "dmitri": "Дмитрий Волков",
    "emi": "田中 恵美",
    "farid": "Farid Rahimi",
    "mona": "Mona Petersen",
    "spiro": "Spiro Deals",
    "builder": "Builder",
}
BOTS = {"builder"}
MODERATOR, BANNED = "mona", "spiro"
REPORTS = (
    ("emi", "spiro", "kitchen", "Advertising, and not for the first time"),
    ("chloe", "ben", "kitchen", "Is this meant for me?"),
)
"""Who reports the last message of whom, where and why."""

STORIES = (
    Story(
        "general",
        "General",
        "Where everyone begins. Say hello!",
        "anna ben chloe dmitri emi farid mona spiro builder",
        (
            Line(
                "anna", "Good morning! The new chat is up, please tell me what you miss.", reactions={"🎉": "ben emi"}
            ),
            Line("ben", "It is fast. I like that the unread line stays where I left it."),
            Line("chloe", "Bonjour ! Is there a room for the office move?"),
            Line("anna", "Not yet. Make one, everybody can.", answers=1, reactions={"👍": "chloe"}),
            Line(
                "farid", "For those who type more than they click: **bold**, _italic_, `code` and ~~regrets~~ all work."
            ),
            Line("dmitri", "Привет! Ссылки тоже: https://example.org/handbook", reactions={"👀": "anna emi farid"}),
            Line("emi", "おはようございます。日本語も問題ありません 👍", reactions={"❤️": "anna chloe", "👍": "ben"}),
            Line("builder", "Build 418 passed in 3 min 12 s."),
            Line(
                "ben", "@builder you are my favourite colleague.", answers=1, reactions={"😂": "anna chloe farid emi"}
            ),
            Line(
                "chloe",
                "Lunch at twelve, usual place. Who comes?",
                edited="Lunch at half past twelve, usual place. Who comes?",
            ),
            Line("farid", "Me.", answers=1),
            Line("dmitri", "Me too, and I bring @emi.", answers=2, reactions={"🙏": "emi"}),
        ),
        first_role="member",
    ),
    Story(
        "kitchen",
        "Kitchen",
        "Coffee, cake and the dishwasher",
        "chloe anna spiro ben emi",
        (
            Line("chloe", "The dishwasher is full and clean. Whoever reads this first…"),
            Line("ben", "I have not read this.", answers=1, reactions={"😂": "chloe anna"}),
            Line("emi", "Cake! On the table, until it is not.", reactions={"🎂": "anna ben chloe", "🙏": "ben"}),
            Line("anna", "Recipe please?", answers=1),
            Line("emi", "- 200 g flour\n- 3 eggs\n- 150 g sugar\n- a lemon\n\n40 minutes at 180 °C.", answers=1),
            Line("spiro", "Watches, as good as new, at half the price! Write to me: https://example.org/watches"),
            Line("ben", "Whoever loads the dishwasher like that should not be let near the servers either."),
        ),
    ),
    Story(
        "release",
        "Release 2.0",
        "What is left before Friday",
        "ben dmitri farid builder",
        (
            Line("ben", "Three things are left: the importer, the manual, and the release notes."),
            Line("dmitri", "The importer is done, it only needs a second pair of eyes.", reactions={"👀": "farid"}),
            Line(
                "farid",
                "Looked. One question:\n\n```python\nif not rows:\n    return None\n```\n\nWhy not an empty list?",
                answers=1,
            ),
            Line("dmitri", "> Why not an empty list?\n\nBecause I did not think of it. Changed.", answers=1),
            Line("builder", "Build 421 failed: 1 test of 1,284. See https://example.org/builds/421"),
            Line("dmitri", "Mine, sorry. @ben give me ten minutes.", answers=1),
            Line("builder", "Build 422 passed in 3 min 9 s.", reactions={"✅": "ben dmitri", "🎉": "farid"}),
        ),
        kind="private",
    ),
    Story(
        "",
        "",
        "",
        "anna ben",
        (
            Line("anna", "Do you have five minutes for the budget today?"),
            Line("ben", "After three, gladly. I will come over."),
            Line("anna", "Perfect.", reactions={"👍": "ben"}),
        ),
        kind="direct",
        first_role="member",
    ),
)
