"""A suggested passphrase can be used as it is, and is never the same twice."""

from __future__ import annotations

import math

from app.vault import passphrase, suggestion


def test_a_suggestion_passes_the_rules_and_differs_each_time() -> None:
    made = {suggestion.suggested() for _ in range(200)}
    assert len(made) == 200
    for one in made:
        passphrase.check(one)


def test_the_list_is_worth_sixty_bits() -> None:
    listed = suggestion.words()
    assert len(set(listed)) == len(listed)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in listed)
    assert suggestion.WORDS * math.log2(len(listed)) > 60
