"""Every form that Haven ships shows all its pages in both languages, whatever is answered."""

from __future__ import annotations

import random

import pytest
from PySide6.QtWidgets import QApplication

from app.views.forms.page import FormPage
from app.views.forms.signing import SignatureInput
from tests.forms.answering import steps
from tests.forms.test_shipped_forms import EN, FR, NAMES, definition
from tests.views.forms.conftest import Opener


@pytest.mark.parametrize("name", NAMES)
def test_all_pages_are_shown_and_answered(fill: Opener, name: str) -> None:
    filler = fill(definition(name), language=EN)
    seen = _page_through(filler.page, EN)
    for _ in steps(filler.session, random.Random(name)):
        pass
    filler.page.show_page(0)
    seen |= _page_through(filler.page, FR)
    asked = {path for path in filler.session.questions() if filler.session.node(path).kind not in ("group", "repeat")}
    assert asked <= seen
    assert filler.page.finish() == filler.session.problems()


def _page_through(page: FormPage, language: str) -> set[str]:
    page.set_language(language)
    seen: set[str] = set()
    for number in range(len(page.pages)):
        page.show_page(number)
        page.build_all()
        QApplication.processEvents()
        shown = [question for question in page.questions() if question.isVisibleTo(page)]
        seen |= {question.path for question in shown}
        for question in shown:
            # A made-up answer names a picture file, which is no signature.
            if question.input is not None and not isinstance(question.input, SignatureInput):
                assert question.input.value() == page.session.node(question.path).value, question.path
    return seen
