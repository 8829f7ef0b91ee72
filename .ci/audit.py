"""Looks up known faults of everything that is installed; the exit code is 1 if there is one.

Where the advisory service does not answer, or does not know a package, that is said loudly and is no failure: nothing
is known against the package then, and nothing for it.
"""

import json
import subprocess
import sys
from typing import Any


def report() -> dict[str, Any]:
    """What pip-audit found out; empty when it could ask nobody."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {}
    return found


def verdict(found: dict[str, Any]) -> tuple[list[str], int]:
    """What is to be said of a report, and the exit code."""
    packages = found.get("dependencies", [])
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in packages
        for fault in each.get("vulns", [])
    ]
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    asked = len(packages) - len(unknown)
    if not asked:
        return ["NOT AUDITED: the advisory service could not be asked about any package."], 0
    lines = faults or [f"Nothing is known against {asked} packages."]
    if unknown:
        lines.append(f"NOT AUDITED: {', '.join(unknown)}.")
    return lines, 1 if faults else 0


if __name__ == "__main__":
    said, code = verdict(report())
    print(*said, sep="\n")
    sys.exit(code)
