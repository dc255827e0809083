"""Signing in, and asking: every message to the server goes through `Server`.

The token is kept in memory only, renewed before it ends, and once more when the server no longer takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, Self, TypeVar

from app.sync import protocol
from app.sync.client import problems
from app.sync.client.facts import Membership
from app.sync.client.problems import BadAnswer, Offline, Portal, ServerProblem
from app.sync.client.transport import Call, Coming, Reply, Transport
from app.sync.protocol import Challenge, ChallengeAsked, Malformed, ProblemCode, Session, SignIn, WipeOrder, Wire

W = TypeVar("W", bound=Wire)
Sign = Callable[[bytes], bytes]
_EARLY_SECONDS = 60
_GATEWAYS = (502, 503, 504)
_SIGN_IN_REQUIRED = 511
_PAGES = ("text/html", "application/xhtml+xml")


class Server:
    """The server as this member's device speaks to it. Raises Offline, BadAnswer and ServerProblem."""

    def __init__(self, transport: Transport, member: Membership, sign: Sign, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._member = member
        self._sign = sign
        self._clock = clock
        self._session: Session | None = None
        self._signed_in_at = clock()
        self.asked = 0
        """Messages sent so far, but for signing in."""

    def sign_in(self) -> Session:
        """The session, a new one when there is none or it is about to end."""
        session = self._session
        return session if session is not None and self.is_signed_in else self._sign_in_anew()

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a session that does not end soon."""
        if self._session is None:
            return False
        lasts = (self._session.expires_at - self._session.server_time) / 1000 - _EARLY_SECONDS
        return 0 <= (self._clock() - self._signed_in_at).total_seconds() < lasts

    def get(self, path: str, kind: type[W]) -> W:
        """The answer to a question."""
        return self._ask("GET", path, None, kind)

    def get_ahead(self, path: str, kind: type[W]) -> Ahead[W]:
        """The answer to a question that is asked while its asker does something else."""
        self.asked += 1
        token = self.sign_in().token
        coming = self._transport.begin(Call("GET", self._member.address + path, None, token))
        return Ahead(coming, lambda: self._read(coming.reply, "GET", path, None, kind))

    def post(self, path: str, message: Wire, kind: type[W]) -> W:
        """The answer to a message."""
        return self._ask("POST", path, protocol.encode(message), kind)

    def wipe_order(self) -> WipeOrder:
        """For a device that was revoked: the order to erase itself. Raises ServerProblem when there is none."""
        return ask(self._transport, Call("POST", self._member.address + "/v1/wipe", self._proof()), WipeOrder)

    def _proof(self) -> bytes:
        """A fresh nonce of the server's, signed."""
        member = self._member
        asked = protocol.encode(ChallengeAsked(member.device_id))
        challenge = ask(self._transport, Call("POST", member.address + "/v1/challenge", asked), Challenge)
        content = protocol.sign_in_bytes(member.device_id, challenge.nonce, member.server_public)
        return protocol.encode(SignIn(member.device_id, challenge.nonce, self._sign(content)))

    def _sign_in_anew(self) -> Session:
        answered = Call("POST", self._member.address + "/v1/session", self._proof())
        self._session = ask(self._transport, answered, Session)
        self._signed_in_at = self._clock()
        return self._session

    def _ask(self, method: str, path: str, body: bytes | None, kind: type[W]) -> W:
        self.asked += 1
        call = Call(method, self._member.address + path, body, self.sign_in().token)
        return self._read(lambda: self._transport.exchange(call), method, path, body, kind)

    def _read(self, reply: Callable[[], Reply], method: str, path: str, body: bytes | None, kind: type[W]) -> W:
        """The reply as a message; asked for once more, signed in anew, when the token is no longer taken."""
        try:
            return read_reply(reply(), kind)
        except ServerProblem as problem:
            if problem.code != ProblemCode.NOT_SIGNED_IN:
                raise
        call = Call(method, self._member.address + path, body, self._sign_in_anew().token)
        return ask(self._transport, call, kind)


class Ahead(Generic[W]):
    """An answer that is under way. Left by an error, it is given up."""

    def __init__(self, coming: Coming, read: Callable[[], W]) -> None:
        self._coming = coming
        self.answer = read
        """The answer, waited for. Raises Offline, BadAnswer and ServerProblem."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._coming.drop()


def ask(transport: Transport, call: Call, kind: type[W]) -> W:
    """The reply to one call as a message."""
    return read_reply(transport.exchange(call), kind)


def read_reply(reply: Reply, kind: type[W]) -> W:
    """A reply as a message. Raises what stands in the way."""
    if reply.content_type == protocol.PROBLEM_TYPE and reply.status >= 400:
        raise _problem(reply)
    if reply.status in _GATEWAYS:
        raise Offline(problems.UNREACHABLE)
    if _is_portal(reply):
        raise Portal
    if reply.status != 200 or reply.content_type != protocol.MEDIA_TYPE:
        raise BadAnswer(problems.INTERCEPTED)
    try:
        return protocol.decode(kind, reply.body)
    except Malformed:
        raise BadAnswer(problems.NONSENSE) from None


def _is_portal(reply: Reply) -> bool:
    """A redirect, a web page in place of an answer, or "network authentication required" (RFC 6585, 511).

    Our server sends none of these. A page that comes with an error is a proxy's more likely than a network's.
    """
    redirects = 300 <= reply.status < 400
    return redirects or reply.status == _SIGN_IN_REQUIRED or (reply.status == 200 and reply.content_type in _PAGES)


def _problem(reply: Reply) -> Exception:
    try:
        return ServerProblem(protocol.decode_problem(reply.body).code, reply.retry_after)
    except Malformed:
        return BadAnswer(problems.INTERCEPTED)
