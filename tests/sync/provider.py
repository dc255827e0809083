"""An identity provider of our own for the tests: real HTTP, real keys, real PKCE, and every lie that one could tell."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

CLIENT = "haven-desktop"
_KEYS: list[RSAPrivateKey] = []


def key(number: int) -> RSAPrivateKey:
    """A key that takes long to make, made once."""
    while len(_KEYS) <= number:
        _KEYS.append(generate_private_key(65537, 2048))
    return _KEYS[number]


class Provider(ThreadingHTTPServer):
    """Signs in whoever `claims` says. A test changes `claims`, `sign` and `document` to tell a lie."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}/realm"
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "wanda@example.org"}
        self.sign: dict[str, Any] = {"algorithm": "RS256", "key": key(0), "kid": "one"}
        self.published = {"one": key(0)}
        self.document: dict[str, Any] = {}
        self.refuses = False
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def answer(self, path: str, query: dict[str, str], form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        self.asked.append(path)
        match path:
            case "/realm/.well-known/openid-configuration":
                base = self.issuer
                told = {"issuer": base, "authorization_endpoint": f"{base}/auth", "token_endpoint": f"{base}/token"}
                return _json(told | {"jwks_uri": f"{base}/keys"} | self.document)
            case "/realm/keys":
                return _json({"keys": [_public(kid, one) for kid, one in self.published.items()]})
            case "/realm/auth":
                return self._sign_in(query)
            case "/realm/token":
                return self._exchange(form)
        return 404, {}, b""

    def _sign_in(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        assert (query["response_type"], query["client_id"], query["code_challenge_method"]) == ("code", CLIENT, "S256")
        back = {"state": query["state"], "iss": self.issuer}
        if self.refuses:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self._codes[back["code"]] = query
        return 302, {"location": f"{query['redirect_uri']}?{urlencode(back)}"}, b""

    def _exchange(self, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        query = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if query is None or (query["code_challenge"], query["redirect_uri"]) != (challenge, form["redirect_uri"]):
            return 400, {}, b'{"error":"invalid_grant"}'
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        said |= self.claims
        claims = {name: value for name, value in said.items() if value is not None}
        headers = {} if self.sign["kid"] is None else {"kid": self.sign["kid"]}
        token = self.sign.get("token") or jwt.encode(claims, self.sign["key"], self.sign["algorithm"], headers)
        return _json({"id_token": token, "token_type": "Bearer", "access_token": "nothing"})


class _Page(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def _answer(self, form: dict[str, str]) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        status, headers, body = self.server.answer(asked.path, query, form)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def public_pem(one: RSAPrivateKey) -> bytes:
    """What everybody can read of a key, and what a careless verifier takes for a shared secret."""
    kind, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return one.public_key().public_bytes(kind, form)


def _public(kid: str, one: RSAPrivateKey) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(one.public_key()))
    return said | {"kid": kid, "use": "sig"}


def _json(told: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    return 200, {"content-type": "application/json"}, json.dumps(told).encode()


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers."""
    found = Provider()
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.shutdown()
        thread.join()
        found.server_close()


def browser(address: str) -> bool:
    """A browser in which somebody is signed in already: it follows the provider back to Haven, in its own time."""

    def follow() -> None:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except urllib.error.URLError:
            return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    return True
