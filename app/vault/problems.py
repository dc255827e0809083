"""Turns what the driver and the machine report into errors with an owner and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.errors import Defect, EnvironmentProblem, HavenError
from app.vault.driver import driver
from app.words import mark

DISK_FULL = mark("The disk is full. What was saved before is safe; free some space and save again.")
DAMAGED = mark(
    "The vault's file is damaged or not a vault. Nothing was changed. An administrator can restore the newest backup."
)
BUSY = mark("This vault is already open in another window of this computer. Close that one first.")
NOT_WRITABLE = mark("The vault's folder cannot be written to. Check its permissions and that the disk works.")
NO_DELETE = mark("A record of the vault is never deleted from its table; it is marked as removed.")
FIXED = mark("The id and the scope of a record never change.")
REFUSED = mark("The vault refused a statement.")

_BY_WORDS = (
    ("database or disk is full", EnvironmentProblem, DISK_FULL),
    ("no space left", EnvironmentProblem, DISK_FULL),
    ("malformed", EnvironmentProblem, DAMAGED),
    ("not a database", EnvironmentProblem, DAMAGED),
    ("vtable constructor failed", EnvironmentProblem, DAMAGED),
    ("file is encrypted", EnvironmentProblem, DAMAGED),
    ("database is locked", EnvironmentProblem, BUSY),
    ("disk i/o error", EnvironmentProblem, NOT_WRITABLE),
    ("unable to open database file", EnvironmentProblem, NOT_WRITABLE),
    ("readonly database", EnvironmentProblem, NOT_WRITABLE),
    ("haven: never deleted", Defect, NO_DELETE),
    ("haven: never changes", Defect, FIXED),
)


def explain(error: BaseException) -> HavenError | None:
    """The error with an owner for what the driver or the machine said; None when it is not one we know."""
    if isinstance(error, OSError):
        return EnvironmentProblem(DISK_FULL if error.errno == 28 else NOT_WRITABLE)
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((kind(text) for words, kind, text in _BY_WORDS if words in said), None)


def is_full(error: BaseException) -> bool:
    """Whether this is the disk that has no room."""
    known = error if isinstance(error, HavenError) else explain(error)
    return known is not None and known.text == DISK_FULL


@contextmanager
def explained() -> Iterator[None]:
    """Within: the driver's and the machine's errors come out as ours, without the statement that met them."""
    try:
        with statements_explained():
            yield
    except OSError as error:
        raise (explain(error) or error) from None


@contextmanager
def statements_explained() -> Iterator[None]:
    """Within: the driver's errors come out as ours; a file's error is somebody else's there, not the vault's."""
    try:
        yield
    except (DBAPIError, driver.Error) as error:
        known = explain(error)
        if known is None:
            raise
        raise known from None
