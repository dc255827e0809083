"""Signing in with the agency's own account before enrolling: the system's browser, and this computer's own small page.

The authorization code flow for native applications (RFC 8252) with PKCE (RFC 7636): the browser goes to the provider
and comes back to a port of this computer, with a code that only the agency's server exchanges. Nobody types a password
into Haven. It happens once; after enrolment nothing needs the provider.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from app.errors import EnvironmentProblem, RuleBroken
from app.sync import protocol
from app.sync.protocol import Enrol, EnrolSignedIn, EnrolTerms
from app.words import mark, tr

Browse = Callable[[str], bool]
"""Opens the system's browser at an address; False when there is none."""
WAIT_SECONDS = 5 * 60.0
_LOOK_SECONDS = 0.2
_STILL_SECONDS = 5.0
_PATH = "/signed-in"
_LONGEST = 4000
NO_BROWSER = mark("The browser could not be opened. Set a default browser on this computer, then try again.")
REFUSED = mark("The sign-in was refused or given up in the browser. Try again when you are ready.")
TOO_LATE = mark("Nobody signed in within five minutes. Try again.")
STOPPED = mark("Signing in was stopped.")


@dataclass(frozen=True)
class Way:
    """How somebody signs in: with which browser, and the event by which they stop waiting for it."""

    browse: Browse
    stopped: threading.Event
    wait_seconds: float = WAIT_SECONDS


class _Back(HTTPServer):
    """The port of this computer to which the browser comes back, once."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.state = state
        self.timeout = _LOOK_SECONDS
        self.answer: dict[str, str] | None = None

    def handle_error(self, *_: Any) -> None:
        """A browser that hung up: what counts is whether an answer came."""


class _Page(BaseHTTPRequestHandler):
    """Takes what belongs to this sign-in and nothing else; shows one sentence, and never what came."""

    server: _Back
    timeout = _STILL_SECONDS

    def do_GET(self) -> None:
        """The browser comes back."""
        asked = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(asked.query).items() if len(values) == 1}
        is_ours = asked.path == _PATH and hmac.compare_digest(
            said.get("state", "").encode(), self.server.state.encode()
        )
        if not is_ours or self.server.answer is not None:
            self.send_error(404)
            return
        self.server.answer = said
        self._show(tr("You can close this page and go back to Haven."))

    def _show(self, sentence: str) -> None:
        body = f"<!doctype html><meta charset=utf-8><title>Haven</title><p>{sentence}</p>".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.send_header("cache-control", "no-store")
        self.send_header("content-security-policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """The address holds the code: it goes into no log."""


def sign_in(terms: EnrolTerms, enrol: Enrol, way: Way) -> EnrolSignedIn:
    """Let the person sign in for this enrolment. RuleBroken when they did not, EnvironmentProblem without a browser."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with _Back(state) as back:
        port = int(back.server_address[1])
        if not way.browse(_address(terms, enrol, state, verifier, port)):
            raise EnvironmentProblem(NO_BROWSER)
        said = _wait(back, way)
    code = said.get("code", "")
    if "error" in said or not 0 < len(code) <= _LONGEST or said.get("iss", terms.issuer) != terms.issuer:
        raise RuleBroken(REFUSED)
    return EnrolSignedIn(enrol, code, verifier, port)


def _address(terms: EnrolTerms, enrol: Enrol, state: str, verifier: str, port: int) -> str:
    """The provider's page, with what it is asked for."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": terms.client_id,
        "redirect_uri": protocol.redirect_address(port),
        "scope": "openid email profile",
        "state": state,
        "nonce": protocol.provider_nonce(enrol, verifier),
        "code_challenge": challenge.decode("ascii"),
        "code_challenge_method": "S256",
    }
    return f"{terms.authorization}{'&' if '?' in terms.authorization else '?'}{urlencode(asked)}"


def _wait(back: _Back, way: Way) -> dict[str, str]:
    until = time.monotonic() + way.wait_seconds
    while back.answer is None:
        if way.stopped.is_set():
            raise RuleBroken(STOPPED)
        if time.monotonic() > until:
            raise RuleBroken(TOO_LATE)
        back.handle_request()
    return back.answer
