"""Why a request fails as a whole: the errors of this room and how they become application/problem+json."""

from __future__ import annotations

from app.errors import EnvironmentProblem, RuleBroken
from app.sync.protocol import Problem, ProblemCode
from app.words import mark


class Refused(RuleBroken):
    """The request cannot be answered as asked; `status` and `code` say why on the wire."""

    def __init__(self, status: int, code: ProblemCode, text: str, *, retry_after: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class StoreFull(EnvironmentProblem):
    """The disk is full, or the store has reached its limit. Nothing of the request was kept, nothing older is lost."""

    def __init__(self) -> None:
        super().__init__(mark("The server has no room left. What it has acknowledged is safe."))


class StoreUnavailable(EnvironmentProblem):
    """The store cannot be read or written just now."""

    def __init__(self) -> None:
        super().__init__(mark("The server's store does not answer. Try again in a moment."))


class StoreDamaged(EnvironmentProblem):
    """The engine found its own files damaged."""

    def __init__(self) -> None:
        super().__init__(mark("The server's store is damaged. Run verify, and put a backup in its place."))


def malformed() -> Refused:
    """The body or a parameter does not follow the protocol."""
    return Refused(400, ProblemCode.MALFORMED, mark("The request does not follow the protocol."))


def not_signed_in() -> Refused:
    """No token, an unknown one, or an expired one."""
    return Refused(401, ProblemCode.NOT_SIGNED_IN, mark("Sign in again."))


def revoked() -> Refused:
    """The device has proved who it is, and it has been revoked."""
    return Refused(403, ProblemCode.REVOKED, mark("This device has been revoked."))


def not_found() -> Refused:
    """Nothing of that name that this device may read."""
    return Refused(404, ProblemCode.NOT_FOUND, mark("There is nothing here that this device may read."))


def too_large() -> Refused:
    """The body is over the limit, before or after decompression."""
    return Refused(413, ProblemCode.TOO_LARGE, mark("The request is too large."))


def problem(status: int, code: str, title: str) -> Problem:
    """The body of a failure."""
    return Problem(type=f"urn:haven:problem:{code}", title=title, status=status, code=code)
