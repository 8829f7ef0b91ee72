"""What docker-compose.yml and the Dockerfile name is run here without an engine, as the same commands with the same
variables: only addresses, ports and folders are those of this machine.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest

from tests.conformance.sizes import PROVE
from tests.deploy import compose
from tests.patience import PATIENCE
from tests.servers.certificate import make_certificate
from tests.servers.nginx import TEMPLATES, Nginx, fill_in, servers
from tests.servers.program import PROGRAMS, Missing, Program, free_port, listens

VARIABLES = compose.example(PARLEY_HOST="chat.example.org", POSTGRES_PASSWORD="quay7", PARLEY_TLS="false")
SERVICES = compose.services(VARIABLES)
BIN = Path(sys.executable).parent


def test_the_file_is_what_the_specification_calls_compose():
    checker = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", compose.COMPOSE]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_example_lacks_the_password_alone_and_nothing_starts_without_it():
    with pytest.raises(compose.Unset, match="POSTGRES_PASSWORD"):
        compose.services(compose.example())
    compose.services(compose.example(POSTGRES_PASSWORD="quay7"))


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_bounded_unprivileged_and_cannot_write_to_itself(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] not in ("root", "0")
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert name == "migrate" or service["healthcheck"]["test"][0] == "CMD"
    assert ("ports" in service) == (name == "nginx"), "only the proxy is open to the world"


def test_the_image_copies_what_is_there_and_not_ignored():
    ignored = (compose.PROJECT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    for source in compose.copied():
        assert (compose.PROJECT / source).exists()
        assert f"!{source}" in ignored


def test_the_image_serves_as_the_workers_of_compose_do():
    worker = SERVICES["worker"]
    assert compose.command(compose.last("CMD")) == worker["command"]
    assert ["CMD", *compose.command(compose.last("HEALTHCHECK"))] == worker["healthcheck"]["test"]
    assert compose.last("USER") == worker["user"]
    assert f"PARLEY_DATA_DIR={worker['environment']['PARLEY_DATA_DIR']}" in compose.last("ENV")


def test_the_image_gets_the_packages_that_the_tests_run_with(tmp_path):
    """Named with their versions; with PROVE=1 the Dockerfile's own line installs them in a fresh environment."""
    pinned = (compose.PROJECT / "deploy/constraints.txt").read_text().splitlines()
    wanted = (compose.PROJECT / "requirements.txt").read_text().splitlines()
    assert {re.sub(r"\[.*\]", "", line) for line in wanted if "==" in line} <= set(pinned)
    if PROVE:
        [line] = [words for name, words in compose.instructions() if name == "RUN" and "pip install" in words]
        for source in ("requirements.txt", "deploy/constraints.txt"):
            shutil.copy(compose.PROJECT / source, tmp_path)
        subprocess.run([sys.executable, "-m", "venv", tmp_path / "parley"], check=True)
        here = re.sub("/opt/|/tmp/", f"{tmp_path}/", line)
        subprocess.run(["sh", "-ec", here], check=True)
        subprocess.run([tmp_path / "parley/bin/python", "-c", "import django, daphne, psycopg, PIL"], check=True)


