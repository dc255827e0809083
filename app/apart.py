"""Processes apart, for what nobody trusts: bounded in time and memory, without network, without writing a file.

Whoever asks starts one with `ask`; the process itself loads what it needs and then calls `shut_the_doors`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

if sys.platform != "win32":
    import resource

_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "urllib.", "ftplib.")
_WRITING = frozenset("wax+")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class TooSlow(Exception):
    """It took longer than it may and was stopped."""


class Died(Exception):
    """It ended without an answer, or answered more than it may."""


def command_of(child: str) -> list[str]:
    """How the process `child` is started, from source and from a bundle."""
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    return [*start, "--child", child]


def ask(message: bytes, command: Sequence[str], *, seconds: float, most: int) -> bytes:
    """The answer, of at most `most` bytes, of a process that lives for this one message.

    Raises TooSlow, Died, and OSError when it cannot be started.
    """
    try:
        done = subprocess.run(
            list(command),
            input=message,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if os.name == "nt" else 0,
        )
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    if done.returncode != 0 or len(done.stdout) > most:
        raise Died
    return done.stdout


def shut_the_doors(*, memory: int, seconds: int | None = None) -> None:
    """Limit memory (bytes) and time, forbid core files and written files, and refuse the network and other programs."""
    if sys.platform != "win32":
        _limit(resource.RLIMIT_AS, memory)
        if seconds is not None:
            _limit(resource.RLIMIT_CPU, seconds)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_FSIZE, 0)
    sys.addaudithook(_refuse)


if sys.platform != "win32":

    def _limit(what: int, most: int) -> None:
        _, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))


def _refuse(event: str, arguments: Sequence[object]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"this process never does this: {event}")
    if event == "open" and len(arguments) > 2:
        _, mode, flags = arguments[:3]
        written = isinstance(mode, str) and bool(_WRITING & set(mode))
        if written or (isinstance(flags, int) and flags & _WRITE_FLAGS):
            raise PermissionError("this process writes no file")
