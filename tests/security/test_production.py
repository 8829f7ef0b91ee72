"""Where others can come, weak keys stop the start, and Django's own check for deployment finds nothing."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import require_strong
from tests.servers.chat import PROJECT

STRONG = "k3y-" * 8 + "of-a-generator-QZx81"
PUBLIC = ["chat.example.org"]


def start(folder, *keys, hosts=PUBLIC, debug=False):
    require_strong(folder, keys, hosts=hosts, debug=debug)


@pytest.mark.parametrize("weak", ["", "secret", "x" * 80, "abab" * 20, "django-insecure-" + STRONG])
def test_a_weak_key_stops_the_start_where_others_can_come(tmp_path, weak):
    for keys in ([weak], [STRONG, weak]):
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
            start(tmp_path, *keys)


def test_on_ones_own_machine_any_key_does(tmp_path):
    start(tmp_path, "secret", hosts=["localhost", "127.0.0.1", "[::1]"])
    start(tmp_path, "secret", debug=True)


@pytest.mark.parametrize("hosts", [["localhost", "chat.example.org"], ["*"], ["192.0.2.1"]])
def test_one_host_beyond_the_loopback_is_enough(tmp_path, hosts):
    with pytest.raises(ImproperlyConfigured):
        start(tmp_path, "secret", hosts=hosts)


def test_a_key_file_that_others_can_read_stops_the_start(tmp_path):
    path = tmp_path / "secret_key"
    path.write_text(STRONG)
    path.chmod(0o600)
    start(tmp_path, STRONG)
    path.chmod(0o640)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        start(tmp_path, STRONG)


def manage(*arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment | variables)


def test_in_production_the_check_for_deployment_is_clean_and_the_key_made_is_good(tmp_path):
    production = {"PARLEY_DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": "chat.example.org", "PARLEY_TLS": "true"}
    found = manage("check", "--deploy", "--fail-level", "DEBUG", **production)
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_without_tls_it_is_not(tmp_path):
    found = manage("check", "--deploy", PARLEY_DATA_DIR=str(tmp_path), ALLOWED_HOSTS="chat.example.org")
    assert "security.W004" in found.stderr
    assert "security.W012" in found.stderr


def test_no_command_runs_with_a_weak_key_in_production(tmp_path):
    refused = manage(
        "serve", "--port", "0", PARLEY_DATA_DIR=str(tmp_path), ALLOWED_HOSTS="chat.example.org", SECRET_KEY="secret"
    )
    assert refused.returncode != 0
    assert refused.stderr.splitlines()[-1].startswith("SECRET_KEY and SECRET_KEY_FALLBACKS need")
    assert "Traceback" not in refused.stderr
