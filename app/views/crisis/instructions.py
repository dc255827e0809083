"""The instructions before a contact: an icon and a sentence, large enough to be read in a car at night."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.models.rules.safe_contact import InstructionKind
from app.queries.crisis.rows import InstructionRow
from app.views import style
from app.views.common.picture import Picture
from app.views.common.text import PlainLabel
from app.views.crisis.parts import empty_layout

ICONS: dict[InstructionKind, str] = {
    InstructionKind.VOICEMAIL: "envelope-off",
    InstructionKind.CALLER_ID: "phone-off",
    InstructionKind.SAY_YOU_ARE: "person",
    InstructionKind.CODE_WORD: "shield-check",
    InstructionKind.DANGER_WORD: "danger",
    InstructionKind.TIMES: "clock",
    InstructionKind.WHO_ELSE: "people",
    InstructionKind.WARNING: "warning",
}
_KINDS: dict[InstructionKind, str] = {InstructionKind.DANGER_WORD: "danger", InstructionKind.WARNING: "warning"}


class InstructionLine(QFrame):
    """One instruction; `small` where it only reminds."""

    def __init__(self, row: InstructionRow, *, small: bool = False) -> None:
        super().__init__()
        kind = _KINDS.get(row.kind, "")
        self.setProperty("kind", kind)
        self.setProperty("small", small)
        self.setAccessibleName(row.text)
        line = QHBoxLayout(self)
        across, down = (0, 2) if small else (style.space(4), style.space(3))
        line.setContentsMargins(across, down, across, down)
        line.setSpacing(style.space(2) if small else style.space(3))
        picture = Picture(ICONS.get(row.kind, "info"), kind or "accent", 18 if small else 24)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(PlainLabel(row.text), 1)


class Instructions(QWidget):
    """All instructions of one way of contact, in their order."""

    def __init__(self, rows: Sequence[InstructionRow] = (), *, small: bool = False) -> None:
        super().__init__()
        self._small = small
        self._rows: tuple[InstructionRow, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 if small else style.space(2))
        self.set_rows(rows)

    def set_rows(self, rows: Sequence[InstructionRow]) -> None:
        """Show other instructions."""
        self._rows = tuple(rows)
        empty_layout(self._column)
        for row in rows:
            self._column.addWidget(InstructionLine(row, small=self._small))
        self.setVisible(bool(rows))

    def texts(self) -> tuple[str, ...]:
        """The sentences as shown."""
        return tuple(row.text for row in self._rows)
