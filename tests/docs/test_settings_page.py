"""The page of settings names every variable of the environment with its default, and none that is not read."""

import ast
from dataclasses import fields
from typing import Any, NamedTuple

import pytest

from chat.conf import Conf
from tests.docs.page import DOCS, PROJECT

PAGE = DOCS / "settings.md"


class Variable(NamedTuple):
    """A variable that is read; `default` is None where it is not a plain value."""

    name: str
    default: Any


def _variables(code: ast.AST) -> list[Variable]:
    """Every call of a method of env."""
    calls = [node for node in ast.walk(code) if isinstance(node, ast.Call) and _is_env(node.func)]
    return [Variable(ast.literal_eval(call.args[0]), _default(call)) for call in calls]


def _is_env(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "env"


def _default(call: ast.Call) -> Any:
    [default] = [each.value for each in call.keywords if each.arg == "default"]
    try:
        return ast.literal_eval(default)
    except ValueError:
        return None


SETTINGS = ast.parse((PROJECT / "config/settings.py").read_text())
LIMITS = [Variable(f"PARLEY_{each.name}", each.default) for each in fields(Conf)]
VARIABLES = [*_variables(SETTINGS), *LIMITS]


def _rows() -> dict[str, str]:
    """The default that the page names for each variable."""
    lines = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return {cells[1].strip(" `"): cells[3].strip() for cells in lines}


def _shown(default: Any) -> str:
    text = ",".join(default) if isinstance(default, list) else str(default)
    text = text.lower() if isinstance(default, bool) else text
    return f"`{text}`" if text else ""


def test_it_names_every_variable_and_no_other():
    assert len(VARIABLES) > 25
    assert sorted(_rows()) == sorted(each.name for each in VARIABLES)


@pytest.mark.parametrize(
    "variable", [each for each in VARIABLES if each.default is not None], ids=lambda each: each.name
)
def test_it_names_the_default(variable):
    shown = _rows()[variable.name]
    assert shown == _shown(variable.default) or (variable.default == "" and not shown.startswith("`")), shown
