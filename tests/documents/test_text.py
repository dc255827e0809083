"""People's text: cleaned, shaped and ordered, never interpreted."""

from __future__ import annotations

import pytest

from app.documents import text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("plain <b>& 'text'", "plain <b>& 'text'"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("nul\x00bell\x07", "nul\ufffdbell\ufffd"),
        ("tab\tend", "tab end"),
        ("turn\u202eround\u202c", "turnround"),
        ("e\u0301", "\u00e9"),
        ("1\u202f234", "1\u00a0234"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("a" + "\n" * 5000 + "b", "a\n\n\nb"),
    ],
)
def test_text_is_cleaned_but_keeps_its_words(typed: str, printed: str) -> None:
    assert text.plain(typed) == printed


def test_hebrew_is_turned_round_and_its_brackets_with_it() -> None:
    line = "\u05d0\u05d1 (\u05d2) 12"
    assert text.visual(line, right_to_left=True) == "12 (\u05d2) \u05d1\u05d0"


def test_brackets_between_latin_words_keep_their_shape() -> None:
    assert text.visual("a (b) \u05d0\u05d1", right_to_left=False) == "a (b) \u05d1\u05d0"


def test_arabic_letters_take_the_form_of_their_place() -> None:
    # beh + beh + beh: at the start, in the middle, at the end; alef does not join to what follows
    assert text.joined("\u0628\u0628\u0628") == "\ufe91\ufe92\ufe90"
    assert text.joined("\u0627\u0628") == "\ufe8d\ufe8f"
    assert text.joined("\u0644\u0627") == "\ufefb"


def test_the_direction_is_that_of_the_first_letter() -> None:
    assert text.runs_right_to_left("12: \u05d0 abc")
    assert not text.runs_right_to_left("abc \u05d0")
