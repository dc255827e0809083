"""From a file that nobody trusts to a picture that may be shown: one child process a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app import apart
from app.errors import EnvironmentProblem, RuleBroken
from app.pictures.child import NOT_A_PICTURE, Answer, Limits, Request
from app.words import mark

TOO_LARGE = mark("This file is too large for a picture: at most {limit} MB are read.")
TOO_SLOW = mark("Opening this picture took too long and was stopped.")
STOPPED = mark("This picture could not be opened: it needs more memory than it may have, or its file is damaged.")
NOT_STARTED = mark("The part of Haven that opens pictures could not be started. Please start Haven again.")
LARGEST_FILE = Limits().file
"""Bytes of a picture's file that are read at all."""
_MEGABYTE, _MILLION = 1024 * 1024, 1_000_000


@dataclass(frozen=True)
class Prepared:
    """A picture drawn anew as JPEG, upright; its size in dots."""

    jpeg: bytes
    width: int
    height: int


def child_command() -> list[str]:
    """How the process that decodes pictures is started, from source and from a bundle."""
    return apart.command_of("pictures")


def prepared(data: bytes, *, limits: Limits | None = None, command: Sequence[str] | None = None) -> Prepared:
    """The picture in a file. Takes about half a second: call it in a job.

    Raises RuleBroken for what is no picture or asks too much, EnvironmentProblem when the child cannot be started.
    """
    allowed = limits or Limits()
    if len(data) > allowed.file:
        raise RuleBroken(TOO_LARGE, limit=allowed.file // _MEGABYTE)
    if not data:
        raise RuleBroken(NOT_A_PICTURE)
    found = _asked(Request(data, allowed), command)
    if found.problem:
        raise RuleBroken(found.problem, limit=allowed.dots // _MILLION)
    return Prepared(found.jpeg, found.width, found.height)


def _asked(request: Request, command: Sequence[str] | None) -> Answer:
    message = msgspec.msgpack.encode(request)
    try:
        answer = apart.ask(
            message, command or child_command(), seconds=request.limits.seconds, most=request.limits.answer
        )
    except apart.TooSlow:
        raise RuleBroken(TOO_SLOW) from None
    except apart.Died:
        raise RuleBroken(STOPPED) from None
    except OSError:
        raise EnvironmentProblem(NOT_STARTED) from None
    try:
        return msgspec.msgpack.decode(answer, type=Answer)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise RuleBroken(STOPPED) from None
