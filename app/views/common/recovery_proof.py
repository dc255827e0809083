"""A new recovery key on the screen: printed or written down, then shown to be kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.card import Card
from app.views.common.choices import SegmentedChoice
from app.views.common.field import Field
from app.views.common.key_desk import KeyDesk
from app.views.common.recovery_entry import TwoSheets
from app.views.common.text import LineEdit, PlainLabel, QuietText
from app.views.messages import Messages, sentence_of
from app.views.tasks import Jobs
from app.words import current, tr

_GROUPS = 14
_ASKED = 2
_COLUMNS = 7


class RecoveryProof(QWidget):
    """Shows the key, offers its sheets, and asks for two groups of it or for two sheets. `kept` follows the proof."""

    kept = Signal()
    refused = Signal()

    def __init__(self, text: str, keys: KeyDesk, jobs: Jobs, messages: Messages) -> None:
        super().__init__()
        self._text, self._keys, self._jobs, self._messages = text, keys, jobs, messages
        self.groups = text.split("-")
        self.asked = sorted(secrets.SystemRandom().sample(range(_GROUPS), _ASKED))
        self.preview: QDialog | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(3))
        self._column.addWidget(self._shown())
        self._column.addLayout(self._paper())
        self._ask_for_proof()

    def check(self) -> None:
        """Compare what was typed back; `kept` or `refused` follows."""
        self._clear()
        if self._way.value() == "sheets":
            typed = self.sheets.value()
            self._jobs.job(self, lambda: self._keys.same_key(typed, self._text), lambda _: self._keep(), self._wrong)
            return
        right = True
        for place, edit, field in zip(self.asked, self.proofs, self._fields, strict=True):
            if _plain(edit.value()) != self.groups[place]:
                field.set_error(lambda: tr("That is not this group. Please look again at what you wrote down."))
                right = False
        if right:
            self._keep()
        else:
            self.refused.emit()

    def _keep(self) -> None:
        self._jobs.job(self, lambda: self._keys.keep_recovery(self._text), lambda _: self.kept.emit(), self._wrong)

    def _wrong(self, problem: Exception) -> None:
        self._problem.set_message("danger", lambda: sentence_of(problem))
        self._problem.show()
        self.refused.emit()

    def _clear(self) -> None:
        self._problem.hide()
        for field in self._fields:
            field.set_error(None)

    # --- the parts ---

    def _shown(self) -> Card:
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.space(4))
        grid.setVerticalSpacing(style.space(2))
        for place, group in enumerate(self.groups):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(QuietText(str(place + 1)))
            shown = PlainLabel(group, strong=True)
            shown.set_selectable()
            shown.setAccessibleName(tr("Group {number}: {letters}", number=place + 1, letters=" ".join(group)))
            cell.addWidget(shown)
            grid.addLayout(cell, place // _COLUMNS, place % _COLUMNS)
        card.add_layout(grid)
        card.setObjectName("recovery.key")
        card.setProperty("text", self._text)
        card.setAccessibleName(tr("Recovery key"))
        return card

    def _paper(self) -> QVBoxLayout:
        paper = SecondaryButton(lambda: tr("Print three sheets for the safe"), "print")
        paper.setObjectName("recovery.sheets")
        paper.clicked.connect(lambda: self._draw(paper))
        whole = QVBoxLayout()
        whole.setSpacing(style.space(2))
        whole.addWidget(
            PlainLabel(
                lambda: tr("Keep it in the safe or with two people you trust, never with this computer."), strong=True
            )
        )
        whole.addWidget(
            QuietText(
                lambda: tr(
                    "Three sheets of words stand for this key: any two of them open the vault, one alone opens "
                    "nothing. So no single person holds it."
                )
            )
        )
        row = QHBoxLayout()
        row.addWidget(paper)
        row.addStretch(1)
        whole.addLayout(row)
        return whole

    def _draw(self, button: SecondaryButton) -> None:
        button.setEnabled(False)

        def show(pdf: bytes) -> None:
            button.setEnabled(True)
            self.preview = show_sheets(self, pdf, self._keys, self._jobs, self._messages)

        def failed(problem: Exception) -> None:
            button.setEnabled(True)
            self._wrong(problem)

        language = current().code
        self._jobs.job(self, lambda: self._keys.sheets(self._text, language), show, failed)

    def _ask_for_proof(self) -> None:
        self._way = SegmentedChoice(
            [
                ("groups", lambda: tr("I wrote the key down")),
                ("sheets", lambda: tr("I printed the sheets")),
            ],
            optional=False,
        )
        self._way.set_value("groups")
        self._way.setObjectName("recovery.way")
        self._way.changed.connect(self._show_way)
        self._column.addWidget(Field(lambda: tr("Show that you have it"), self._way))
        self._problem = Banner("danger", "")
        self._problem.hide()
        self._column.addWidget(self._problem)
        self.proofs = [LineEdit() for _ in self.asked]
        self._fields = []
        self._by_groups = QWidget()
        row = QHBoxLayout(self._by_groups)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(4))
        for number, (place, edit) in enumerate(zip(self.asked, self.proofs, strict=True), start=1):
            edit.setObjectName(f"recovery.proof{number}")
            edit.setProperty("group", place)
            edit.returnPressed.connect(self.check)
            field = Field(_group_label(place), edit, required=True)
            self._fields.append(field)
            row.addWidget(field, 1)
        self.sheets = TwoSheets()
        self._column.addWidget(self._by_groups)
        self._column.addWidget(self.sheets)
        self._show_way()

    def _show_way(self, *_: object) -> None:
        by_sheets = self._way.value() == "sheets"
        self._by_groups.setVisible(not by_sheets)
        self.sheets.setVisible(by_sheets)


def show_sheets(parent: QWidget, pdf: bytes, keys: KeyDesk, jobs: Jobs, messages: Messages) -> QDialog:
    """The sheets as they will be printed, from memory; printing and saving are noted first."""
    # The viewer of PDFs is a large library that the first window of the day does without.
    from app.views.preview.window import PreviewWindow

    def leaving(export: bool, then: Callable[[], None]) -> None:
        jobs.job(parent, lambda: keys.sheets_leave(export), lambda _: then())

    window = PreviewWindow(
        parent,
        tr("Recovery sheet for the safe"),
        pdf,
        file_name=f"{tr('page')}.pdf",
        leaving=leaving,
        messages=messages,
    )
    window.finished.connect(window.deleteLater)
    window.open()
    return window


def _plain(typed: str | None) -> str:
    """A group as it stands in the key, whatever look-alikes were typed."""
    letters = "".join(letter for letter in (typed or "").upper() if letter.isalnum())
    return letters.translate(str.maketrans("018", "OIB"))


def _group_label(place: int) -> Callable[[], str]:
    return lambda: tr("Type group {number}", number=place + 1)
