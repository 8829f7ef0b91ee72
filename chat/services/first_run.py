"""What an installation needs before its first visitor."""

from typing import NamedTuple

from chat.queries.installation import has_admin
from chat.services.demo import make_demo
from chat.services.installation import setup_code
from chat.services.rooms import ensure_lobby


class Prepared(NamedTuple):
    """The code for the first administrator, empty once there is one, and the demo people."""

    setup_code: str
    demo_people: list[str]


def prepare(*, demo: bool) -> Prepared:
    """Makes the lobby, with `demo` also people and rooms to look at; done again it changes nothing."""
    people = make_demo() if demo else []
    ensure_lobby()
    return Prepared("" if has_admin() else setup_code(), people)
