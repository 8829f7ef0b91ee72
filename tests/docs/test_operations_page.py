"""The page of operations names every metric and log line, and a message is followed as it says."""

import ast
import asyncio
import json
import re

from prometheus_client.metrics import MetricWrapperBase

from chat import telemetry
from tests.docs.page import DOCS, PROJECT, blocks, fits, table_keys

PAGE = DOCS / "operations.md"


def _cells(heading: str) -> list[str]:
    return [row.split("{")[0] for row in table_keys(PAGE, heading)]


async def test_every_metric_is_explained_and_served(chat):
    async with chat.http() as http:
        served = (await http.get(f"{chat.server.url}/metrics")).text
    named = _cells("## Metrics")
    assert all(f"# TYPE {name} " in served for name in named)
    ours = [each for each in vars(telemetry).values() if isinstance(each, MetricWrapperBase)]
    assert len(named) == len(ours)
    text = PAGE.read_text()
    for metric in ours:
        [family] = metric.describe()
        labels = f"{{{','.join(metric._labelnames)}}}" if metric._labelnames else ""
        assert any(f"`{name}{labels}`" in text for name in (family.name, f"{family.name}_total"))


async def test_the_addresses_answer_as_it_says(chat):
    async with chat.http() as http:
        assert _cells("## Is it well?") == ["/livez", "/readyz", "/metrics"]
        assert (await http.get(f"{chat.server.url}/livez")).json() == {"status": "ok"}
        parts = (await http.get(f"{chat.server.url}/readyz")).json()["parts"]
    assert all(f"`{part}`" in PAGE.read_text() for part in parts)


def test_every_line_of_the_chat_is_named_with_its_level_and_fields():
    """The lines that the code logs with structured fields, and no other, are in the table."""
    logged = {line for path in (PROJECT / "chat").rglob("*.py") for line in _lines(ast.parse(path.read_text()))}
    rows = [row.split("|")[1:4] for row in PAGE.read_text().splitlines() if row.startswith("| `")]
    named = {
        (cells[0].strip(" `"), cells[1].strip(), frozenset(cells[2].replace("`", "").replace(" ", "").split(",")))
        for cells in rows
        if len(cells) == 3 and cells[1].strip() in ("debug", "info", "warning", "error")
    }
    assert len(logged) > 4
    assert named == logged


def _lines(code: ast.AST) -> set[tuple[str, str, frozenset[str]]]:
    return {
        (node.args[0].value, node.func.attr, frozenset(str(each.arg) for each in node.keywords))
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


async def test_a_message_is_followed_by_the_command_that_is_shown(start_chat):
    settings, command, shown = (block.text for block in blocks(PAGE))
    variables = dict(word.split("=") for word in settings.splitlines()[0].removeprefix("export ").split())
    chat = start_chat(**variables)
    async with chat.rest("anna") as rest:
        (await rest.post("rooms", json={"room": "general"})).raise_for_status()
    async with await chat.connect("ben") as ben, await chat.connect("anna") as anna:
        await ben.say("general", "ahoy")
        await anna.subscribe("general", 3)
        await ben.subscribe("general", 3)
        await anna.say("general", "followed")
        await ben.reach("general", 4)
    (chat.server.folder / "parley.log").symlink_to(chat.server.log)
    process = await asyncio.create_subprocess_shell(
        command.replace('"seq": 3', '"seq": 4'), cwd=chat.server.folder, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    expected = [json.loads(line) | {"seq": 4, "worker": chat.server.pid} for line in shown.splitlines()]
    assert fits(expected, [json.loads(line) for line in output.splitlines()], {})


def test_the_dashboard_shows_every_metric_and_no_other():
    panels = json.loads((PROJECT / "deploy/grafana/parley.json").read_text())["panels"]
    asked = {name for panel in panels for each in panel["targets"] for name in re.findall(r"parley_\w+", each["expr"])}
    assert {name.removesuffix("_bucket") for name in asked} == set(_cells("## Metrics"))
