"""The log of bearings, and in words where they point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.locate import Fix, Status
from app.models.search_vocab import PulseHeard
from app.models.vocab import label
from app.queries.lifesaver_search import BearingRow, SearchView
from app.views import style
from app.views.common import when
from app.views.common.buttons import PrimaryButton, QuietButton
from app.views.common.card import Card
from app.views.common.empty import EmptyState
from app.views.common.table import Cell, CellKind, Column, Row, RowTable
from app.views.common.text import Heading, PlainLabel, QuietText
from app.views.common.wording import locale
from app.views.programme import Context
from app.words import tr

if TYPE_CHECKING:
    from app.views.lifesaver.search_room import SearchRoom


class BearingsPane(QWidget):
    """The table at the left, the position that it comes to at the right."""

    def __init__(self, context: Context, room: SearchRoom) -> None:
        super().__init__()
        self._context = context
        self._room = room
        self._table = RowTable(
            [
                Column(lambda: tr("Time"), 90),
                Column(lambda: tr("True"), 90, numeric=True),
                Column(lambda: tr("Quality"), 110),
                Column(lambda: tr("Signal"), 90),
                Column(lambda: tr("Operator"), 150),
                Column(lambda: tr("In the position")),
            ],
            name=lambda: tr("Bearings"),
            empty=EmptyState(
                "pin",
                lambda: tr("No bearing yet"),
                lambda: tr("Log each attempt, also when nothing was heard: Ctrl+B."),
            ),
        )
        self._table.setObjectName("search.bearings")
        self._table.selected.connect(lambda _: self._allow())
        self._log = PrimaryButton(lambda: tr("Log a bearing"), "plus")
        self._log.setObjectName("search.log")
        self._log.clicked.connect(room.log_bearing)
        self._withdraw = QuietButton(lambda: tr("Withdraw"), "cross")
        self._withdraw.setObjectName("search.withdraw_button")
        self._withdraw.clicked.connect(lambda: room.withdraw(self._table.selected_id()))
        self._writes = False
        self._card = Card()
        left = QVBoxLayout()
        left.addWidget(self._table, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._log)
        buttons.addWidget(self._withdraw)
        buttons.addStretch(1)
        left.addLayout(buttons)
        right = QVBoxLayout()
        right.addWidget(self._card)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.space(4))
        row.addLayout(left, 3)
        row.addLayout(right, 2)

    def show_search(self, view: SearchView, *, writes: bool) -> None:
        """Show the log of a search."""
        self._writes = writes
        self._table.set_rows([_line(row, self._context.zone) for row in view.bearings])
        self._log.setVisible(writes)
        self._allow()
        self._card.clear()
        self._card.set_title(lambda: tr("Where they point"))
        for widget in _position(view):
            self._card.add(widget)

    def _allow(self) -> None:
        self._withdraw.setVisible(self._writes and bool(self._table.selected_id()))


def _line(row: BearingRow, zone: str) -> Row:
    values = row.values
    true = f"{row.true_deg:.1f}°" if row.true_deg is not None else "–"
    strength = " ".join(str(part) for part in (values["signal"], label(values["scale"])) if part)
    heard = label(values["heard"]) if values["heard"] is not PulseHeard.YES else label(values["quality"])
    said, kind = _part(row)
    return Row(
        row.id,
        (when.time_of(row.taken_at, zone), Cell(true, "strong"), heard, strength, row.operator, Cell(said, kind)),
    )


def _part(row: BearingRow) -> tuple[str, CellKind]:
    if row.withdrawn:
        return tr("Withdrawn: {why}", why=row.withdrawn), "quiet"
    if row.values["heard"] is PulseHeard.NO:
        return tr("Nothing heard"), "quiet"
    if row.why_not:
        return row.why_not, "warning"
    if row.residual_deg is not None:
        return tr("{degrees}° off", degrees=locale().toString(abs(row.residual_deg), "f", 1)), "plain"
    return "", "plain"


def _position(view: SearchView) -> list[QWidget]:
    """The position in words, to be said over the radio."""
    fix = view.fix
    if fix is None:
        return [QuietText(lambda: tr("Two bearings from different places give a position."))]
    found: list[QWidget] = [Heading(_status(fix), 2)]
    if fix.place is not None and fix.ellipse is not None:
        place = PlainLabel(f"{fix.place.lat:.5f}, {fix.place.lon:.5f}", strong=True)
        place.setObjectName("search.position")
        place.set_selectable()
        major, minor = round(fix.ellipse.semi_major_m), round(fix.ellipse.semi_minor_m)
        azimuth = round(fix.ellipse.azimuth_deg) % 180
        found += [
            place,
            PlainLabel(
                tr(
                    "95 of 100 times within {major} m by {minor} m, the long way towards {azimuth}°.",
                    major=major,
                    minor=minor,
                    azimuth=azimuth,
                )
            ),
        ]
    found += [PlainLabel(note.sentence) for note in fix.notes]
    if fix.suggestion is not None:
        found.append(PlainLabel(fix.suggestion.sentence))
    trends = {"rising": tr("The signal is rising."), "falling": tr("The signal is falling.")}
    if view.trend:
        found.append(PlainLabel(trends[view.trend]))
    return found


def _status(fix: Fix) -> str:
    return tr("Position") if fix.status is Status.FIX else fix.status.sentence
