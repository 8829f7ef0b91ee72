"""A small provider of OpenID Connect, over real HTTP: whoever comes is the person it was told to be."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "parley", "shared-secret"


class Provider:
    """Signs everybody in as `person` (claims); refuses what a provider must refuse."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.refuses = False
        self.grants: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: with a code, or with why not."""
        answer = {"state": query["state"]}
        if self.refuses:
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_hex(8)
            self.grants[answer["code"]] = query
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that is good once, to who shows the client's secret and what the challenge was made of."""
        grant = self.grants.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
        if grant is None or not known or proof.rstrip(b"=").decode() != grant["code_challenge"]:
            return None
        access = secrets.token_hex(8)
        self.tokens.add(access)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.person}
        return {"access_token": access, "token_type": "Bearer", "id_token": jwt.encode(claims, self._key, "RS256")}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path == "/.well-known/openid-configuration":
                    self._say(provider.configuration())
                elif address.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(dict(parse_qsl(address.query))))
                    self.end_headers()
                elif self.headers.get("Authorization", "").removeprefix("Bearer ") in provider.tokens:
                    self._say(provider.person)
                else:
                    self._say({"error": "invalid_token"}, 401)

            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                answer = provider.token(form)
                self._say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

            def _say(self, answer: dict[str, Any], status: int = 200) -> None:
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler
