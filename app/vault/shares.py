"""The recovery key in three shares of 33 words (SLIP-39): any two open the vault, one alone tells nothing.

The shares are one of many possible sets for the same recovery key: printing again makes a new set, the older one stays
as good, and sheets of two sets do not go together. The first four letters of each word are enough.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share
from shamir_mnemonic.wordlist import WORDLIST

from app.errors import RuleBroken
from app.vault import keys
from app.words import mark

COUNT = 3
NEEDED = 2
WORDS = 33
_LONGEST_KEY = 64
"""Letters and digits: a whole recovery key has 56, a single share at least 132."""
_SHOWN = 16


def split(key: bytes) -> tuple[str, str, str]:
    """A fresh set of three shares of a recovery key."""
    # The key is random already, so stretching it for each sheet would only make people wait.
    first, second, third = generate_mnemonics(1, [(NEEDED, COUNT)], key, iteration_exponent=0)[0]
    return first, second, third


def recovery_key(typed: str) -> bytes:
    """The recovery key from what was typed: the key itself, or two of its shares one after the other.

    Raises RuleBroken with what to look at again.
    """
    if not are_shares(typed):
        return keys.recovery_key(typed)
    words = _words(typed)
    return join([" ".join(words[start : start + WORDS]) for start in range(0, len(words), WORDS)])


def are_shares(typed: str) -> bool:
    """Whether this is meant as shares and not as the whole key."""
    return len(re.sub(r"[^A-Za-z0-9]", "", typed)) > _LONGEST_KEY


def join(typed: list[str]) -> bytes:
    """The recovery key from two shares. Raises RuleBroken with what to look at again."""
    read = [_share(text, number) for number, text in enumerate(typed, start=1) if text.strip()]
    if len(read) < NEEDED:
        raise _broken(mark("One sheet is not enough. Type the words of two of the three sheets."))
    first, second = read[:NEEDED]
    if first.group_parameters() != second.group_parameters():
        raise _broken(mark("These two sheets are not of one set. Use two that were printed on the same day."))
    if first.index == second.index:
        raise _broken(mark("This is the same sheet twice. Use two different ones of the three."))
    try:
        key = bytes(combine_mnemonics([first.mnemonic(), second.mnemonic()]))
    except MnemonicError:
        key = b""
    if len(key) != keys.KEY_BYTES:
        raise _broken(mark("These two sheets do not make a recovery key of Haven."))
    return key


def words_known() -> int:
    """How many words the sheets may use; the library reads its list from a file beside it."""
    return len(_by_beginning())


def _share(typed: str, number: int) -> Share:
    words = [_word(word, number, place) for place, word in enumerate(_words(typed), start=1)]
    if len(words) != WORDS:
        raise _broken(
            mark("Sheet {sheet} has {count} words here; there are 33 on it. Look for one left out or typed twice."),
            sheet=number,
            count=len(words),
        )
    try:
        return Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise _broken(
            mark("Sheet {sheet}: a word is not the right one, or two stand in the wrong order. Compare them."),
            sheet=number,
        ) from None


def _word(typed: str, number: int, place: int) -> str:
    found = _by_beginning().get(typed[:4])
    if found is None or not found.startswith(typed[: len(found)]):
        raise _broken(
            mark("Sheet {sheet}, word {place}: “{word}” is not one of the words that are used. Compare it."),
            sheet=number,
            place=place,
            word=typed[:_SHOWN],
        )
    return found


def _words(typed: str) -> list[str]:
    """Words in lower case, whatever stands between them: spaces, lines, numbers, commas."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    return re.findall(r"[^\W\d_]+", plain)


@cache
def _by_beginning() -> dict[str, str]:
    return {word[:4]: word for word in WORDLIST}


def _broken(text: str, **values: object) -> RuleBroken:
    return RuleBroken(text, field="recovery_key", **values)
