"""The window's side of drawing: starts the child when first needed, and again when it has died."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Sequence
from typing import BinaryIO, cast

import msgspec

from app.documents.wire import Answer, Further, Request, read_message, write_message
from app.errors import EnvironmentProblem, RuleBroken
from app.queries.form_rows import PrintContext, Row
from app.words import mark

_STOPPED = mark("Drawing the document stopped unexpectedly. Nothing that you recorded is lost; please try again.")
_TOO_SLOW = mark("Drawing the document took too long and was stopped. Nothing that you recorded is lost.")
_NOT_STARTED = mark("The part of Haven that draws documents could not be started. Please start Haven again.")
_UNREADABLE = mark("The text holds characters that cannot be stored. Nothing that you recorded is lost.")
_SECONDS_EACH = 1.0
"""How much longer a file may take for each further document in it."""


class Renderer:
    """Draws documents in a warm child process. `command` starts the child; thread-safe, one document at a time.

    `seconds` is the time limit for one document.
    """

    def __init__(self, command: list[str], *, seconds: float = 30.0) -> None:
        self._command = list(command)
        self._seconds = seconds
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process id of the running child, if there is one."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def warm(self) -> None:
        """Start the child now, so that the first document is as fast as the next."""
        with self._one_at_a_time:
            self._running()

    def render(self, context: PrintContext, rows: Row) -> bytes:
        """The PDF of `context.form_id`.

        Raises RuleBroken when the form may not be printed this way, EnvironmentProblem when it could not be drawn.
        """
        return self.render_together([(context, rows)])

    def render_together(self, prints: Sequence[tuple[PrintContext, Row]], *, whole_sheets: bool = False) -> bytes:
        """One PDF of several documents, each on its own pages; raises as `render`.

        `whole_sheets`: each begins on the front of a sheet.
        """
        try:
            (context, rows), *others = [(one, msgspec.Raw(msgspec.msgpack.encode(rows))) for one, rows in prints]
            further = tuple(Further(*other) for other in others)
            message = msgspec.msgpack.encode(Request(context, rows, further, whole_sheets))
        except UnicodeEncodeError:
            raise EnvironmentProblem(_UNREADABLE) from None
        with self._one_at_a_time:
            answer = self._ask(message, self._seconds + _SECONDS_EACH * len(further))
        if answer.problem:
            raise RuleBroken(answer.problem) if answer.rule else EnvironmentProblem(answer.problem)
        return answer.pdf

    def close(self) -> None:
        """End the child; a closed renderer starts a new one when it is used again."""
        with self._one_at_a_time:
            self._end()

    def stop(self) -> None:
        """End the child at once, whatever it draws, and start no other: what was asked for is not awaited."""
        self._stopped = True
        while not self._one_at_a_time.acquire(timeout=0.05):
            if (child := self._child) is not None:
                child.kill()
        try:
            self._end()
        finally:
            self._one_at_a_time.release()

    def _ask(self, message: bytes, seconds: float) -> Answer:
        stdin, stdout = self._running()
        child = self._child
        late = threading.Event()

        def stop() -> None:
            late.set()
            if child is not None:
                child.kill()

        limit = threading.Timer(seconds, stop)
        limit.daemon = True
        limit.start()
        try:
            write_message(stdin, message)
            found = read_message(stdout)
        except OSError:
            found = None
        finally:
            limit.cancel()
            limit.join()
        if found is None:
            self._end()
            raise EnvironmentProblem(_TOO_SLOW if late.is_set() else _STOPPED)
        return msgspec.msgpack.decode(found, type=Answer)

    def _running(self) -> tuple[BinaryIO, BinaryIO]:
        if self._child is not None and self._child.poll() is not None:
            self._end()
        if self._child is None:
            if self._stopped:
                raise EnvironmentProblem(_STOPPED)
            self._child = self._start()
        assert self._child.stdin is not None and self._child.stdout is not None
        return cast(BinaryIO, self._child.stdin), cast(BinaryIO, self._child.stdout)

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if os.name == "nt" else 0,
            )
        except OSError:
            raise EnvironmentProblem(_NOT_STARTED) from None

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None and child.stdout is not None
        with contextlib.suppress(OSError):
            child.stdin.close()
        try:
            child.wait(timeout=2)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()
