"""A form with every kind of question, in two languages (`kinds.md`), and forms made for a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.forms.definition import FormDefinition
from tests.forms.driving import definition_of


@cache
def kinds() -> FormDefinition:
    """The form with every kind of question."""
    return definition_of((Path(__file__).parent / "kinds.md").read_text(encoding="utf-8"))


@cache
def made(survey: str) -> FormDefinition:
    """A form of one language from the rows of its survey."""
    return definition_of(f"{survey}\n| settings |\n| | form_title | form_id | version |\n| | Made | made | 1 |\n")
