"""What can be done with a task: done, not needed (with a reason), handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from app.queries.members import MemberRow
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.picker import ComboPicker
from app.views.common.text import LineEdit, NoteEdit
from app.words import tr


class DoneDialog(Dialog):
    """A task is done; a note may say how."""

    def __init__(self, parent: QWidget, title: str, done: Callable[[str | None], None]) -> None:
        super().__init__(lambda: tr("Done"), lambda: tr("Mark as done"), parent, text=title)
        self.note = NoteEdit()
        self.add(Field(lambda: tr("Note (optional)"), self.note))
        self.accepted.connect(lambda: done(self.note.value()))


class CancelDialog(Dialog):
    """A task is not needed any more; the reason stays with it."""

    def __init__(self, parent: QWidget, title: str, cancelled: Callable[[str], None]) -> None:
        super().__init__(lambda: tr("Not needed any more"), lambda: tr("Cancel the task"), parent, text=title)
        self.reason = NoteEdit()
        self._field = Field(lambda: tr("Why?"), self.reason, required=True)
        self.add(self._field)
        self.accepted.connect(lambda: cancelled(self.reason.value() or ""))

    def check(self) -> bool:
        """A reason is needed."""
        given = bool((self.reason.value() or "").strip())
        self._field.set_error(None if given else lambda: tr("Please say why the task is not needed."))
        return given


class HandOverDialog(Dialog):
    """Someone else takes the task: a colleague, or a body outside."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        people: Sequence[MemberRow],
        handed: Callable[[str | None, str | None], None],
    ) -> None:
        super().__init__(lambda: tr("Hand over"), lambda: tr("Hand over the task"), parent, text=title)
        self.person = ComboPicker([(person.id, person.name) for person in people])
        self.outside = LineEdit()
        self._field = Field(lambda: tr("To a colleague"), self.person)
        self.add(self._field)
        self.add(Field(lambda: tr("Or outside the service"), self.outside))
        self.accepted.connect(lambda: handed(_text(self.person.value()), self.outside.value()))

    def check(self) -> bool:
        """Somebody has to take it."""
        given = bool(self.person.value() or (self.outside.value() or "").strip())
        self._field.set_error(None if given else lambda: tr("Please say who takes the task."))
        return given


def _text(value: object) -> str | None:
    return str(value) if value else None
