"""The table in the documents is the table in the code."""

from pathlib import Path

import pytest

from parley_client.states import TABLE, Action, Signal, State

PAGE = Path(__file__).parents[2] / "docs/client-states.md"


def rows(heading):
    """The rows of the table below a heading of the page, without its head."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_and_the_code_have_the_same_table():
    documented = {}
    for states, signal, next_state, actions in rows("The table"):
        for state in states.split(", "):
            to = State(state if next_state == "the same" else next_state)
            documented[State(state), Signal(signal)] = (to, tuple(Action(each) for each in actions.split(", ") if each))
    assert documented == TABLE


@pytest.mark.parametrize(("heading", "names"), [("States", State), ("What happens", Signal), ("What is done", Action)])
def test_every_name_is_explained(heading, names):
    assert [row[0] for row in rows(heading)] == list(names)


def test_nothing_leads_out_of_closed():
    assert not [signal for state, signal in TABLE if state is State.CLOSED]


def test_whatever_ends_a_connection_drops_it():
    linked = {State.CONNECTING, State.AUTHENTICATING, State.CATCHING_UP, State.LIVE}
    for (state, signal), (to, actions) in TABLE.items():
        stays = to in linked and Action.OPEN not in actions
        assert stays or state not in linked or Action.DROP in actions, f"{state} × {signal}"
