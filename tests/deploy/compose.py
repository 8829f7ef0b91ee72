"""docker-compose.yml and Dockerfile as an engine would read them."""

import json
import re
import shlex
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2]
COMPOSE = PROJECT / "docker-compose.yml"
DOCKERFILE = PROJECT / "Dockerfile"
EXAMPLE = PROJECT / ".env.example"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class Unset(Exception):
    """A variable that must be set is not."""


def example(**given):
    """The variables of .env.example, with some given."""
    lines = (line.partition("=") for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in lines} | given


def services(variables):
    """The services with these variables in place. Raises Unset."""

    def value(match):
        found = variables.get(match[1], "")
        if not found and match[2] == "?":
            raise Unset(match[1])
        return found or (match[3] or "")

    return yaml.safe_load(VARIABLE.sub(value, COMPOSE.read_text()))["services"]


def instructions():
    """The instructions of the Dockerfile with their words, in order."""
    joined = DOCKERFILE.read_text().replace("\\\n", "")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def last(name):
    """The words of the instruction that counts."""
    return [words for each, words in instructions() if each == name][-1]


def command(words):
    """A command in the form of a list."""
    return json.loads(words[words.index("[") :])


def copied():
    """What the image takes from this folder: sources of each COPY."""
    copies = [shlex.split(words) for name, words in instructions() if name == "COPY"]
    return [source for words in copies if not words[0].startswith("--from") for source in words[:-1]]
