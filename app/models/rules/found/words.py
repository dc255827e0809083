"""Words as they are compared: without accents, capitals and endings, brought to one word for all of a kind.

Small mistakes of spelling are forgiven: one letter wrong, missing, too many or swapped, in words of five letters or
more; two in words of eight or more. Names of colours that stand beside a garment belong to it (`blue jacket`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from app.models.rules.found import word_list

_LETTERS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PHRASES = re.compile("|".join(map(re.escape, word_list.PHRASES)), re.IGNORECASE)
_APOSTROPHES = re.compile(r"\b(?:[ldnsjcm]|qu)['’]|['’]s\b", re.IGNORECASE)
_SHORT, _LONG = 5, 8
PAIR = "+"
"""What joins a colour and its garment."""


def folded(text: str) -> str:
    """Without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=20_000)
def bare(word: str) -> str:
    """A folded word without the endings of plural and feminine."""
    if len(word) > 3 and ((word.endswith("s") and not word.endswith("ss")) or word.endswith("ux")):
        word = word[:-1]
    if len(word) > 4 and word.endswith("ie"):
        return word
    if len(word) > 4 and word.endswith(("ee", "ue")):
        return word[:-1]
    return word


def pieces(text: str) -> list[tuple[str, str]]:
    """The words of a text in order: as they are written, and as they are compared."""
    found: list[tuple[str, str]] = []
    joined = _PHRASES.sub(lambda phrase: phrase[0].replace(" ", "-"), unicodedata.normalize("NFC", text))
    for whole in _LETTERS.findall(_APOSTROPHES.sub(" ", joined)):
        found.extend(_parts(whole))
    return found


@lru_cache(maxsize=20_000)
def _parts(whole: str) -> tuple[tuple[str, str], ...]:
    parts = [whole] if folded(whole) in _known_joined() else whole.split("-")
    return tuple((part, bare(folded(part))) for part in parts)


def split(text: str) -> list[str]:
    """The words of a text in order, as they are compared."""
    return [word for _, word in pieces(text)]


def one_for_all(*lists: str) -> dict[str, str]:
    """From every word of some lists to the word that stands for it."""
    found: dict[str, str] = {}
    for line in "\n".join(lists).splitlines():
        words = [bare(folded(word)) for word in line.split()]
        for word in words:
            found.setdefault(word, words[0])
    return found


@cache
def _known_joined() -> frozenset[str]:
    lists = (word_list.GARMENTS, word_list.CARRIED, word_list.MARKS, word_list.PLACES)
    return frozenset(folded(word) for text in lists for word in text.split() if "-" in word)


class Dictionary:
    """A set of words with what stands for each, which also finds a word that is spelt a little wrong."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words
        self._near: dict[str, list[str]] = {}
        for word in words:
            self._learn(word)
        self._cache: dict[str, str | None] = {}

    def add(self, word: str) -> None:
        """Learn a word that stands for itself."""
        if word not in self._words:
            self._words[word] = word
            self._learn(word)
            self._cache.clear()

    def find(self, word: str) -> str | None:
        """What stands for `word`, or for the word it is most likely meant to be; None when nothing is near."""
        if word in self._words:
            return self._words[word]
        if word not in self._cache:
            near = self._nearest(word)
            self._cache[word] = None if near is None else self._words[near]
        return self._cache[word]

    def _learn(self, word: str) -> None:
        if len(word) >= _SHORT:
            for part in _shortened(word):
                self._near.setdefault(part, []).append(word)

    def _nearest(self, word: str) -> str | None:
        if len(word) < _SHORT or word.isdigit():
            return None
        # The first letter is seldom the wrong one, and `weather` is not `leather`.
        candidates = {near for part in _shortened(word) for near in self._near.get(part, ()) if near[0] == word[0]}
        allowed = 2 if len(word) >= _LONG else 1
        judged = sorted((distance(word, near), near) for near in candidates)
        return judged[0][1] if judged and judged[0][0] <= allowed else None


def _shortened(word: str) -> Iterable[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def distance(one: str, other: str) -> int:
    """How many letters were changed, left out, added or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        following = [place]
        for column, opposite in enumerate(other, start=1):
            cost = min(row[column] + 1, following[-1] + 1, row[column - 1] + (letter != opposite))
            swapped = place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == opposite
            if swapped:
                cost = min(cost, before[column - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]


@cache
def passed_over() -> frozenset[str]:
    """The words that tell nothing."""
    return frozenset(bare(folded(word)) for word in word_list.PASSED_OVER.split()) - {"left", "right"}


@cache
def listed() -> dict[str, str]:
    """Every listed word of clothing, things, colours, marks and places."""
    return one_for_all(
        word_list.GARMENTS,
        word_list.COLOURS,
        word_list.PATTERNS,
        word_list.MARKS,
        word_list.CARRIED,
        word_list.PLACES,
    )


@cache
def colours() -> frozenset[str]:
    """The words that stand for colours and patterns."""
    return frozenset(one_for_all(word_list.COLOURS, word_list.PATTERNS).values())


@cache
def things() -> frozenset[str]:
    """The words that stand for what has a colour."""
    return frozenset(one_for_all(word_list.GARMENTS, word_list.CARRIED).values())


_dictionary: list[Dictionary] = []


def known() -> Dictionary:
    """The dictionary of the listed words."""
    if not _dictionary:
        _dictionary.append(Dictionary(dict(listed())))
    return _dictionary[0]


@lru_cache(maxsize=20_000)
def standing_for(word: str) -> str:
    """The word that stands for a bare word; the word itself when none does."""
    return known().find(word) or word


def terms(text: str) -> tuple[str, ...]:
    """What a text says: its words, each once, and a thing with its colour as `colour+thing`."""
    return tuple(told(text))


def told(text: str) -> dict[str, str]:
    """The terms of a text, each with the words of the text that say it."""
    counted = [(written, word) for written, word in pieces(text) if word not in passed_over() and len(word) > 1]
    written = [as_written for as_written, _ in counted]
    said = [standing_for(word) for _, word in counted]
    found: dict[str, str] = {}
    for place, word in enumerate(said):
        found.setdefault(word, written[place])
        if word not in things():
            continue
        for near in (place - 1, place + 1, place - 2):
            if 0 <= near < len(said) and said[near] in colours():
                first, last = sorted((place, near))
                found[f"{said[near]}{PAIR}{word}"] = f"{written[first]} {written[last]}"
                break
    return found
