"""What `pip install .` brings: all of the client, nothing of the server, and what the client imports."""

import ast
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "parley_client"
DESCRIPTION = tomllib.loads((PROJECT / "pyproject.toml").read_text())


def test_every_folder_of_the_client_is_packaged_and_no_other():
    folders = {".".join(file.parent.relative_to(PROJECT).parts) for file in PACKAGE.rglob("*.py")}
    assert set(DESCRIPTION["tool"]["setuptools"]["packages"]) == folders


def test_what_it_imports_is_what_it_depends_on():
    modules = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module.partition(".")[0])
    foreign = modules - sys.stdlib_module_names - {PACKAGE.name}
    assert foreign == {each.partition(">")[0] for each in DESCRIPTION["project"]["dependencies"]}
