"""A real server on a free port, and devices that speak to it over real HTTP with real keys."""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.sync import protocol as p
from app.sync.server import members
from app.sync.server.app import build_app
from app.sync.server.clock import new_id
from app.sync.server.parts import Parts
from app.sync.server.serving import AnnouncingServer, Listening, listen, make_server
from app.sync.server.settings import Settings
from app.sync.server.store import create_store

CANARY = b"canary-51c7-of-another-agency"
"""What another agency holds, and nobody may be told."""
SIGNED_IN_PUSHES: dict[str, type[Any]] = {
    "scopes": p.ScopeOffer,
    "envelopes": p.Envelope,
    "segments": p.Segment,
    "groups": p.Group,
    "epochs": p.ScopeEpoch,
}
"""What a push carries, by its field; each is signed by its author."""

W = TypeVar("W", bound=p.Wire)
_devices: list[Device] = []
WIDE: dict[str, Any] = {"enrol_per_minute": 1000, "sign_in_per_minute": 1000}
"""Rate limits that no test runs into."""


def close_connections() -> None:
    """Close what the devices of a test left open."""
    while _devices:
        _devices.pop().connection.close()


class Refused(Exception):
    """The server answered with a problem."""

    def __init__(self, problem: p.Problem, headers: dict[str, str]) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.status = problem.status
        self.code = problem.code
        self.headers = headers


class Server:
    """The real application under a real uvicorn, in a thread of this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._server: AnnouncingServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        """Open the store and listen; returns when the port answers."""
        at = Listening("127.0.0.1", 0)
        app = build_app(self.settings)
        self.parts: Parts = app.state.parts
        self._socket = listen(at)
        self.port = self._socket.getsockname()[1]
        self._server = make_server(app, at)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert self._thread.is_alive() and time.monotonic() < deadline
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop as SIGTERM would, and wait."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(15)
            assert not self._thread.is_alive()
            self._socket.close()
        self._server = None

    def restart(self) -> None:
        """Stop, then open the same folder again, on another port."""
        self.stop()
        self.start()

    def add_agency(self, name: str = "Lakeshore Police Service", recovery: bytes | None = bytes(1216)) -> str:
        """A new agency, made as the administrator's command makes it."""
        with self.parts.store.writing() as connection:
            return members.add_agency(connection, name, recovery_public=recovery)

    def add_person(
        self, agency: str, name: str, roles: tuple[str, ...] = ("VSU",), groups: tuple[str, ...] = ()
    ) -> str:
        """A new person."""
        with self.parts.store.writing() as connection:
            return members.add_person(connection, agency, name, roles, groups)

    def code(self, agency: str, person: str, seconds: int = 60) -> str:
        """A one-time code for a person."""
        with self.parts.store.writing() as connection:
            return members.issue_code(connection, agency, person, seconds)

    def revoke(self, agency: str, device: str) -> None:
        """Revoke a device."""
        with self.parts.store.writing() as connection:
            members.revoke(connection, agency, device)

    def enrolled(
        self, agency: str, name: str = "Ann Example", roles: tuple[str, ...] = ("VSU",), groups: tuple[str, ...] = ()
    ) -> Device:
        """A new person's device, enrolled and signed in."""
        device = Device(self.port)
        device.enrol(self.code(agency, self.add_person(agency, name, roles, groups)))
        device.sign_in()
        return device


@dataclass
class Device:
    """One device: its keys, its chains, and one kept-alive connection."""

    port: int
    device_id: str = field(default_factory=new_id)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    kem_public: bytes = field(default_factory=lambda: secrets.token_bytes(1216))
    token: str = ""
    enrolled: p.Enrolled | None = None
    chains: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        _devices.append(self)

    def raw(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request."""
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["content-type"] = p.MEDIA_TYPE
        try:
            self.connection.request(method, path, body, sent | (headers or {}))
            response = self.connection.getresponse()
            return response.status, {key.lower(): text for key, text in response.getheaders()}, response.read()
        except BaseException:
            self.connection.close()
            raise

    def ask(self, kind: type[W], method: str, path: str, message: p.Wire | None = None) -> W:
        """The answer as a message; raises `Refused` for a problem."""
        status, headers, body = self.raw(method, path, None if message is None else p.encode(message))
        if status != 200:
            assert headers["content-type"] == p.PROBLEM_TYPE, (status, body)
            problem = p.decode_problem(body)
            assert problem.status == status
            raise Refused(problem, headers)
        assert headers["content-type"] == p.MEDIA_TYPE
        return p.decode(kind, body)

    def enrolment(self, code: str) -> p.Enrol:
        """A signed request to enrol."""
        asked = p.Enrol(
            code=code,
            device_id=self.device_id,
            device_name="Test laptop",
            signing_public=self.key.public_key().public_bytes_raw(),
            kem_public=self.kem_public,
            signature=p.UNSIGNED,
        )
        return p.signed(asked, self.key.sign)

    def enrol(self, code: str) -> p.Enrolled:
        """Enrol with a code."""
        self.enrolled = self.ask(p.Enrolled, "POST", "/v1/enrol", self.enrolment(code))
        return self.enrolled

    def answered(self, challenge: p.Challenge) -> p.SignIn:
        """The signed answer to a challenge."""
        assert self.enrolled is not None
        content = p.sign_in_bytes(self.device_id, challenge.nonce, self.enrolled.server_public)
        return p.SignIn(device_id=self.device_id, nonce=challenge.nonce, signature=self.key.sign(content))

    def challenge(self) -> p.Challenge:
        """Ask for a nonce."""
        return self.ask(p.Challenge, "POST", "/v1/challenge", p.ChallengeAsked(self.device_id))

    def sign_in(self) -> p.Session:
        """Get a token."""
        session = self.ask(p.Session, "POST", "/v1/session", self.answered(self.challenge()))
        self.token = session.token
        return session

    def move_to(self, port: int) -> None:
        """The server came back on another port."""
        self.connection.close()
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    # --- what it makes ---

    def offer(self, scope_id: str) -> p.ScopeOffer:
        """A signed scope offer."""
        return p.signed(p.ScopeOffer(scope_id=scope_id, by_device=self.device_id, signature=p.UNSIGNED), self.key.sign)

    def envelope(self, subject_id: str, to: str, **changed: Any) -> p.Envelope:
        """A signed envelope of a scope's first epoch, to a device unless said otherwise."""
        fields: dict[str, Any] = {
            "subject": "scope",
            "subject_id": subject_id,
            "epoch": 1,
            "recipient": "device",
            "recipient_id": to,
            "method": "hpke",
            "sealed": secrets.token_bytes(48),
            "held": False,
            "by_device": self.device_id,
            "signature": p.UNSIGNED,
        }
        return p.signed(p.Envelope(**(fields | changed)), self.key.sign)

    def group(self, name: str, epoch: int = 1) -> p.Group:
        """A signed group epoch."""
        group = p.Group(name=name, epoch=epoch, public=bytes(1216), by_device=self.device_id, signature=p.UNSIGNED)
        return p.signed(group, self.key.sign)

    def segment(self, scope_id: str, sealed: bytes = b"sealed", count: int = 1, **changed: Any) -> p.Segment:
        """The next signed segment of this device's chain in a scope. The chain moves on only in `sent`."""
        last, previous = self.chains.get(scope_id, (0, p.NO_HASH))
        fields: dict[str, Any] = {
            "scope_id": scope_id,
            "device_id": self.device_id,
            "first": last + 1,
            "last": last + count,
            "epoch": 1,
            "previous": previous,
            "sealed": sealed,
            "signature": p.UNSIGNED,
        }
        segment = p.signed(p.Segment(**(fields | changed)), self.key.sign)
        self.chains[scope_id] = (segment.last, p.segment_hash(segment))
        return segment

    def new_scope(self, *readers: str) -> str:
        """A scope made by this device, its key sealed to itself and to other devices."""
        scope_id = new_id()
        keys = [self.envelope(scope_id, to) for to in (self.device_id, *readers)]
        result = self.push(p.Push(scopes=[self.offer(scope_id)], envelopes=keys))
        assert result.refusals == []
        return scope_id

    def push(self, push: p.Push) -> p.PushResult:
        """Send."""
        return self.ask(p.PushResult, "POST", "/v1/push", push)

    def send(self, *segments: p.Segment) -> p.PushResult:
        """Send segments."""
        return self.push(p.Push(segments=list(segments)))

    # --- what it reads ---

    def feed(self, after: int = 0, limit: int = p.MAX_PAGE) -> p.FeedPage:
        """One page."""
        return self.ask(p.FeedPage, "GET", f"/v1/feed?after={after}&limit={limit}")

    def all_items(self, limit: int = p.MAX_PAGE) -> list[p.FeedItem]:
        """The whole feed, page by page."""
        items: list[p.FeedItem] = []
        after, more = 0, True
        while more:
            page = self.feed(after, limit)
            items += page.items
            after, more = page.next, page.more
        return items

    def segments(self) -> list[p.Segment]:
        """All segments that the feed hands out."""
        bodies = [p.feed_body(item) for item in self.all_items()]
        return [body for body in bodies if isinstance(body, p.Segment)]


def new_server(folder: Path, **changed: Any) -> Server:
    """A server in a new folder. Its rate limits are wide unless a test narrows them."""
    settings = Settings(data=folder, **(WIDE | changed))
    create_store(settings)
    return Server(settings)
