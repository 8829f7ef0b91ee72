"""`manage.py serve`: the chat on a port, by one worker or several."""

import argparse
import asyncio
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.module_loading import import_string

from chat.realtime.listening import CannotListen, inherited, listen, url_of
from chat.realtime.server import serve
from chat.realtime.supervisor import Supervisor
from chat.telemetry import share_metrics


class Command(BaseCommand):
    help = (
        "Serve the chat. SIGTERM finishes requests, closes sockets and exits with 0. "
        "With several workers, one that dies is replaced, and SIGHUP renews them one by one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (%(default)s)")
        parser.add_argument("--workers", type=int, default=1, help="processes on the one port (%(default)s)")
        parser.add_argument("--fd", type=int, help="serve on this inherited listening socket instead")
        parser.add_argument("--leash", type=int, help=argparse.SUPPRESS)

    def handle(self, *, host: str, port: int, workers: int, fd: int | None, leash: int | None, **_: Any) -> None:
        if workers < 1:
            raise CommandError("--workers must be at least 1.")
        if workers > 1:
            self._refuse_lonely_workers()
        try:
            listeners = listen(host, port, workers) if fd is None else [inherited(fd)]
        except CannotListen as error:
            raise CommandError(str(error)) from error
        if workers > 1:
            self._supervise(listeners)
        else:
            self._serve(listeners[0], leash)

    def _refuse_lonely_workers(self) -> None:
        if connection.vendor == "sqlite":
            raise CommandError(
                "SQLite has one writer, so one worker serves it; for more, set DATABASE_URL to a PostgreSQL database."
            )
        if not settings.REDIS_URL:
            raise CommandError(
                "Several workers tell each other what is new over Redis; set REDIS_URL for more than one."
            )

    def _serve(self, listener: socket.socket, leash: int | None) -> None:
        application = import_string(settings.ASGI_APPLICATION)
        url = url_of(listener)
        if leash is None:
            serve(application, listener, ready=lambda: self._announce(url))
        else:
            serve(application, listener, leash=socket.socket(fileno=leash))

    def _supervise(self, listeners: list[socket.socket]) -> None:
        url = url_of(listeners[0])
        command = [sys.executable, sys.argv[0], "serve", "--skip-checks"]
        with tempfile.TemporaryDirectory(prefix="parley-metrics-") as folder:
            share_metrics(Path(folder))
            served = asyncio.run(Supervisor(command, listeners).run(ready=lambda: self._announce(url)))
        if not served:
            raise CommandError("The workers could not start; the lines above say why.")

    def _announce(self, url: str) -> None:
        self.stdout.write(f"Listening on {url}")
        self.stdout.flush()
