"""From a workbook to an XForm and a compiled form, in a child process that a hostile file cannot get out of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from app import apart
from app.errors import EnvironmentProblem
from app.forms.child import Answer, Request
from app.forms.limits import LIMITS, Limits
from app.forms.problems import Finding, FormRefused, refuse
from app.words import mark

TOO_SLOW = mark("Reading the form took too long and was stopped.")
STOPPED = mark("The form could not be read: it needs more time or memory than it may have.")
NOT_STARTED = mark("The part of Haven that reads forms could not be started. Please start Haven again.")


class Converted(msgspec.Struct, frozen=True):
    """The XForm of a workbook, what the converter remarks, and the lists that it made files of."""

    xml: bytes
    warnings: tuple[Finding, ...] = ()
    attachments: dict[str, bytes] = {}


def child_command() -> list[str]:
    """How the process that reads forms is started, from source and from a bundle."""
    return apart.command_of("forms")


def to_xform(
    data: bytes,
    name: str,
    *,
    attachments: Mapping[str, bytes] | None = None,
    limits: Limits = LIMITS,
    command: Sequence[str] | None = None,
) -> Converted:
    """The XForm of a workbook (.xlsx, .xlsm, .xls, .md, .csv), or the XForm itself (.xml). Takes a second or more.

    Raises FormRefused with what is wrong and where, EnvironmentProblem when the child cannot be started.
    """
    found = ask(Request(data, name, limits, dict(attachments or {})), command)
    if found.errors:
        raise FormRefused(found.errors)
    return Converted(found.xml, found.warnings, found.attachments)


def ask(request: Request, command: Sequence[str] | None = None) -> Answer:
    """What the child answers. Raises FormRefused when it ran out of time or memory."""
    if len(request.data) > request.limits.file:
        raise refuse(STOPPED)
    message = msgspec.msgpack.encode(request)
    try:
        answer = apart.ask(
            message, command or child_command(), seconds=request.limits.seconds, most=request.limits.answer
        )
    except apart.TooSlow:
        raise refuse(TOO_SLOW) from None
    except apart.Died:
        raise refuse(STOPPED) from None
    except OSError:
        raise EnvironmentProblem(NOT_STARTED) from None
    try:
        return msgspec.msgpack.decode(answer, type=Answer)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise refuse(STOPPED) from None
