"""The sockets a server listens on."""

import errno
import socket
import sys

BACKLOG = 2048
UNSENT = 16 * 1024
"""Bytes that the kernel keeps for a client beside what is on its way. It would take megabytes, and a slow client who
reads them at leisure could not be told from one who reads nothing."""
ONE_EACH = sys.platform == "linux"
"""Only Linux spreads connections evenly over several sockets of one port."""


class CannotListen(Exception):
    """Why nobody can listen there, in one line."""


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """`count` listening sockets of one port, for a worker each; where the system spreads no connections over
    several, one socket `count` times. Port 0 takes a free one.

    Raises CannotListen.
    """
    try:
        first = _open(host, port)
        if count == 1 or not ONE_EACH:
            return [first] * count
        # The first has made sure that the port is nobody else's: sockets that share a port share it with anyone.
        port = first.getsockname()[1]
        first.close()
        return [_open(host, port, shared=True) for _ in range(count)]
    except OSError as error:
        raise CannotListen(_sentence(host, port, error)) from error


def inherited(descriptor: int) -> socket.socket:
    """The listening socket a parent process has opened. Raises CannotListen."""
    try:
        return socket.socket(fileno=descriptor)
    except OSError as error:
        raise CannotListen(f"Descriptor {descriptor} is no socket: {error.strerror}.") from error


def url_of(listener: socket.socket) -> str:
    """Where a browser finds what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _open(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        # Whoever is accepted here inherits it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
    return listener


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; choose another port."
    return f"Cannot listen on {host} port {port}: {error.strerror or error}."
