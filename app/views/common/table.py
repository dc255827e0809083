"""A table that holds ids and fetches rows only as they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.views import style
from app.views.common.buttons import by_keyboard
from app.views.common.icons import pixmap
from app.views.common.text import PlainLabel
from app.views.common.wording import Wording, say
from app.words import tr

AnyIndex = QModelIndex | QPersistentModelIndex
CellKind = Literal["plain", "quiet", "strong", "success", "warning", "danger", "info", "accent"]


@dataclass(frozen=True)
class Column:
    """A column: its title, about how wide it is in pixels, and whether it is set to the right.

    A width is where the column begins; the longest text that it shows may widen it. None shares what is left.
    """

    title: Wording
    width: int | None = None
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """What one cell shows: a text, how it is set, and an icon that repeats what the text says."""

    text: str
    kind: CellKind = "plain"
    icon: str = ""


@dataclass(frozen=True)
class Row:
    """One row: the record's id and its cells. A damaged row has no cells that can be read and says so."""

    id: str
    cells: tuple[Cell | str, ...] = ()
    damaged: bool = False


Fetch = Callable[[int, int], Sequence[Row]]
# Asked for rows, answers later by calling `RowTable.deliver`.
FetchLater = Callable[[int, int], None]


_MARGIN, _ICON_ROOM, _NARROWEST, _LEAST = 12, 26, 64, 130


