"""What every answer tells browsers, the admin's and the documents' too."""

import pytest
from django.test import Client, RequestFactory

from tests.api.caller import credentials
from tests.world import administrator

PAGES = [
    "/", "/sign-in/", "/sign-up/", "/settings/", "/browse/", "/rooms/harbour/", "/rooms/nowhere/", "/nowhere/",
    "/admin/", "/admin/login/", "/admin/chat/room/", "/admin/chat/message/", "/admin/nowhere/", "/admin/jsi18n/",
    "/api/docs/", "/api/docs/?script=", "/api/v1/schema/", "/api/v1/asyncapi.json", "/api/v1/rooms", "/api/v1/nope",
    "/livez", "/readyz", "/metrics", "/offline/", "/service-worker.js", "/manifest.webmanifest", "/version",
]  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def chief(cast) -> Client:
    client = Client()
    client.force_login(administrator())
    return client


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_has_the_strict_headers(chief, path, signed_in):
    answer = (chief if signed_in else Client()).get(path)
    assert answer.status_code < 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_may_run_or_style_what_stands_in_it(chief, path):
    policy = dict(each.split(" ", 1) for each in chief.get(path).headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    for directive in ("script-src", "style-src"):
        sources = set(policy[directive].split())
        assert {each for each in sources if not each.startswith("'nonce-")} == {"'self'"}


def test_a_session_is_out_of_reach_of_scripts_and_of_other_sites(ben):
    session = Client().post("/sign-in/", {"login": "ben", **credentials()}).cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_behind_tls_browsers_stay_there(db, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31_536_000, True
    assert Client().get("/sign-in/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
    redirected = Client().get("/sign-in/")
    assert (redirected.status_code, redirected.headers["Location"]) == (301, "https://testserver/sign-in/")
    assert Client().get("/livez").status_code == 200


@pytest.mark.parametrize("host", ["evil.example.org", "localhost.evil.example.org", "testserver:80@evil.example.org"])
def test_a_foreign_host_header_is_refused(db, host):
    assert Client().get("/sign-in/", headers={"host": host}).status_code == 400
    told = Client().get("/api/v1/session", headers={"host": host})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "invalid")


def test_requests_are_made_where_django_believes_no_forwarded_host_or_scheme():
    request = RequestFactory().get("/", headers={"x-forwarded-host": "evil.example.org", "x-forwarded-proto": "https"})
    assert (request.get_host(), request.scheme) == ("testserver", "http")
