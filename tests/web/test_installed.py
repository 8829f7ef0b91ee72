"""The chat as an app of the device."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.web.conftest import page_data, text

CHAT = Path(__file__).parents[2] / "chat/static/chat"


def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert (CHAT / icon["src"].split("/chat/")[1]).is_file()
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}


def test_the_worker_keeps_files_and_no_page_of_anybody(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    known = json.loads(text(answer).split(";\n")[0].removeprefix("const PARLEY = "))
    assert known["offline"] == "/offline/"
    assert all(file == "/offline/" or re.fullmatch(r"/static/v[0-9a-f]{16}/chat/.+", file) for file in known["files"])


@pytest.mark.django_db
def test_every_page_knows_the_version_that_the_server_has(anna: Client) -> None:
    version = page_data(anna.get("/browse/"))["version"]
    assert anna.get("/version").json() == {"version": version}
    assert f'"{version}"' in text(anna.get("/service-worker.js"))


@pytest.mark.django_db
def test_the_page_for_offline_is_the_same_for_everybody(anna: Client, client: Client) -> None:
    assert "anna" not in text(anna.get("/offline/"))
    assert client.get("/offline/").status_code == 200


@pytest.mark.django_db
def test_signing_out_asks_the_browser_to_forget(anna: Client) -> None:
    answer = anna.post("/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert anna.get("/browse/").status_code == 302
