"""A table of 100,000 rows asks only for what is seen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.views.common.table import Cell, Column, Role, Row, RowTable

COLUMNS = [Column("Case", 160), Column("Person")]
MANY = 100_000


class Source:
    """Answers with rows and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def fetch(self, offset: int, limit: int) -> list[Row]:
        """Rows as the query would give them; each tenth is damaged."""
        self.asked.append((offset, limit))
        numbers = range(offset, offset + limit)
        return [Row(f"id{n}", (f"VSU-{n}", f"<b>Person {n}</b>"), damaged=n % 10 == 9) for n in numbers]


def shown(qtbot: QtBot, table: RowTable) -> RowTable:
    """The table on the screen, 12 rows high."""
    qtbot.addWidget(table)
    table.resize(700, 620)
    with qtbot.waitExposed(table):
        table.show()
    table.grab()
    return table


def test_only_what_is_seen_is_fetched(qtbot: QtBot) -> None:
    source = Source()
    table = shown(qtbot, RowTable(COLUMNS, source.fetch, MANY))
    assert source.asked == [(0, 50)]
    table.view.scrollTo(table.model.index(50_000, 0))
    table.grab()
    assert sum(limit for _, limit in source.asked) <= 200
    assert all(offset == 0 or 49_900 <= offset <= 50_050 for offset, _ in source.asked)


def test_pages_that_were_left_are_forgotten(qtbot: QtBot) -> None:
    source = Source()
    table = RowTable(COLUMNS, source.fetch, MANY)
    qtbot.addWidget(table)
    for number in range(0, 5_000, 50):
        table.model.row(number)
    assert len(table.model._pages) == table.model.KEEP
    asked = len(source.asked)
    table.model.row(0)
    assert len(source.asked) == asked + 1


def test_rows_may_come_later(qtbot: QtBot) -> None:
    asked: list[tuple[int, int]] = []
    table = RowTable(COLUMNS)
    table.set_source_later(MANY, lambda offset, limit: asked.append((offset, limit)))
    shown(qtbot, table)
    assert asked == [(0, 50)]
    first = table.model.index(0, 0)
    assert first.data(Role.STATE) == "coming"
    table.deliver(0, Source().fetch(0, 50))
    assert first.data() == "VSU-0"
    table.deliver(70_000, Source().fetch(70_000, 50))
    assert 70_000 // 50 not in table.model._pages


def test_a_damaged_row_says_so_and_cannot_be_opened(qtbot: QtBot) -> None:
    table = shown(qtbot, RowTable(COLUMNS, Source().fetch, 20))
    opened: list[str] = []
    table.opened.connect(opened.append)
    assert "cannot be read" in table.model.index(9, 0).data()
    table.view.setCurrentIndex(table.model.index(9, 0))
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened == []


def test_enter_opens_the_row_and_a_source_that_gave_too_little_shows_damage(qtbot: QtBot) -> None:
    table = shown(qtbot, RowTable(COLUMNS, lambda offset, limit: Source().fetch(offset, limit)[:5], 8))
    opened: list[str] = []
    table.opened.connect(opened.append)
    table.view.setCurrentIndex(table.model.index(3, 1))
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert opened == ["id3"]
    assert table.selected_id() == "id3"
    assert table.model.index(6, 0).data(Role.STATE) == "damaged"


def test_cells_are_plain_text_with_a_spoken_column(qtbot: QtBot) -> None:
    table = shown(qtbot, RowTable(COLUMNS, Source().fetch, 3))
    cell = table.model.index(0, 1)
    assert cell.data() == "<b>Person 0</b>"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) is None
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Person: <b>Person 0</b>"


def test_rows_are_high_enough_and_an_empty_table_says_what_it_is(qtbot: QtBot) -> None:
    table = shown(qtbot, RowTable(COLUMNS))
    assert table.view.verticalHeader().defaultSectionSize() == 48
    assert not table.view.isVisible()
    table.set_rows([Row("one", (Cell("a", "strong"), "b"))])
    assert table.view.isVisible()
    assert table.model.rowCount(QModelIndex()) == 1


def test_who_comes_by_the_keyboard_sees_where_they_are(qtbot: QtBot) -> None:
    table = shown(qtbot, RowTable(COLUMNS, Source().fetch, 3))
    chosen = table.view.selectionModel()
    table.view.clearFocus()
    assert not chosen.hasSelection()
    table.view.setFocus(Qt.FocusReason.TabFocusReason)
    assert [index.row() for index in chosen.selectedRows()] == [0]
    assert table.selected_id() == "id0"
