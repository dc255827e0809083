"""What nobody caught reaches the person as a sentence and standard error without a value."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from app import unexpected
from app.views.messages import Messages


@pytest.fixture(autouse=True)
def hooks() -> Iterator[None]:
    kept = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = kept


def burst() -> None:
    raise ValueError("Dana K. lives at 12 Invented Crescent")


def test_a_problem_that_nobody_caught_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    messages, said = Messages(), []
    messages.said.connect(lambda sentence, _tone: said.append(sentence))
    unexpected.catch(messages.failed)
    try:
        burst()
    except ValueError:
        sys.excepthook(*sys.exc_info())
    thread = threading.Thread(target=burst)
    thread.start()
    thread.join()
    written = capsys.readouterr().err
    assert written.count("unexpected ValueError") == 2 and "burst" in written
    assert "Dana" not in written and "Crescent" not in written
    assert len(said) >= 1 and "Dana" not in "".join(said) and "Something went wrong" in said[0]
