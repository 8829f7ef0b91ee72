"""Single sign-on by OpenID Connect, from the environment to django-allauth."""

from typing import Any
from urllib.parse import urlsplit


def providers(*, url: str, name: str, client_id: str, secret: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS with the one provider at `url`, or with none."""
    app = {
        "provider_id": "sso",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if url else []}}


def origins(found: dict[str, Any]) -> list[str]:
    """Where the form that begins single sign-on may lead."""
    urls = [urlsplit(app["settings"]["server_url"]) for app in found["openid_connect"]["APPS"]]
    return [f"{url.scheme}://{url.netloc}" for url in urls]
