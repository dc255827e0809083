"""What the parts of one open case share: whose case it is, what the person may do, and whether someone listens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.models.rules.access import may_write
from app.models.vocab import CaseStatus, Role
from app.queries.crisis.rows import CaseHeader, PersonRow, SafeContactRow
from app.views.crisis.asking import today
from app.views.programme import Context

Answer = TypeVar("Answer")


class Desk(QObject):
    """One open case. `changed` speaks when its head was read anew or its texts were shown or hidden.

    `asked` carries the name of a part of the case that should be shown.
    """

    changed = Signal()
    asked = Signal(str)

    def __init__(self, context: Context, case_id: str, window: QWidget) -> None:
        super().__init__(window)
        self.context, self.case_id, self.window = context, case_id, window
        self.header: CaseHeader | None = None
        self.revealed = False

    def set_header(self, header: CaseHeader) -> None:
        """Take the head of the case as it was just read."""
        self.header = header
        if not header.listener_present:
            self.revealed = False
        self.changed.emit()

    def reveal(self, shown: bool) -> None:
        """Show the texts although someone may listen, or hide them again."""
        self.revealed = shown
        self.changed.emit()

    @property
    def hides(self) -> bool:
        """Whether only headings are shown, because someone who should not hear is there."""
        return self.header is not None and self.header.listener_present and not self.revealed

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed."""
        return self.header is not None and self.header.status is CaseStatus.CLOSED

    @property
    def client(self) -> PersonRow | None:
        """The person whom the case is for."""
        return self.header.client if self.header else None

    @property
    def contacts(self) -> tuple[SafeContactRow, ...]:
        """The ways to reach the client, those that may be used first."""
        found = self.client.contacts if self.client else ()
        return tuple(sorted(found, key=lambda contact: not contact.usable))

    @property
    def today(self) -> date:
        """The service's calendar day."""
        return today(self.context)

    def may(self, kind: str) -> bool:
        """Whether the role may write records of a kind."""
        return may_write(self.context.person.role, kind)

    @property
    def supervises(self) -> bool:
        """Whether the person acts as a supervisor."""
        return self.context.person.role is Role.SUP

    def read(self, owner: QObject, question: Callable[[Any], Answer], done: Callable[[Answer], None]) -> None:
        """Ask a question; the answer comes later."""
        self.context.tasks.read(owner, question, done)

    def write(
        self,
        owner: QObject,
        verb: Callable[[Any, Any], Answer],
        command: Any,
        done: Callable[[Answer], None] | None = None,
    ) -> None:
        """Do a verb; what fails is told at the foot of the window."""
        self.context.tasks.write(owner, verb, command, done)

    def show(self, dialog: QDialog) -> None:
        """Open a dialog; it goes when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
