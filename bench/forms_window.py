"""A form of 300 questions in its window: what one waits for while paging through it and answering it.

`python -m bench.forms_window`. Each page is turned to, scrolled through and each question answered as a person does,
with the screen drawn after each step. A stall is the longest time in which the window answers nothing.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from PySide6.QtWidgets import QApplication, QScrollArea

from app.forms.definition import FormDefinition
from app.views import style
from app.views.forms.page import FormPage
from app.views.forms.question import Question
from bench.figures import figure
from tests.forms.driving import begin, definition_of

QUESTIONS = 300
GOALS = {"forms_window.stall": 100.0, "forms_window.answer_p95": 50.0, "forms_window.page_p95": 100.0}
"""Milliseconds: what is felt as immediate."""
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def main() -> int:
    """Measure, and print each figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    style.apply(app, "light", 1.0)
    page = FormPage(begin(form(), now=NOW))
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.resize(1000, 800)
    area.show()
    app.processEvents()
    turned, answered, stalls = [], [], []
    for _ in range(len(page.pages)):
        for spent in _answers(app, area, page):
            answered.append(spent)
        stalls += _scrolled(app, area)
        start = time.perf_counter()
        more = page.turn(1)
        area.grab()
        turned.append(_ms(start))
        stalls += _rest(app)
        if not more:
            break
    said = f"{QUESTIONS} questions, {len(page.pages)} pages, {len(answered)} answers"
    found = {
        "forms_window.stall": max(*stalls, *answered, *turned),
        "forms_window.answer_p95": _p95(answered),
        "forms_window.page_p95": _p95(turned),
    }
    figure("forms_window.answer_median", statistics.median(answered), "ms", reference=said)
    met = [figure(name, value, "ms", reference=said, goal=GOALS[name]) for name, value in found.items()]
    return 0 if all(met) else 1


def form() -> FormDefinition:
    """A form of 300 questions of many kinds, a third of which appear only when the one before is answered."""
    rows = ["| survey |", "| | type | name | label | relevant | appearance |"]
    kinds = ("text", "select_one yn", "integer", "select_multiple yn", "date", "text", "select_one yn", "decimal")
    for number in range(QUESTIONS):
        if number % 30 == 0:
            rows.append(f"| | begin_group | g{number} | Part {number // 30 + 1} | | |")
        kind = kinds[number % len(kinds)]
        look = "multiline" if kind == "text" and number % 16 == 0 else ""
        asked = f"${{q{number - 1}}} != ''" if number % 3 == 2 else ""
        rows.append(f"| | {kind} | q{number} | What is the answer to question {number}? | {asked} | {look} |")
        if number % 30 == 29:
            rows.append("| | end_group | | | | |")
    rows += ["| choices |", "| | list_name | name | label |"]
    rows += [f"| | yn | c{choice} | Choice {choice} |" for choice in range(6)]
    rows += ["| settings |", "| | form_title | form_id | version |", "| | Long | long | 1 |"]
    return definition_of("\n".join(rows) + "\n")


def _answers(app: QApplication, area: QScrollArea, page: FormPage) -> Iterator[float]:
    """Answer what is on the page; the time of each answer with all that is drawn because of it."""
    done: set[str] = set()
    while True:
        waiting = [one for one in page.questions() if one.path not in done and one.isVisibleTo(page)]
        if not waiting:
            return
        question = waiting[0]
        done.add(question.path)
        if question.is_question:
            question.go_to()
            app.processEvents()
            start = time.perf_counter()
            _answer(page, question)
            area.grab()
            yield _ms(start)


def _answer(page: FormPage, question: Question) -> None:
    view = page.session.node(question.path)
    value = {"int": "7", "decimal": "7.5", "date": "2026-03-01"}.get(view.type, "words")
    choices = page.session.choices(question.path)
    assert question.input is not None
    question.input.show_value(choices[0].value if choices else value)
    question.input.changed.emit()


def _scrolled(app: QApplication, area: QScrollArea) -> list[float]:
    """Scroll from the top to the bottom in steps of the wheel; the time of each step."""
    bar, spent = area.verticalScrollBar(), []
    for place in range(0, bar.maximum() + 1, 120):
        start = time.perf_counter()
        bar.setValue(place)
        app.processEvents()
        area.viewport().repaint()
        spent.append(_ms(start))
    return spent


def _rest(app: QApplication) -> list[float]:
    """What is built while the window answers already; the time of each turn of the event loop."""
    spent = []
    for _ in range(40):
        start = time.perf_counter()
        app.processEvents()
        spent.append(_ms(start))
    return spent


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    sys.exit(main())
