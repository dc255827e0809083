"""The child process that draws: it holds no key, opens no network, writes no file, and dies alone.

`serve` answers one request after the other until its input ends. What goes wrong comes back as a sentence; nothing
of a record ever reaches a traceback, a log or the standard error stream.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import msgspec

from app.documents import fonts, forms, recovery, recovery_rows
from app.documents.wire import Answer, Request, read_message, write_message
from app.errors import HavenError
from app.queries.form_rows import Row
from app.words import mark

if sys.platform != "win32":
    import resource

_MEMORY = 1024 * 1024 * 1024
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "urllib.", "ftplib.")
_WRITING = frozenset("wax+")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

UNDRAWABLE = mark("The document could not be drawn. Nothing that you recorded is lost.")
TOO_LARGE = mark("The document is too large to draw. Shorten the longest text and try again.")


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Draw what is asked on `stdin` and write it to `stdout`, until `stdin` ends."""
    fonts.load()
    shut_the_doors()
    while (message := read_message(stdin)) is not None:
        write_message(stdout, msgspec.msgpack.encode(answer(message)))


def main() -> None:
    """Serve on the standard streams of this process."""
    serve(sys.stdin.buffer, sys.stdout.buffer)


def answer(message: bytes) -> Answer:
    """The answer to one request. Every error ends here, as a sentence without values."""
    try:
        request = msgspec.msgpack.decode(message, type=Request)
        if request.context.form_id == recovery_rows.FORM_ID:
            sheets = msgspec.msgpack.decode(request.rows, type=recovery_rows.RecoveryRows)
            return Answer(pdf=recovery.render(request.context, sheets))
        drawing = forms.drawing_of(request.context.form_id)
        rows = msgspec.msgpack.decode(request.rows, type=drawing.rows) if drawing else None
        return Answer(pdf=forms.render(request.context, rows or Row()))
    except HavenError as problem:
        return Answer(problem=problem.text, rule=True)
    except MemoryError:
        return Answer(problem=TOO_LARGE)
    except Exception:  # the outermost edge of this process: no value may pass it
        return Answer(problem=UNDRAWABLE)


def shut_the_doors() -> None:
    """Limit memory, forbid core files and written files, and refuse the network and other programs from here on."""
    if sys.platform != "win32":
        for what, most in (
            (resource.RLIMIT_AS, _MEMORY),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
        ):
            _, hard = resource.getrlimit(what)
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (limit, limit))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"documents never do this: {event}")
    if event == "open" and len(arguments) > 2:
        _, mode, flags = arguments[:3]
        written = isinstance(mode, str) and bool(_WRITING & set(mode))
        if written or (isinstance(flags, int) and flags & _WRITE_FLAGS):
            raise PermissionError("documents write no file")
