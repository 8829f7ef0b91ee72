"""The chat's settings, with these views beside its own."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.peers.rest.urls"
