"""A vault on a disk without room: it opens for reading and printing, and nothing that was typed is lost.

Records cannot be saved then, and each save says so. What only has to be entered in the audit trail (opening, printing,
locking) and what is typed goes into room that was set aside (`reserve.py`), and from there into the vault as soon as
there is room. Where the reserve cannot take an entry either, the act that asked for it does not happen.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from threading import RLock
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.models.local.tables import Draft
from app.models.vocab import AuditAction
from app.models.work import Actor
from app.vault import audit, drafts, state
from app.vault.audit import Entry
from app.vault.problems import DISK_FULL
from app.vault.reserve import KeptDraft, Owed, Reserve

GONE = "reserve was missing"
"""The reason in the audit trail when the reserve, and whatever waited in it, was taken away or damaged."""


class FullDisk(ABC):
    """The part of a vault that knows whether there is room; `Vault` is the whole."""

    is_full = False
    """Whether the last attempt to save found no room."""
    on_room: Callable[[bool], None] = staticmethod(lambda full: None)
    """Called with `is_full` when it changes, on whatever thread met it."""
    _reserve: Reserve
    _lock: RLock

    @abstractmethod
    def read(self) -> AbstractContextManager[Session]:
        """A session that cannot write."""

    @abstractmethod
    def settling(self) -> AbstractContextManager[Session]:
        """A session for the device's own facts."""

    @abstractmethod
    def now(self) -> datetime:
        """This moment by the vault's clock."""

    @abstractmethod
    def some_actor(self) -> Actor:
        """The owner, in the first of their roles."""

    @property
    def owed(self) -> Owed:
        """What waits for room."""
        return self._reserve.owed

    def make_up(self) -> bool:
        """Enter what waits, if there is room now; whether there is."""
        try:
            with self._lock:
                self._forget_entered()
                if self.is_full or self.owed or self._reserve.lost:
                    self._enter()
        except EnvironmentProblem as problem:
            if problem.text != DISK_FULL:
                raise
            self._set_full(True)
            return False
        self._set_full(False)
        return True

    def keep_draft(self, form: str, values: dict[str, Any], focus: str | None) -> None:
        """Keep what is typed: in the database, or aside when that has no room. Raises EnvironmentProblem."""
        now = self.now()
        try:
            with self.settling() as session:
                drafts.save(session, form, values, focus, now)
        except EnvironmentProblem as problem:
            if problem.text != DISK_FULL:
                raise
            with self._lock:
                self._reserve.keep_draft(form, KeptDraft(values, focus, now))
        else:
            self._forget_aside(form)

    def kept_draft(self, session: Session, form: str) -> Draft | None:
        """What was kept of a form last, wherever that is."""
        aside, kept = self.owed.drafts.get(form), drafts.load(session, form)
        if aside is None or (kept is not None and kept.kept_at > aside.at):
            return kept
        return Draft(form=form, values=aside.values, focus=aside.focus, kept_at=aside.at)

    def drop_draft(self, session: Session, form: str) -> None:
        """Forget a draft with what this session saves."""
        drafts.drop(session, form)
        if form in self.owed.drafts:
            event.listen(session, "after_commit", lambda _: self._forget_aside(form), once=True)

    def _owe(self, actor: Actor, at: datetime, entries: Sequence[Entry]) -> None:
        """Keep entries for which the database has no room. Raises EnvironmentProblem when the reserve has none."""
        self._set_full(True)
        self._reserve.owe(actor, at, entries)

    def _set_full(self, full: bool) -> None:
        if full != self.is_full:
            self.is_full = full
            self.on_room(full)

    def _forget_aside(self, form: str) -> None:
        with self._lock, suppress(EnvironmentProblem):
            self._reserve.drop_draft(form)

    def _forget_entered(self) -> None:
        """A stop between entering and forgetting left both: the number in the database says that it is entered."""
        with self.read() as session:
            self._reserve.forget_until(int(state.get(session, state.OWED_UNTIL) or 0))

    def _enter(self) -> None:
        reserve, owed, until = self._reserve, self.owed, self._reserve.generation
        mender = self.some_actor()
        with self.settling() as session:
            if reserve.lost and state.get(session, state.OWED_UNTIL) is not None:
                audit.append(session, mender, self.now(), [Entry(AuditAction.RESTORE, reason=GONE)])
            for kept in owed.entries:
                actor, entry = kept.entry()
                audit.append(session, actor, kept.at, [entry])
            for form, draft in owed.drafts.items():
                known = drafts.load(session, form)
                if known is None or known.kept_at <= draft.at:
                    drafts.save(session, form, draft.values, draft.focus, draft.at)
            until = max(until, int(state.get(session, state.OWED_UNTIL) or 0))
            state.put(session, state.OWED_UNTIL, str(until))
        if reserve.lost:
            with suppress(OSError):
                reserve.make(until)
        else:
            reserve.forget_until(until)
