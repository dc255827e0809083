"""Renewal letters for many at once: those whose reminder is due are marked, anybody of the queue can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.queries.registry import LetterTo, RegistrationRow
from app.services.printing import MOST_LETTERS
from app.views import style
from app.views.common import when
from app.views.common.buttons import QuietButton
from app.views.common.choices import SegmentedChoice, TickBox
from app.views.common.dialog import Dialog
from app.views.common.field import Field
from app.views.common.text import PlainLabel, QuietText
from app.views.common.wording import Wording, say
from app.views.programme import Addressed, Context
from app.views.registry.terms_dialogs import to_heed
from app.words import tr, trn

RENEWAL_NOTICE, WITHOUT_CHANGES = "F-604", "F-605"


class LettersDialog(Dialog):
    """Asks which letter and to whom; the pages are shown as one file.

    `rows`: the queue, of which the first `MOST_LETTERS` are offered; `to`: how each is written to. Whatever has to be
    heeded stands below a registration, which then is not marked by itself (domain.md 1.4.2).
    """

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        rows: Sequence[RegistrationRow],
        to: Mapping[str, LetterTo],
        *,
        today: date,
    ) -> None:
        super().__init__(
            lambda: tr("Renewal letters"),
            lambda: tr("Show the letters"),
            parent,
            text=lambda: tr("Whoever may not be written to is left out, and the page says who and why."),
            width=640,
        )
        self.setObjectName("registry.letters")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.accept_button.setObjectName("registry.letters.show")
        self._context, self._page, self._to = context, parent, to
        self._offered = tuple(rows[:MOST_LETTERS])
        self.form = SegmentedChoice(
            [
                (RENEWAL_NOTICE, lambda: tr("Renewal notice")),
                (WITHOUT_CHANGES, lambda: tr("Renewal without changes")),
            ],
            optional=False,
        )
        self.form.setObjectName("registry.letters.form")
        self.form.set_value(RENEWAL_NOTICE)
        self.add(Field(lambda: tr("Letter"), self.form))
        self.whole_sheets = TickBox(lambda: tr("Printed on both sides: begin each letter on a new sheet"))
        self.whole_sheets.setObjectName("registry.letters.sheets")
        self.whole_sheets.set_value(True)
        self.add(self.whole_sheets)
        self._count = QuietText("")
        self.marks = {row.id: self._mark(row, today) for row in self._offered}
        self._lay_out_marks(len(rows))
        self._tell()

    def chosen(self) -> tuple[Addressed, ...]:
        """Whom a letter is wanted for."""
        return tuple(
            Addressed(row.id, _named(row), self._to[row.id].language)
            for row in self._offered
            if self.marks[row.id].value()
        )

    def check(self) -> bool:
        """Somebody is marked."""
        if self.chosen():
            return True
        self.complain(lambda: tr("Mark at least one registration."))
        return False

    def accept(self) -> None:
        """Show the letters, and leave."""
        form_id, to, whole_sheets = str(self.form.value()), self.chosen(), self.whole_sheets.value()
        super().accept()
        self._context.letters(self._page, form_id, to, whole_sheets=whole_sheets)

    def _mark(self, row: RegistrationRow, today: date) -> TickBox:
        box = TickBox(lambda: tr("{name}, ends {date}", name=_named(row), date=when.day(row.expires_on)))
        box.setObjectName(f"registry.letters.{row.id}")
        due = row.remind_on is not None and row.remind_on <= today
        box.set_value(due and not self._heed(row.id))
        box.changed.connect(self._tell)
        if (tick := box.focusProxy()) is not None:
            tick.setAccessibleDescription(" ".join(say(said) for _, said in self._heed(row.id)))
        return box

    def _lay_out_marks(self, queued: int) -> None:
        every = QuietButton(lambda: tr("Mark all"), "check")
        every.setObjectName("registry.letters.all")
        every.clicked.connect(lambda: self._mark_all(True))
        none = QuietButton(lambda: tr("Mark none"))
        none.setObjectName("registry.letters.none")
        none.clicked.connect(lambda: self._mark_all(False))
        row = QHBoxLayout()
        row.addWidget(self._count, 1)
        row.addWidget(every)
        row.addWidget(none)
        self.add_layout(row)
        column = QVBoxLayout()
        column.setSpacing(style.space(1))
        for row_id, box in self.marks.items():
            column.addWidget(box)
            for kind, said in self._heed(row_id):
                warned = PlainLabel(said)
                warned.set_kind(kind)
                warned.setContentsMargins(style.space(7), 0, 0, style.space(2))
                column.addWidget(warned)
        self.add_layout(column)
        if queued > len(self.marks):
            self.add(QuietText(lambda: tr("Only the {count} that end first are listed.", count=len(self.marks))))

    def _heed(self, row_id: str) -> list[tuple[str, Wording]]:
        return to_heed(self._to[row_id].safe, self._to[row_id].note)

    def _mark_all(self, marked: bool) -> None:
        for box in self.marks.values():
            box.set_value(marked)
        self._tell()

    def _tell(self) -> None:
        count = len(self.chosen())
        self._count.set_text(lambda: trn("{count} letter marked", "{count} letters marked", count))
        self.complain(None)


def _named(row: RegistrationRow) -> str:
    return " · ".join(part for part in (row.number, row.initials) if part)
