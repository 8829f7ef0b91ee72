"""The page for a bare machine names what there is: its units hold, its variables fill in the templates."""

import re
import shutil
import subprocess

import environ
import pytest

from tests.docs.page import DOCS, blocks
from tests.servers.certificate import make_certificate
from tests.servers.chat import PROJECT
from tests.servers.nginx import SUFFIX, TEMPLATES, Nginx, find_nginx, servers
from tests.servers.program import Missing

PAGE = DOCS / "without-docker.md"
UNITS = PROJECT / "deploy/systemd"


def named(variable):
    """The block of variables that names this one."""
    [text] = [block.text for block in blocks(PAGE) if block.text.startswith(variable)]
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in text.splitlines())}


def test_every_unit_is_well_formed(tmp_path):
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("NOT TESTED: no systemd-analyze: install systemd")
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/srv/parley/", f"{PROJECT}/").replace("/usr/sbin/nginx", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    units = [str(tmp_path / unit.name.replace("@", "@1")) for unit in UNITS.iterdir()]
    (tmp_path / "parley@1.service").symlink_to(tmp_path / "parley@.service")
    done = subprocess.run([checker, "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "parley" in line]
    assert ours == []


def test_the_workers_listen_where_the_proxy_looks():
    unit = (UNITS / "parley@.service").read_text()
    assert "--port $((8000 + %i))" in unit
    ports = re.findall(r"127\.0\.0\.1:(\d+) max_fails=0;", named("HTTP_LISTEN")["CHAT_SERVERS"])
    workers = re.findall(r"parley@(\d)\.service", (UNITS / "parley.target").read_text())
    assert [int(port) - 8000 for port in ports] == [int(worker) for worker in workers]


def test_the_database_is_reached_without_a_password():
    found = environ.Env.db_url_config(named("ALLOWED_HOSTS")["DATABASE_URL"])
    assert (found["HOST"], found["NAME"], found["USER"]) == ("/var/run/postgresql", "parley", "")


def test_the_variables_of_the_page_are_those_of_the_templates():
    used = set(re.findall(r"\$\{(\w+)\}", "".join(path.read_text() for path in TEMPLATES.glob(f"*{SUFFIX}"))))
    unit = (UNITS / "parley-nginx.service").read_text()
    given = set(re.findall(r"(NGINX_CONF|NGINX_RUN)=", unit))
    assert named("HTTP_LISTEN").keys() | given == used


@pytest.mark.parametrize("tls", ["false", "true"])
def test_the_shell_fills_in_the_templates_as_nginx_takes_them(tmp_path, tls):
    if shutil.which("envsubst") is None:
        pytest.skip("NOT TESTED: no envsubst: install gettext-base")
    try:
        binary = find_nginx()
    except Missing as missing:
        pytest.skip(f"NOT TESTED: {missing}")
    make_certificate(tmp_path)
    nginx = Nginx(tmp_path, static=tmp_path, certificates=tmp_path)
    variables = {**nginx.variables(servers([8001, 8002])), "PARLEY_TLS": tls, "PATH": "/usr/bin:/bin"}
    (tmp_path / "conf").mkdir()
    subprocess.run([TEMPLATES / "fill-in.sh", tmp_path / "conf"], env=variables, check=True)
    done = subprocess.run(
        [binary, "-t", "-c", tmp_path / "conf/nginx.conf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
