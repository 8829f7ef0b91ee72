"""`python -m benchmarks run` measures and appends to the results, and `report` makes tables and plots of them.

`quick` runs the chat alone, briefly, and fails on wrong results only: deliveries lost, doubled, out of order.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.machine import LOAD_CORE
from benchmarks.parley import PARLEY_SYSTEMS
from benchmarks.peers.registry import PEER_SYSTEMS
from benchmarks.profile import profiled
from benchmarks.report import now, report
from benchmarks.rooms import Times
from benchmarks.systems import PROJECT, Running, Stage, System
from benchmarks.work import WORK
from tests.servers.program import Missing

RESULTS = Path(__file__).with_name("results.jsonl")
PAGE = PROJECT / "docs" / "performance.md"
SYSTEMS = {system.name: system for system in [*PARLEY_SYSTEMS, *PEER_SYSTEMS]}
BRIEFLY = Times(warm_up=0.5, measured=1.5, drain=60.0, quiet=60.0)
"""A loaded machine is late, and what is late is not lost."""
FAULTS = ("failed", "absent", "missing", "doubled", "disordered", "dropped", "refused")
QUICK = [(["parley.sqlite"], ["W1", "W2", "W3", "W6", "W5"]), (["parley.postgres.2"], ["W2", "W3", "W5", "C"])]


def measure(stage: Stage, system: System, work: str, times: Times, profile: Path | None) -> dict[str, Any]:
    """One cell of the tables, once."""
    try:
        with system.launch(stage) as running:
            if profile:
                running.spied = partial(profiled, running, profile, f"{work}.{system.name}")
            figures = _watched(running, lambda: uvloop.run(WORK[work].measure(running, times)))
    except Missing as missing:
        figures = {"absent": str(missing)}
    except Exception as error:
        figures = {"failed": repr(error)[:300]}
    return {"at": now(), "work": work, "system": system.name, **figures}


def _watched(running: Running, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Measures, and how many cores others used meanwhile: what disturbed the figures."""
    others, began = running.cpu()["others"], time.monotonic()
    figures = measure()
    return figures | {"others_core": (running.cpu()["others"] - others) / (time.monotonic() - began)}


def run(
    systems: list[str], work: list[str], rounds: int, times: Times, results: Path, profile: Path | None = None
) -> list[dict[str, Any]]:
    """Measures everything so many times; in every round the systems come in another order."""
    stage = Stage()
    found = []
    try:
        for each in work:
            able = [name for name in systems if each in SYSTEMS[name].about]
            for _ in range(rounds):
                for name in random.sample(able, len(able)):
                    result = measure(stage, SYSTEMS[name], each, times, profile)
                    found.append(result)
                    with results.open("a") as file:
                        file.write(json.dumps(result) + "\n")
                    print(json.dumps(result), flush=True)
    finally:
        stage.close()
    return found


def _is_chosen(name: str, wanted: list[str]) -> bool:
    """Whether one of the words is the name, or its start and no name by itself."""
    return name in wanted or name.startswith(tuple(word for word in wanted if word not in SYSTEMS))


def quick() -> int:
    """A short run of the chat alone; the number of results that are wrong. How long it took is no matter."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as results:
        found = [result for systems, work in QUICK for result in run(systems, work, 1, BRIEFLY, Path(results.name))]
    wrong = [result for result in found if any(result.get(fault) for fault in FAULTS)]
    for result in wrong:
        print(f"WRONG: {result['work']} on {result['system']}: { {name: result.get(name) for name in FAULTS} }")
    print(f"{len(found) - len(wrong)} passed, {len(wrong)} failed")
    return len(wrong)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    running = actions.add_parser("run")
    running.add_argument("--systems", default="", help="names, or starts of names, with spaces; all when left out")
    running.add_argument("--work", default="", help="workloads, with spaces; all when left out")
    running.add_argument("--rounds", type=int, default=3)
    running.add_argument("--seconds", type=float, default=4.0)
    running.add_argument("--results", type=Path, default=RESULTS)
    running.add_argument("--profile", type=Path, help="a folder for what py-spy sees meanwhile")
    actions.add_parser("quick")
    reporting = actions.add_parser("report")
    reporting.add_argument("--results", type=Path, default=RESULTS)
    reporting.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    if chosen.action == "quick":
        sys.exit(bool(quick()))
    if chosen.action == "report":
        report(chosen.results, chosen.page)
        return
    systems = [name for name in SYSTEMS if not chosen.systems or _is_chosen(name, chosen.systems.split())]
    run(
        systems,
        chosen.work.split() or list(WORK),
        chosen.rounds,
        Times(measured=chosen.seconds),
        chosen.results,
        chosen.profile,
    )


if __name__ == "__main__":
    main()
