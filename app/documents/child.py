"""The child process that draws: it holds no key, opens no network, writes no file, and dies alone.

`serve` answers one request after the other until its input ends. What goes wrong comes back as a sentence; nothing
of a record ever reaches a traceback, a log or the standard error stream.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

import msgspec

from app import apart
from app.documents import fonts, forms, recovery, recovery_rows
from app.documents.wire import Answer, Further, Request, read_message, write_message
from app.errors import HavenError
from app.queries.form_rows import Row
from app.words import mark

_MEMORY = 1024 * 1024 * 1024

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
        asked: list[Request | Further] = [request, *request.further]
        prints = [(one.context, _rows(one)) for one in asked]
        return Answer(pdf=forms.render_together(prints, whole_sheets=request.whole_sheets))
    except HavenError as problem:
        return Answer(problem=problem.text, rule=True)
    except MemoryError:
        return Answer(problem=TOO_LARGE)
    except Exception:  # the outermost edge of this process: no value may pass it
        return Answer(problem=UNDRAWABLE)


def _rows(one: Request | Further) -> Row:
    drawing = forms.drawing_of(one.context.form_id)
    return msgspec.msgpack.decode(one.rows, type=drawing.rows) if drawing else Row()


def shut_the_doors() -> None:
    """From here on this process can do no harm (`app/apart.py`); it lives on, so its time is not limited."""
    apart.shut_the_doors(memory=_MEMORY)
