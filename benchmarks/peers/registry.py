"""How the peers are started, each as its own documentation shows."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.systems import PEERS, Running, Stage, System, python, running
from benchmarks.wires import Poured, Raw, SocketIo, Tutorial, Wire
from tests.servers.program import Missing

NODE = PEERS / "node"
NCHAN = Path(os.environ.get("NCHAN_MODULE", "/usr/lib/nginx/modules/ngx_nchan_module.so"))
DAPHNE = python(
    *("-m", "daphne", "--endpoint", "tcp:port={port}:interface=127.0.0.1:backlog=2048"),
    *("--verbosity", "0", "benchmarks.peers.tutorial:application"),
)
UVICORN = python(
    *("-m", "uvicorn", "--port", "{port}", "--log-level", "warning", "benchmarks.peers.socketio_app:application")
)


def _node(script: str) -> list[str]:
    node = shutil.which("node")
    if not node or not (NODE / "node_modules").exists():
        raise Missing("no Node with the packages of benchmarks/peers/node")
    return [node, str(NODE / script)]


@contextmanager
def _node_ws(stage: Stage) -> Iterator[Running]:
    with running(stage, Raw(), [_node("ws.js")], PORT="{port}") as found:
        yield found


def _socket_io(workers: int) -> "System":
    @contextmanager
    def launch(stage: Stage) -> Iterator[Running]:
        url = stage.redis().url
        with running(
            stage, SocketIo(), [_node("socketio.js")] * workers, ["redis"], PORT="{port}", REDIS_URL=url
        ) as it:
            yield it

    return System(_name("socketio.node", workers), "Node Socket.IO, Redis adapter", launch, workers=workers)


def _python_socketio(workers: int) -> System:
    @contextmanager
    def launch(stage: Stage) -> Iterator[Running]:
        with running(stage, SocketIo(), [UVICORN] * workers, ["redis"], REDIS_URL=stage.redis().url) as found:
            yield found

    return System(_name("socketio.python", workers), "python-socketio on uvicorn, Redis", launch, workers=workers)


@contextmanager
def _broadcast(stage: Stage) -> Iterator[Running]:
    with running(stage, Raw(), [python("-m", "benchmarks.peers.broadcast")], PORT="{port}") as found:
        yield found


@contextmanager
def _nchan(stage: Stage) -> Iterator[Running]:
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not nginx or not NCHAN.exists():
        raise Missing("no nginx with nchan: install nginx and libnginx-mod-nchan, or set NCHAN_MODULE")
    folder = stage.new_folder()
    text = (PEERS / "nchan.conf").read_text().replace("MODULE", str(NCHAN)).replace("FOLDER", str(folder))
    (folder / "template").write_text(text)
    script = f"sed s/PORT/{{port}}/ {folder}/template > {folder}/conf && exec {nginx} -p {folder} -c {folder}/conf"
    with running(stage, Raw(), [["sh", "-c", script]]) as found:
        yield found


def _tutorial(layer: str, database: str = "", workers: int = 1) -> System:
    @contextmanager
    def launch(stage: Stage) -> Iterator[Running]:
        variables = {"LAYER": layer, "REDIS_URL": stage.redis().url, "DATABASE_URL": _database(stage, database)}
        if database:
            environment = os.environ | variables
            subprocess.run(python("-m", "benchmarks.peers.tutorial"), check=True, env=environment)
        helpers = ["redis", *(["postgres"] if database == "postgres" else [])]
        with running(stage, Tutorial(), [DAPHNE] * workers, helpers, **variables) as found:
            yield found

    name = {"": f"tutorial.{layer}", "sqlite": "tutorial.insert", "postgres": "tutorial.insert.postgres"}[database]
    stored = f", an insert for each message ({database})" if database else ""
    what = f"Channels tutorial on Daphne, {'RedisChannelLayer' if layer == 'redis' else 'pub/sub layer'}{stored}"
    return System(_name(name, workers), what, launch, stores=bool(database), workers=workers)


def _flood(name: str, what: str, wire: Wire) -> System:
    @contextmanager
    def launch(stage: Stage) -> Iterator[Running]:
        command = python("-m", "benchmarks.peers.flood", name.partition(".")[2])
        with running(stage, wire, [command], PORT="{port}") as found:
            yield found

    return System(name, what, launch, about=frozenset({"G"}))


def _database(stage: Stage, kind: str) -> str:
    if kind == "postgres":
        return stage.postgres().create(f"tutorial_{stage.new_folder().name.lower()}")
    return f"sqlite:///{stage.new_folder()}/tutorial.sqlite3" if kind else ""


def _name(name: str, workers: int) -> str:
    return name if workers == 1 else f"{name}.{workers}"


PEER_SYSTEMS = [
    System("ws.node", "Node ws, raw broadcast", _node_ws),
    System("ws.python", "websockets, broadcast()", _broadcast),
    System("nchan", "nginx nchan", _nchan),
    _socket_io(1),
    _socket_io(2),
    _python_socketio(1),
    _python_socketio(2),
    _tutorial("redis"),
    _tutorial("pubsub"),
    _tutorial("redis", "sqlite"),
    _tutorial("redis", "postgres"),
    _tutorial("redis", "postgres", workers=2),
    _flood("flood.raw", "the peers' frames, ready-made", Raw()),
    _flood("flood.chat", "the chat's frames, ready-made", Poured()),
]
