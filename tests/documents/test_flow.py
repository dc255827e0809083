"""Breaking text into lines and strips into frames."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.documents import fonts, theme
from app.documents.blocks import Heading, Paragraph
from app.documents.flow import Frame, Head, Placed, Strip, broken, place, space
from app.documents.page import Sheet
from app.documents.table import Column, Table

STYLE = theme.theme(10).body


def _frames() -> Iterator[Frame]:
    page = 0
    while True:
        yield Frame(page, 0, 0, 200, 100)
        page += 1


def _nothing(sheet: Sheet, x: float, y: float) -> None:
    """A drawing that leaves no mark."""


def _strip(height: float, **more: object) -> Strip:
    return Strip(height, _nothing, **more)  # type: ignore[arg-type]


def _pages(placed: list[Placed]) -> list[int]:
    return [item.page for item in placed]


@pytest.mark.parametrize(
    "value", ["one two three four five six seven", "w" * 500, "\u05e9\u05dc\u05d5\u05dd " * 30, "😀" * 90]
)
def test_no_line_is_wider_than_its_place(value: str) -> None:
    measure = fonts.face(STYLE.face).width
    lines = broken(value, STYLE, 90)
    assert len(lines) > 1
    assert all(measure(line.text, STYLE.size) <= 90 for line in lines)
    assert "".join(line.text for line in lines).replace(" ", "") == value.replace(" ", "")


def test_empty_lines_between_paragraphs_stay() -> None:
    assert [line.text for line in broken("a\n\nb", STYLE, 90)] == ["a", "", "b"]


def test_what_is_glued_moves_to_the_next_page_together() -> None:
    strips = [_strip(70), _strip(20, glued=True), space(5), _strip(20)]
    assert _pages(place(strips, _frames())) == [0, 1, 1]


def test_a_glued_chain_higher_than_a_page_is_split() -> None:
    strips = [_strip(30, glued=True) for _ in range(10)]
    assert _pages(place(strips, _frames())) == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3]


def test_a_table_head_comes_again_on_the_next_page() -> None:
    head = Head((_strip(10),))
    strips = [_strip(10, glued=True), *(_strip(40, head=head) for _ in range(4))]
    placed = place(strips, _frames())
    assert [(item.page, item.y) for item in placed] == [(0, 0), (0, 10), (0, 50), (1, 0), (1, 10), (1, 50)]


def test_a_heading_never_stands_alone_at_the_foot() -> None:
    look = theme.theme(10)
    blocks = [
        *Heading("Title").strips(look, 200),
        *Heading("Part", 2).strips(look, 200),
        *Paragraph("a").strips(look, 200),
    ]
    placed = place([_strip(60), *blocks], _frames())
    assert _pages(placed) == [0, 1, 1, 1]


def test_a_cell_longer_than_a_page_is_split_between_lines() -> None:
    table = Table((Column("A"), Column("B")), [("word " * 400, "short")])
    placed = place(table.strips(theme.theme(10), 200), _frames())
    assert max(_pages(placed)) > 3
    assert max(item.y for item in placed) < 100
