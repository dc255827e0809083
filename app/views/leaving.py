"""What is said of cases that were given to others: what left this computer, what waits for a look, or for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.vocab import Waits
from app.queries.leaving import LeavingCases, LeavingRow, leaving
from app.services.leaving import LetLeave, NoteGone, let_leave, note_gone
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import SecondaryButton
from app.views.common.card import empty
from app.views.common.dialog import Dialog
from app.views.common.text import PlainLabel
from app.views.programme import Context
from app.words import tr, trn


class LeavingBanners(QWidget):
    """One banner for each matter; takes no room while there is none. `name` begins the names of its buttons."""

    def __init__(self, context: Context, name: str) -> None:
        super().__init__()
        self._context, self._called = context, name
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.space(2))
        self.hide()

    def refresh(self) -> None:
        """Ask again."""
        self._context.tasks.read(self, leaving, self._show)

    def texts(self) -> tuple[str, ...]:
        """The sentences as shown."""
        return tuple(banner.text() for banner in self.findChildren(Banner) if not banner.isHidden())

    def _show(self, found: LeavingCases) -> None:
        empty(self._column)
        if found.gone:
            self._column.addWidget(self._gone(found.gone))
        if found.held:
            self._column.addWidget(self._held(found.held))
        by_reason = Counter(row.waits_for for row in found.waiting)
        for reason in Waits:
            if by_reason[reason]:
                self._column.addWidget(Banner("info", _waiting(by_reason[reason], reason)))
        self.setVisible(self._column.count() > 0)

    def _gone(self, count: int) -> Banner:
        read = SecondaryButton(lambda: tr("I have read this"))
        read.setObjectName(f"{self._called}.left_read")
        read.clicked.connect(
            lambda: self._context.tasks.write(self, note_gone, NoteGone(), lambda _: self.refresh()),
        )
        return Banner("info", lambda: _gone_words(count), read)

    def _held(self, rows: tuple[LeavingRow, ...]) -> Banner:
        look = SecondaryButton(lambda: tr("Look at them"), "arrow-right")
        look.setObjectName(f"{self._called}.let_leave")
        look.clicked.connect(lambda: self._ask(rows))
        return Banner("warning", lambda: _held_words(len(rows)), look)

    def _ask(self, rows: tuple[LeavingRow, ...]) -> None:
        dialog = LetLeaveDialog(self, rows)
        command = LetLeave(case_ids=tuple(row.case_id for row in rows))

        def done(_: object) -> None:
            self.refresh()
            self._context.sync.now()

        dialog.accepted.connect(lambda: self._context.tasks.write(self, let_leave, command, done))
        dialog.open()


class LetLeaveDialog(Dialog):
    """The cases by number, and whether they may go."""

    def __init__(self, parent: QWidget, rows: tuple[LeavingRow, ...]) -> None:
        super().__init__(
            lambda: tr("May these cases leave this computer?"),
            lambda: tr("Let them leave"),
            parent,
            text=lambda: tr(
                "A colleague gave them to others. Your work in them stays with the service, and a case that is given "
                "back comes again. If this surprises you, ask your supervisor first."
            ),
            cancel=lambda: tr("Not now"),
        )
        self.setObjectName("let_leave")
        self.accept_button.setObjectName("let_leave.accept")
        self.cancel_button.setObjectName("let_leave.cancel")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.numbers = PlainLabel("\n".join(row.number or tr("Number pending") for row in rows))
        self.add(self.numbers)


def _gone_words(count: int) -> str:
    return trn(
        "{count} case that was given to others was taken off this computer. Everything you wrote in it was received.",
        "{count} cases that were given to others were taken off this computer. Everything you wrote in them was "
        "received.",
        count,
    )


def _held_words(count: int) -> str:
    return trn(
        "{count} case was given to others, together with more than usual. It stays on this computer until you have "
        "looked.",
        "{count} cases were given to others, more than usual at once. They stay on this computer until you have "
        "looked.",
        count,
    )


def _waiting(count: int, reason: Waits) -> Callable[[], str]:
    def words() -> str:
        still = trn(
            "{count} case that was given to others is still on this computer.",
            "{count} cases that were given to others are still on this computer.",
            count,
        )
        return f"{still} {_WHY[reason]()}"

    return words


_WHY: dict[Waits, Callable[[], str]] = {
    Waits.WORK: lambda: tr("Your own work goes to the server first."),
    Waits.REFUSED: lambda: tr("The server refused some of your work: see Sent and waiting."),
    Waits.FILES: lambda: tr("The content of your files goes to the server first."),
    Waits.NEWS: lambda: tr("Something that came from colleagues is not settled yet."),
    Waits.OTHERS: lambda: tr("A colleague's computer has to take over first."),
}
