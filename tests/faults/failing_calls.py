"""Lets the n-th write, sync or rename of this process fail as a full or broken disk does."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

CALLS = ("pwrite", "write", "fdatasync", "fsync", "ftruncate", "replace")
KINDS = {"full": errno.ENOSPC, "broken": errno.EIO}


@dataclass
class Failing:
    """`number` counts from 1; 0 fails never and only counts. `lasting`: every call from there on fails too.

    A write that fails for lack of room has written its first half before: that is how disks fill.
    """

    number: int
    kind: str = "full"
    lasting: bool = False
    seen: int = 0
    met: str = ""

    def now(self, name: str) -> bool:
        self.seen += 1
        failing = self.number > 0 and (self.seen >= self.number if self.lasting else self.seen == self.number)
        if failing and not self.met:
            self.met = name
        return failing

    def error(self) -> OSError:
        return OSError(KINDS[self.kind], os.strerror(KINDS[self.kind]))


@contextmanager
def failing(number: int, kind: str = "full", *, lasting: bool = False) -> Iterator[Failing]:
    """Within: calls fail as asked."""
    asked = Failing(number, kind, lasting)
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, _wrapped(name, getattr(os, name), asked))
        yield asked


def _wrapped(name: str, real: Callable[..., Any], asked: Failing) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        if not asked.now(name):
            return real(*values, **named)
        if name == "pwrite" and asked.kind == "full":
            descriptor, content, place = values
            real(descriptor, bytes(content)[: len(content) // 2], place)
        raise asked.error()

    return call
