"""The catalogue: every text has its French, with the same places, and what is compiled is what is written."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from app import words
from tests.words import MO, collected, compiled, published

_PLACES = re.compile(r"\{(\w+)[^}]*\}")


def _forms(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value or ""),)


def test_every_marked_text_has_its_french() -> None:
    known = published()
    missing = [message.id for message in collected() if message.id and not _translated(known.get(message.id))]
    assert missing == []


def _translated(message: Any) -> bool:
    return message is not None and all(_forms(message.string))


def test_the_french_fills_the_same_places() -> None:
    wrong = [
        message.id
        for message in published()
        if message.id
        for form in _forms(message.string)
        if form  # what has no French yet is the other test's business
        if set(_PLACES.findall(form)) - set(_PLACES.findall(" ".join(_forms(message.id))))
        or (not isinstance(message.id, tuple | list) and set(_PLACES.findall(form)) != set(_PLACES.findall(message.id)))
    ]
    assert wrong == []


def test_what_is_compiled_is_what_is_written() -> None:
    assert MO.read_bytes() == compiled(published())


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_typed_text_is_never_formatted(code: str) -> None:
    said = words.in_language(code).tr("{count} selected", count="{0} {boom} %s <b>")
    assert "{0} {boom} %s <b>" in said


def test_a_day_is_said_in_the_words_of_the_language() -> None:
    text = words.mark("Last confirmed on {day}: ask whether this still holds")
    assert "14 Mar 2026" in words.in_language("en").tr(text, day=date(2026, 3, 14)).replace(".", "")
    assert "14 mars 2026" in words.in_language("fr").tr(text, day=date(2026, 3, 14))
