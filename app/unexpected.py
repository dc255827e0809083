"""What nobody caught: the person reads a sentence; standard error gets the kind and the place, never a value."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType


def redacted(kind: type[BaseException], trace: TracebackType | None) -> str:
    """The kind of a problem and where it came from. Messages and source lines may hold what a person typed."""
    places = (f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace))
    return "\n".join([f"unexpected {kind.__name__}", *places]) + "\n"


def catch(tell: Callable[[BaseException], None]) -> None:
    """From now on, tell what nobody caught, in every thread, instead of printing it with its values."""

    def unexpected(kind: type[BaseException], problem: BaseException | None, trace: TracebackType | None) -> None:
        if sys.stderr is not None:
            sys.stderr.write(redacted(kind, trace))
        if isinstance(problem, Exception):
            tell(problem)

    sys.excepthook = unexpected
    threading.excepthook = lambda given: unexpected(given.exc_type, given.exc_value, given.exc_traceback)