class Service(Program):
    """A service of compose as a process here."""

    def __init__(self, folder, command, environment, cwd, port):
        super().__init__(folder)
        self._command, self._environment, self._port = (
            ["sh", "-c", 'cd "$0" && exec "$@"', cwd, *command],
            environment,
            port,
        )

    def command(self):
        return self._command

    def environment(self):
        return self._environment

    def answers(self):
        return listens(self._port)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What the image holds of this folder."""
    root = tmp_path_factory.mktemp("image")
    for source in compose.copied():
        path = compose.PROJECT / source
        if path.is_dir():
            shutil.copytree(path, root / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, root)
    return root


@pytest.fixture(scope="module")
def composed(request, image, postgres_server, redis_server, tmp_path_factory):
    """The migrate step done, a worker and the proxy running."""
    folder = tmp_path_factory.mktemp("composed")
    name, port = f"parley_{uuid4().hex}", free_port()
    here = {
        "postgres://parley:quay7@postgres:5432/parley": postgres_server.create(name),
        "redis://redis:6379/0": redis_server.url,
        VARIABLES["PARLEY_SUBNET"]: "127.0.0.1",
        "/data": str(folder),
        "8000": str(port),
    }
    environment = _environment(SERVICES["worker"], here)
    run = partial(subprocess.run, cwd=image, env=environment, capture_output=True, text=True, check=False)
    migrated = run(_moved(SERVICES["migrate"]["command"], here))
    assert migrated.returncode == 0, migrated.stderr
    worker = Service(folder, _moved(SERVICES["worker"]["command"], here), environment, image, port)
    nginx = _nginx(folder / "nginx", folder / "static", SERVICES["nginx"]["environment"])
    programs = [worker, nginx]
    request.node.stash.setdefault(PROGRAMS, []).extend(programs)
    worker.start()
    nginx.serve([port])
    yield SimpleNamespace(said=migrated.stdout, run=run, here=here, nginx=nginx, data=folder)
    codes = [program.stop() for program in reversed(programs)]
    postgres_server.drop(name)
    assert codes == [0, 0]


def _nginx(folder, static, named, certificates=None):
    """The proxy with the variables that compose names, of which it needs every one."""
    try:
        nginx = Nginx(folder, static=static, certificates=certificates)
    except Missing as missing:
        pytest.skip(f"NOT TESTED: {missing}")
    ours = nginx.variables("")
    assert named.keys() == ours.keys()
    assert named["PARLEY_BODY_BYTES"] == ours["PARLEY_BODY_BYTES"]
    return nginx


def _environment(service, here):
    """The variables of a service, and what runs Python here."""
    given = {**service["environment"], "PATH": f"{BIN}:{os.environ['PATH']}"}
    return {name: _put(value, here) for name, value in given.items()}


def _moved(command, here):
    return [_put(word, here) for word in command]


def _put(text, here):
    for there, found in here.items():
        text = text.replace(there, found)
    return text


def test_the_migrate_step_says_how_to_begin(composed):
    assert f"{VARIABLES['PARLEY_URL']}/setup/" in composed.said


def test_the_worker_is_well_by_its_own_health_check(composed):
    check = SERVICES["worker"]["healthcheck"]["test"][1:]
    assert composed.run(_moved(check, composed.here)).returncode == 0
    assert composed.run(_moved(check, {**composed.here, "8000": str(free_port())})).returncode != 0


def test_the_proxy_is_well_by_its_own_health_check(composed):
    address = SERVICES["nginx"]["healthcheck"]["test"][-1]
    assert httpx.get(address.replace("8080", str(composed.nginx.port)), timeout=PATIENCE).json() == {"status": "ok"}


def test_pages_come_from_the_worker_and_files_from_the_proxy(composed):
    with httpx.Client(
        base_url=f"http://127.0.0.1:{composed.nginx.port}", headers={"host": "chat.example.org"}, timeout=PATIENCE
    ) as client:
        assert client.get("/sign-in/").status_code == 200
        style = client.get("/static/admin/css/base.css")
        assert (style.status_code, style.headers["content-type"]) == (200, "text/css")
        assert style.headers["server"] == "nginx"
        (composed.data / "static/admin/css/base.css").unlink()
        assert client.get("/static/admin/css/base.css").text == style.text, "the worker has it too"
        assert client.get("/static/nothing.css").status_code == 404
        assert client.get("/static/../secret_key").status_code == 404
        assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("tls", ["false", "true"])
def test_nginx_takes_the_templates_with_the_variables_of_compose(tmp_path, tls):
    """The folders are moved, and where nginx is too old to ask for addresses again (`resolve`), so are the workers."""
    make_certificate(tmp_path)
    nginx = _nginx(tmp_path, tmp_path, SERVICES["nginx"]["environment"], tmp_path)
    asks_again = subprocess.run([nginx.binary, "-v"], capture_output=True, text=True, check=True).stderr.strip()
    named = {**SERVICES["nginx"]["environment"], "PARLEY_TLS": tls, "NGINX_CONF": str(tmp_path / "conf")}
    named |= {"CERTIFICATES": str(tmp_path), "NGINX_RUN": str(tmp_path)}
    if tuple(int(part) for part in asks_again.rpartition("/")[2].split()[0].split(".")) < (1, 27, 3):
        named["CHAT_SERVERS"] = servers([8000])
    fill_in(TEMPLATES, tmp_path / "conf", named)
    done = subprocess.run([*nginx.command(), "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
