"""The list of all questions: find one by a part of its words, see what is missing or wrong, and go there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from app.models.vocab import Listed
from app.views import style
from app.views.common.icons import icon
from app.views.common.picker import folded
from app.views.common.text import LineEdit, QuietText
from app.words import mark, tr

_FOLDED = Qt.ItemDataRole.UserRole + 1
_PATH = Qt.ItemDataRole.UserRole + 2


class State(Listed):
    """How it stands with a question."""

    ANSWERED = "answered", mark("answered")
    MISSING = "missing", mark("missing")
    BROKEN = "broken", mark("not possible")
    OPEN = "open", mark("open")


_ICONS = {
    State.ANSWERED: ("check", "success"),
    State.MISSING: ("warning", "warning"),
    State.BROKEN: ("danger", "danger"),
    State.OPEN: ("minus", "text-quiet"),
}


@dataclass(frozen=True)
class JumpRow:
    """One question of the list. `group` is what it stands in."""

    path: str
    label: str
    group: str
    state: State


class JumpList(QFrame):
    """A popup with a search line and the questions. `chosen` carries a path."""

    chosen = Signal(str)

    def __init__(self, owner: QWidget, rows: Sequence[JumpRow], current: str) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("form.jump.list")
        self._rows = QStandardItemModel(self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self._rows)
        self._found.setFilterRole(_FOLDED)
        self.search = LineEdit(lambda: tr("Search the questions"), icon_name="search")
        self.search.setAccessibleName(tr("Search the questions"))
        self.list = QListView()
        self.list.setModel(self._found)
        self.list.setAccessibleName(tr("Questions"))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self._nothing = QuietText(lambda: tr("No question has these words."))
        self._nothing.hide()
        box = QVBoxLayout(self)
        edge = style.space(3)
        box.setContentsMargins(edge, edge, edge, edge)
        box.setSpacing(style.space(2))
        for widget in (self.search, self.list, self._nothing):
            box.addWidget(widget)
        self._fill(rows, current)
        self.search.changed.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._take)
        self.list.activated.connect(self._take)

    def open_below(self, widget: QWidget) -> None:
        """Show under a widget, inside the screen."""
        screen = widget.screen().availableGeometry()
        self.resize(min(520, screen.width() - 40), min(520, screen.height() - 80))
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), widget.height() + 4))
        x = min(max(corner.x(), screen.left()), screen.right() - self.width())
        y = min(max(corner.y(), screen.top()), screen.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line the arrows move in the list and Enter goes there."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def shown(self) -> list[str]:
        """What stands in the list now."""
        return [str(self._found.index(row, 0).data()) for row in range(self._found.rowCount())]

    def states(self) -> list[tuple[str, str]]:
        """Each row of the list with the word for how it stands with it."""
        rows = (self._found.index(row, 0) for row in range(self._found.rowCount()))
        return [(str(row.data()), str(row.data(Qt.ItemDataRole.AccessibleDescriptionRole))) for row in rows]

    def _fill(self, rows: Sequence[JumpRow], current: str) -> None:
        for row in rows:
            words = row.label.replace("\n", " ")
            item = QStandardItem(f"{row.group}: {words}" if row.group else words)
            item.setIcon(icon(*_ICONS[row.state]))
            item.setData(folded(f"{row.group} {words}"), _FOLDED)
            item.setData(row.path, _PATH)
            item.setData(f"{words}, {row.state.label()}", Qt.ItemDataRole.AccessibleTextRole)
            item.setData(row.state.label(), Qt.ItemDataRole.AccessibleDescriptionRole)
            self._rows.appendRow(item)
            if row.path == current:
                self.list.setCurrentIndex(self._found.mapFromSource(item.index()))
        self.list.scrollTo(self.list.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _narrow(self) -> None:
        self._found.setFilterFixedString(folded(self.search.text()))
        self._nothing.setVisible(self._found.rowCount() == 0)
        self.list.setCurrentIndex(self._found.index(0, 0))

    def _move(self, step: int) -> None:
        row = min(max(self.list.currentIndex().row() + step, 0), self._found.rowCount() - 1)
        self.list.setCurrentIndex(self._found.index(row, 0))

    def _take(self, index: QModelIndex) -> None:
        path = index.data(_PATH)
        if path:
            self.close()
            self.chosen.emit(str(path))
