"""The one place that draws."""

from __future__ import annotations

import pytest
from reportlab import rl_config

from app.documents import theme
from app.documents.page import Element, Sheet
from app.errors import Defect

BODY = theme.theme(10).body


def test_nothing_is_drawn_outside_of_marked_content() -> None:
    sheet = Sheet(title="T", language="en")
    with pytest.raises(Defect):
        sheet.line_of_text(10, 10, "bare", BODY)


def test_marks_know_page_number_and_element() -> None:
    sheet = Sheet(title="T", language="en")
    paragraph = Element("P")
    with sheet.artifact():
        sheet.rule(0, 0, 10)
    with sheet.marked(paragraph):
        sheet.line_of_text(10, 10, "one", BODY)
    sheet.next_page()
    with sheet.marked(paragraph):
        sheet.line_of_text(10, 10, "\u05d0\u05d1", BODY)
    assert [(mark.page, mark.number, mark.element, mark.actual) for mark in sheet.marks] == [
        (0, 0, paragraph, ""),
        (1, 0, paragraph, "\u05d0\u05d1"),
    ]


def test_no_address_is_trusted() -> None:
    assert rl_config.trustedSchemes == []
    assert rl_config.trustedHosts == []


def test_an_image_from_bytes_and_bytes_that_are_none() -> None:
    sheet = Sheet(title="T", language="en")
    with sheet.marked(Element("Figure")), pytest.raises(OSError, match=r"."):
        sheet.picture(b"no image", 0, 0, 10, 10)