def shared_out(
    needs: Mapping[int, int], floors: Mapping[int, int], sharing: Sequence[int], room: int
) -> dict[int, int]:
    """The widths of columns by what their texts need.

    What is left goes to `sharing`. Where room is missing, each column keeps its floor, and those that want most above
    it give first: short columns stay whole, long texts are cut.
    """
    left = room - sum(needs.values())
    if left >= 0:
        more = {number: left // len(sharing) for number in sharing}
        more[sharing[-1]] += left % len(sharing)
        return {number: need + more.get(number, 0) for number, need in needs.items()}
    least = {number: min(needs[number], floors[number]) for number in needs}
    if sum(least.values()) > room:
        # The first column tells the rows apart: it stays whole, the others shrink evenly.
        first = min(needs)
        others = sum(width for number, width in least.items() if number != first) or 1
        share = max(0, room - needs[first]) / others
        least = {number: max(_NARROWEST, int(width * share)) for number, width in least.items()}
        least[first] = max(_NARROWEST, min(needs[first], room))
    widths, rest = dict(least), room - sum(least.values())
    waiting = sorted(needs, key=lambda number: needs[number] - least[number])
    for place, number in enumerate(waiting):
        given = max(0, min(needs[number] - least[number], rest // (len(waiting) - place)))
        widths[number] += given
        rest -= given
    return widths


class Role(IntEnum):
    """What the model answers besides the text."""

    KIND = Qt.ItemDataRole.UserRole + 1
    ICON = Qt.ItemDataRole.UserRole + 2
    ROW_ID = Qt.ItemDataRole.UserRole + 3
    STATE = Qt.ItemDataRole.UserRole + 4


class RowModel(QAbstractTableModel):
    """Rows in pages of `page` rows, of which the last `keep` pages seen stay in memory."""

    PAGE, KEEP = 50, 20

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._count = 0
        self._fetch: Fetch | None = None
        self._later: FetchLater | None = None
        self._pages: OrderedDict[int, tuple[Row, ...] | None] = OrderedDict()

    def reset(self, count: int, fetch: Fetch | None, later: FetchLater | None) -> None:
        """Forget everything and begin with `count` rows that nobody has seen yet."""
        self.beginResetModel()
        self._count, self._fetch, self._later = count, fetch, later
        self._pages.clear()
        self.endResetModel()

    def deliver(self, offset: int, rows: Sequence[Row]) -> None:
        """Take the rows that were asked for; what nobody asked for any more is dropped."""
        page = offset // self.PAGE
        if page not in self._pages:
            return
        self._pages[page] = tuple(rows)
        last = min(offset + self.PAGE, self._count) - 1
        self.dataChanged.emit(self.index(offset, 0), self.index(last, len(self.columns) - 1))

    def row(self, number: int) -> Row | None:
        """One row, or None while it is on its way. Asking fetches its page."""
        page = number // self.PAGE
        if page not in self._pages:
            self._ask(page)
        else:
            self._pages.move_to_end(page)
        rows = self._pages.get(page)
        place = number - page * self.PAGE
        if rows is None:
            return None
        return rows[place] if place < len(rows) else Row("", damaged=True)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many rows there are, fetched or not."""
        return 0 if parent is not None and parent.isValid() else self._count

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return say(self.columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self._alignment(section))
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows; fetches its row when nobody has seen it yet."""
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, *Role)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self._alignment(index.column()))
        if role not in wanted:
            return None
        row = self.row(index.row())
        if role == Role.STATE:
            return "coming" if row is None else "damaged" if row.damaged else "there"
        if role == Role.ROW_ID:
            return row.id if row is not None else ""
        cell = self._cell(row, index.column())
        if role == Role.KIND:
            return cell.kind
        if role == Role.ICON:
            return cell.icon
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{say(self.columns[index.column()].title)}: {cell.text}"
        return cell.text

    def cells_here(self, column: int) -> list[Cell]:
        """The cells of a column in its first page, as far as that is here or can be had at once."""
        if 0 not in self._pages and self._fetch is not None and self._count:
            self._ask(0)
        return [self._cell(row, column) for row in self._pages.get(0) or () if not row.damaged]

    def retitle(self) -> None:
        """Say titles and sentences in the language of this moment."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def _cell(self, row: Row | None, column: int) -> Cell:
        if row is None:
            return Cell(tr("Loading…") if column == 0 else "", "quiet")
        if row.damaged:
            return Cell(tr("This entry cannot be read"), "danger", "warning") if column == 0 else Cell("")
        cell = row.cells[column] if column < len(row.cells) else ""
        return Cell(cell) if isinstance(cell, str) else cell

    def _ask(self, page: int) -> None:
        offset = page * self.PAGE
        limit = min(self.PAGE, self._count - offset)
        self._pages[page] = tuple(self._fetch(offset, limit)) if self._fetch is not None else None
        while len(self._pages) > self.KEEP:
            self._pages.popitem(last=False)
        if self._later is not None:
            self._later(offset, limit)

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class _CellDelegate(QStyledItemDelegate):
    """Draws a cell as plain text with its icon; the kinds map to colour tokens."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.fillRect(rect, style.colour("accent-soft" if chosen else "surface-hover"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.colour("border"))
        if chosen and index.column() == 0:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), style.colour("accent"))
        if index.data(Role.STATE) == "damaged":
            # The sentence runs across the whole row; each cell draws the part that lies in it.
            painter.setClipRect(rect)
            first = index.sibling(index.row(), 0)
            view = self.parent()
            assert isinstance(view, QTableView), "the delegate belongs to its table"
            start = view.visualRect(first).x()
            self._text(
                painter, QRect(start + _MARGIN, rect.y(), view.viewport().width() - 2 * _MARGIN, rect.height()), first
            )
        else:
            self._text(painter, rect.adjusted(_MARGIN, 0, -_MARGIN, 0), index)
        painter.restore()

    def _text(self, painter: QPainter, room: QRect, index: AnyIndex) -> None:
        kind, name = str(index.data(Role.KIND)), str(index.data(Role.ICON) or "")
        ink = {"plain": "text", "strong": "text", "quiet": "text-quiet"}.get(kind, kind)
        heavy = kind not in ("plain", "quiet")
        painter.setFont(style.font("body", QFont.Weight.DemiBold if heavy else QFont.Weight.Normal))
        painter.setPen(style.colour(ink))
        text = str(index.data(Qt.ItemDataRole.DisplayRole)).replace("\n", " ")
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
        if name:
            picture = pixmap(name, ink, 18, painter.device().devicePixelRatio())
            at_right = bool(int(alignment) & int(Qt.AlignmentFlag.AlignRight))
            # A number stands at the right; its icon stands beside it and not at the other end of the cell.
            used = painter.fontMetrics().horizontalAdvance(text[:500]) + 26 if at_right else 0
            x = max(room.x(), room.right() - used) if at_right else room.x()
            painter.drawPixmap(x, room.y() + (room.height() - 18) // 2, picture)
            room = room.adjusted(_ICON_ROOM, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(text[:500], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(alignment) | int(Qt.TextFlag.TextSingleLine), shown)


class _View(QTableView):
    """The table itself: rows chosen whole; Tab leaves it; Enter opens."""

    entered_row = Signal()
    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Whoever comes by the keyboard has to see where they are: choose the first row when none is.
        super().focusInEvent(event)
        model = self.model()
        if by_keyboard(event) and not self.selectionModel().hasSelection() and model is not None and model.rowCount():
            self.selectRow(max(0, self.currentIndex().row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
            return
        super().keyPressEvent(event)


class RowTable(QWidget):
    """Rows of records. `opened` carries the id of a row that was double-clicked or entered, `selected` of the chosen.

    Fed in one go by `set_rows`, by a quick `fetch(offset, limit)`, or later: `set_source_later` asks, and the answer
    comes to `deliver` whenever it is there.
    """

    opened = Signal(str)
    selected = Signal(str)

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Fetch | None = None,
        count: int = 0,
        parent: QWidget | None = None,
        *,
        name: Wording = "",
        empty: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = name
        self.model = RowModel(columns, self)
        self._needs: list[int] | None = None
        self.view = self._make_view()
        self._empty = empty or PlainLabel(lambda: tr("Nothing here yet."))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        # A stack shows its first widget at once: without a place in a window that would be a window of its own.
        self._stack = QStackedLayout()
        column.addLayout(self._stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self.setFocusProxy(self.view)
        self._speak()
        self.model.reset(count, fetch, None)
        self._show_or_empty()

    def set_source(self, count: int, fetch: Fetch) -> None:
        """Show `count` rows that a quick function can give."""
        self._renew(count, fetch, None)

    def set_source_later(self, count: int, ask: FetchLater) -> None:
        """Show `count` rows; `ask(offset, limit)` starts the fetching, `deliver` brings the answer."""
        self._renew(count, None, ask)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show rows that are all here already."""
        kept = tuple(rows)
        self._renew(len(kept), lambda offset, limit: kept[offset : offset + limit], None)

    def deliver(self, offset: int, rows: Sequence[Row]) -> None:
        """Bring rows that were asked for."""
        self.model.deliver(offset, rows)
        if offset == 0:
            # Only the first rows set the widths: columns that move while one scrolls cannot be read.
            self._measure()

    def selected_id(self) -> str:
        """The id of the chosen row, or an empty text."""
        index = self.view.currentIndex()
        return str(index.data(Role.ROW_ID)) if index.isValid() else ""

    def select_id(self, row_id: str) -> bool:
        """Choose the row of an id among those that are here already; whether it was found."""
        for number in range(self.model.rowCount()):
            row = self.model.row(number) if number < RowModel.PAGE else None
            if row is not None and row.id == row_id:
                self.view.selectRow(number)
                self.view.setCurrentIndex(self.model.index(number, 0))
                return True
        return False

    def fit_height(self, most_rows: int = 8) -> None:
        """Be as high as its rows, for a short table inside a scrolling page."""
        rows = min(max(self.model.rowCount(), 1), most_rows)
        self.setFixedHeight((rows + 1) * style.height("row") + 2 if self.model.rowCount() else 300)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.model.retitle()
            self._speak()
            self._measure()
        elif event.type() == QEvent.Type.StyleChange and hasattr(self, "view"):
            self.view.verticalHeader().setDefaultSectionSize(style.height("row"))
            self._measure()

    def _make_view(self) -> _View:
        view = _View()
        view.setModel(self.model)
        view.setItemDelegate(_CellDelegate(view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setMouseTracking(True)
        view.setFrameShape(QTableView.Shape.NoFrame)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(style.height("row"))
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(_NARROWEST)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.resized.connect(lambda: self._set_widths())
        view.doubleClicked.connect(lambda _index: self._open())
        view.entered_row.connect(self._open)
        view.selectionModel().currentRowChanged.connect(lambda *_: self.selected.emit(self.selected_id()))
        return view

    def _set_widths(self) -> None:
        """Each column as wide as its texts where that fits; else the widest ones give room, and only they are cut."""
        header = self.view.horizontalHeader()
        shown = [number for number in range(len(self.model.columns)) if not self.view.isColumnHidden(number)]
        room = self.view.viewport().width()
        if not shown or room <= 0:
            return
        if self._needs is None:
            self._needs = [self._need(number) for number in range(len(self.model.columns))]
        needs = {number: self._needs[number] for number in shown}
        sharing = [number for number in shown if self.model.columns[number].width is None] or shown
        floors = {number: style.grown(self.model.columns[number].width or _LEAST) for number in shown}
        for number, width in shared_out(needs, floors, sharing, room).items():
            header.resizeSection(number, width)

    def _need(self, number: int) -> int:
        """How much room the title and the texts of a column take, as far as its rows are here."""
        column = self.model.columns[number]
        title, plain, heavy = (
            QFontMetrics(style.font(role, weight))
            for role, weight in (
                ("small", QFont.Weight.DemiBold),
                ("body", QFont.Weight.Normal),
                ("body", QFont.Weight.DemiBold),
            )
        )
        most = title.horizontalAdvance(say(column.title))
        cells = self.model.cells_here(number)
        for cell in cells:
            metrics = plain if cell.kind in ("plain", "quiet") else heavy
            icon = _ICON_ROOM if cell.icon else 0
            most = max(most, metrics.horizontalAdvance(cell.text[:200]) + icon)
        if not cells and column.width is not None:
            most = max(most, style.grown(column.width) - 2 * _MARGIN)
        return most + 2 * _MARGIN + 2

    def _measure(self) -> None:
        self._needs = None
        self._set_widths()

    def _renew(self, count: int, fetch: Fetch | None, later: FetchLater | None) -> None:
        self.model.reset(count, fetch, later)
        if later is None:
            self._measure()
        self._show_or_empty()

    def _show_or_empty(self) -> None:
        self._stack.setCurrentWidget(self.view if self.model.rowCount() else self._empty)

    def _open(self) -> None:
        index = self.view.currentIndex()
        if index.isValid() and index.data(Role.STATE) == "there":
            self.opened.emit(str(index.data(Role.ROW_ID)))

    def _speak(self) -> None:
        name = say(self._name) or tr("Table")
        self.view.setAccessibleName(name)
