"""What stands in the way between this device and the server, each with its sentence."""

from __future__ import annotations

from app.errors import EnvironmentProblem
from app.sync.protocol import ProblemCode
from app.words import mark

UNREACHABLE = mark("The server could not be reached. Everything stays saved on this computer and is sent later.")
INTERCEPTED = mark(
    "Something between this computer and the server answered instead of it, such as the page of a public network."
)
PORTAL = mark(
    "This network wants you to sign in first: open any web page and follow it. Nothing is sent to it; Haven goes on by "
    "itself as soon as the server answers."
)
UNTRUSTED = mark(
    "The server could not prove that it is the right one, so nothing was sent to it. Networks in hotels, stations and "
    "hospitals cause this until you have signed in on their page."
)
TOO_SLOW = mark("The server took too long to answer. It is tried again later.")
NONSENSE = mark("The server's answer could not be understood. Nothing of it was taken over.")
TOO_MUCH = mark("The server's answer was larger than any answer may be. Nothing of it was taken over.")
NOT_KNOWN = mark("The server does not know this computer. Ask your administrator.")
REVOKED = mark("This computer has been taken out of the service by an administrator.")
BUSY = mark("The server asks to wait a little. It is tried again later.")
NO_ROOM = mark("The server has no room left. Tell your administrator; everything stays saved on this computer.")
SERVER_TROUBLE = mark("The server has a problem of its own. It is tried again later.")
REFUSED = mark("The server refused what this computer asked. Tell your administrator.")
DIFFERENT = mark("The server's copy differs from this computer's and could not be repaired. Tell your administrator.")

_BY_CODE = {
    ProblemCode.SIGN_IN_FAILED: NOT_KNOWN,
    ProblemCode.REVOKED: REVOKED,
    ProblemCode.TOO_MANY: BUSY,
    ProblemCode.STORE_FULL: NO_ROOM,
    ProblemCode.UNAVAILABLE: SERVER_TROUBLE,
    ProblemCode.INTERNAL: SERVER_TROUBLE,
}


class Offline(EnvironmentProblem):
    """No answer of the server came: no network, no server, or something in between."""


class Portal(Offline):
    """The page of a public network answered: the server cannot be reached before somebody signs in there."""

    def __init__(self) -> None:
        super().__init__(PORTAL)


class BadAnswer(EnvironmentProblem):
    """An answer came that the server cannot have meant, or that must not be believed."""


class ServerProblem(EnvironmentProblem):
    """The server said why it did not do what was asked; `code` is a `protocol.ProblemCode`, or a newer one."""

    def __init__(self, code: str, retry_after: int = 0) -> None:
        super().__init__(next((text for known, text in _BY_CODE.items() if known == code), REFUSED))
        self.code = code
        self.retry_after = retry_after


class ServerWentBack(Exception):
    """The server is not where this device left it: it was restored from an older copy. Never leaves the engine."""

    def __init__(self, epoch: str) -> None:
        super().__init__("server went back")
        self.epoch = epoch
