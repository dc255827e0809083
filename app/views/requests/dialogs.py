"""Small questions about a request: why, and whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from app.queries.members import MemberRow
from app.views.common.banner import Banner
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.picker import ComboPicker
from app.views.common.text import Heading, NoteEdit
from app.views.common.wording import Wording
from app.words import tr


class ReasonDialog(Dialog):
    """Asks for a reason, which is kept and audited."""

    def __init__(self, parent: QWidget, question: Wording, given: Callable[[str], None]) -> None:
        super().__init__(question, lambda: tr("Save"), parent)
        self.reason = NoteEdit()
        self.reason.setObjectName("reason.text")
        self.accept_button.setObjectName("reason.save")
        self._field = Field(lambda: tr("Reason"), self.reason, required=True)
        self.add(self._field)
        self.accepted.connect(lambda: given(self.reason.value() or ""))

    def check(self) -> bool:
        """A reason is needed."""
        there = bool((self.reason.value() or "").strip())
        self._field.set_error(None if there else lambda: tr("Please give a reason."))
        return there


class HeedDialog(Dialog):
    """What must be heeded before dialling, large and plain; the number below it."""

    def __init__(self, parent: QWidget, number: str, sentences: Sequence[str]) -> None:
        super().__init__(lambda: tr("Before you call"), lambda: tr("I have read it"), parent)
        self.accept_button.setObjectName("heed.read")
        self.cancel_button.hide()
        for sentence in sentences:
            self.add(Banner("warning", sentence))
        if number:
            self.add(Heading(number, 2))


class ChooseMemberDialog(Dialog):
    """Asks for one of the members."""

    def __init__(
        self, parent: QWidget, title: Wording, people: Sequence[MemberRow], chosen: Callable[[str], None]
    ) -> None:
        super().__init__(title, lambda: tr("Call"), parent)
        self.person = ComboPicker([(person.id, person.name) for person in people])
        self.person.setObjectName("member.person")
        self.accept_button.setObjectName("member.save")
        self._field = Field(lambda: tr("Who?"), self.person, required=True)
        self.add(self._field)
        self.accepted.connect(lambda: chosen(str(self.person.value())))

    def check(self) -> bool:
        """Somebody has to be chosen."""
        there = self.person.value() is not None
        self._field.set_error(None if there else lambda: tr("Please choose someone."))
        return there
