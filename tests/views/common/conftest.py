"""A dressed application for each test, in English and light again afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app import words
from app.views import style


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in our looks."""
    style.apply(qapp, "light", 1.0)
    yield qapp
    words.use("en")
