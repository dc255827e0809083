"""Suggesting a passphrase: words that are easy to say and to type, drawn by chance."""

from __future__ import annotations

import secrets
from functools import cache

from app import resources

WORDS = 7
"""Words in a suggestion. With some 450 words in the list, seven make about 61 bits."""


@cache
def words() -> tuple[str, ...]:
    """The list that is drawn from: short, distinct, lower-case words."""
    return tuple(resources.text("passphrase", "words.txt").split())


def suggested() -> str:
    """A fresh passphrase."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS))
