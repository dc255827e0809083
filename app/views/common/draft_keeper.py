"""Keeps what is being typed in a form, so that a lock, a crash or an empty battery takes none of it.

Every value that an input of `views.common` gives can be kept: dates, times and moments travel as marked lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.models.vocab import Precision
from app.views.common.moments import Moment

Verb = Callable[[Any, Any], Any]

_DAY, _TIME, _INSTANT, _MOMENT = "~day", "~time", "~instant", "~moment"


class DraftStore(Protocol):
    """Where drafts are kept: `programme.Drafts`."""

    def keep(self, form: str, values: Mapping[str, Any], focus: str | None) -> None:
        """Keep what stands in a form now."""

    def load(self, form: str, done: Callable[[Mapping[str, Any] | None, str | None], None]) -> None:
        """Hand over what was kept."""

    def drop(self, form: str) -> None:
        """Forget what was kept."""

    def noted(self, form: str) -> None:
        """Remember where one is now: a draft is found again from there."""

    def saving(self, form: str, verb: Verb) -> Verb:
        """The verb, with the draft forgotten in the same transaction: never both saved and waiting."""


def to_draft(value: Any) -> Any:
    """A value as plain text, numbers, lists and dictionaries."""
    if isinstance(value, Moment):
        return [_MOMENT, value.when.isoformat() if value.when else None, value.precision.value]
    if isinstance(value, datetime):
        return [_INSTANT, value.isoformat()]
    if isinstance(value, date):
        return [_DAY, value.isoformat()]
    if isinstance(value, time):
        return [_TIME, value.isoformat()]
    if isinstance(value, Mapping):
        return {str(key): to_draft(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_draft(entry) for entry in value]
    return str(value) if isinstance(value, str) else value


def from_draft(value: Any) -> Any:
    """The value that `to_draft` made plain. Lists stay lists; codes of closed lists are plain text."""
    if isinstance(value, Mapping):
        return {key: from_draft(entry) for key, entry in value.items()}
    if not isinstance(value, list):
        return value
    head = value[0] if value and isinstance(value[0], str) else ""
    if head == _MOMENT:
        return Moment(datetime.fromisoformat(value[1]) if value[1] else None, Precision.of(value[2]))
    if head == _INSTANT:
        return datetime.fromisoformat(value[1])
    if head == _DAY:
        return date.fromisoformat(value[1])
    if head == _TIME:
        return time.fromisoformat(value[1])
    return [from_draft(entry) for entry in value]


class DraftKeeper(QObject):
    """Keeps a form's values within two seconds of each change; `restore` brings back what an earlier sitting left.

    `values` says what stands in the form, `fill` puts kept values back. Nothing is kept before the first change.
    Going on typing postpones nothing, and leaving a field keeps at once.
    """

    EVERY_MS = 1000
    """After the first change that is not kept yet; with the write it is on the disk within two seconds."""

    def __init__(
        self,
        owner: QObject,
        drafts: DraftStore,
        form: str,
        values: Callable[[], Mapping[str, Any]],
        fill: Callable[[Mapping[str, Any]], None],
        focus: Callable[[], str | None] = lambda: None,
    ) -> None:
        super().__init__(owner)
        self._drafts, self.form, self._values, self._fill, self._focus = drafts, form, values, fill, focus
        self._touched = self._over = self._saving = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.EVERY_MS)
        self._timer.timeout.connect(self.keep_now)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def restore(self, done: Callable[[bool], None] = lambda _found: None) -> None:
        """Ask for what was kept and fill the form with it, unless typing has begun meanwhile."""

        def arrived(values: Mapping[str, Any] | None, _focus: str | None) -> None:
            if not isValid(self):
                return
            found = bool(values) and not self._touched and not self._over
            if found and values is not None:
                self._fill({name: from_draft(value) for name, value in values.items()})
            done(found)

        self._drafts.load(self.form, arrived)

    def touch(self) -> None:
        """Something was changed by the person: keep it soon."""
        self._touched = True
        if not self._over and not self._timer.isActive():
            self._drafts.noted(self.form)
            self._timer.start()

    def keep_now(self) -> None:
        """Keep what stands in the form, if anything was changed."""
        self._timer.stop()
        if self._touched and not self._over and not self._saving:
            plain = {name: to_draft(value) for name, value in self._values().items()}
            self._drafts.keep(self.form, plain, self._focus())

    def drop(self) -> None:
        """The form was saved, or given up: forget its draft."""
        self._timer.stop()
        self._over = True
        self._drafts.drop(self.form)

    def saving(self, verb: Verb) -> Verb:
        """The verb that saves the form and forgets its draft with it; nothing is kept until it has answered."""
        self.keep_now()
        self._saving = True
        return self._drafts.saving(self.form, verb)

    def go_on(self) -> None:
        """The form lives on, because it was refused or only a part of it was saved: what stands in it is kept again."""
        self._saving = False
        if self._touched and not self._over:
            self._timer.start()

    def rename(self, form: str) -> None:
        """Keep the draft under another name from now on (its record has been made meanwhile)."""
        if form == self.form:
            return
        self._drafts.drop(self.form)
        self.form = form
        if self._touched:
            self.keep_now()

    def _on_focus(self, before: QWidget | None, _now: QWidget | None) -> None:
        if before is not None and self._timer.isActive():
            self.keep_now()
