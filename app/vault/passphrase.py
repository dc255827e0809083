"""Rules for passphrases (safety.md 5.1): long, not a common phrase, no composition rules, no expiry.

A passphrase is taken in Unicode's NFKC form, so that every keyboard and every system gives the same bytes: an accent
typed as a key of its own or as part of the letter, a full-width or a plain letter, are one and the same. Nothing else
is changed: spaces, capitals and signs count.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from app import resources
from app.errors import RuleBroken
from app.words import mark

SHORTEST = 15
LONGEST = 1024
_FEW = 3
"""Fewer different words than this, all of them common or of our own field, are guessed early however long they are."""
_LOOK_ALIKES = str.maketrans("0134578@$!", "oleastbasi")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)


def normalised(passphrase: str) -> bytes:
    """The bytes that a passphrase stands for: NFKC, so that every keyboard gives the same."""
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def check(passphrase: str, *, field: str = "passphrase") -> None:
    """Raise RuleBroken about `field`, with what to do, for a passphrase that protects too little."""
    text = unicodedata.normalize("NFKC", passphrase)
    if len(text) < SHORTEST:
        raise RuleBroken(
            mark("The passphrase needs at least {shortest} characters. Four or five unrelated words are easy to keep."),
            field=field,
            shortest=SHORTEST,
        )
    if len(text) > LONGEST:
        raise RuleBroken(mark("The passphrase may have at most {longest} characters."), field=field, longest=LONGEST)
    if _is_common(text):
        raise RuleBroken(
            mark("Many people use this phrase or pattern, so it is guessed early. Choose unrelated words instead."),
            field=field,
        )


@cache
def common() -> frozenset[str]:
    """Phrases that many people use, in English and French: letters and digits alone, without accents."""
    return frozenset(resources.text("passphrase", "common.txt").split())


@cache
def context() -> frozenset[str]:
    """Words that stand in many passphrases, and those of our own field."""
    return frozenset(resources.text("passphrase", "context.txt").split())


def _is_common(text: str) -> bool:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    readings = {plain, plain.translate(_LOOK_ALIKES)}
    return _repeats(text.casefold()) or any(_is_phrase(reading) or _few_words(reading) for reading in readings)


def _is_phrase(plain: str) -> bool:
    """A common phrase, said once or again and again, with numbers around it; or a run of keys."""
    letters = "".join(sign for sign in plain if sign.isalnum())
    bare = letters.strip("0123456789")
    return bool({letters, bare} & common()) or _once(bare) in common() | context() or _runs(letters)


def _once(letters: str) -> str:
    """What is said again and again, said once."""
    for size in range(1, len(letters) // 2 + 1):
        if len(letters) % size == 0 and letters == letters[:size] * (len(letters) // size):
            return letters[:size]
    return letters


def _few_words(plain: str) -> bool:
    """Only one or two different words, each of them common or of our field, whatever numbers stand between."""
    words = set(re.findall(r"[^\W\d_]+", plain))
    return 0 < len(words) < _FEW and words <= context()


def _repeats(text: str) -> bool:
    """A short piece said again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 6))


def _runs(letters: str) -> bool:
    """A run along the alphabet, the digits or a row of keys, forward or back."""
    return bool(letters) and any(letters in run or letters in run[::-1] for run in _RUNS)
