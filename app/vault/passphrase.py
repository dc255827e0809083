"""Rules for passphrases (safety.md 5.1): long, not a common phrase, no composition rules, no expiry."""

from __future__ import annotations

import unicodedata

from app.errors import RuleBroken
from app.words import mark

SHORTEST = 15
LONGEST = 1024

_COMMON = frozenset(
    [
        "correcthorsebatterystaple",
        "passwordpassword",
        "password123456789",
        "passwordpassword1",
        "mypasswordissecure",
        "thisismypassword",
        "thisisapassword",
        "letmeinletmein",
        "letmeinplease123",
        "iloveyouiloveyou",
        "iloveyouforever",
        "qwertyuiopasdfgh",
        "qwertyuiopasdfghjkl",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertyqwertyqwerty",
        "azertyuiopqsdfgh",
        "zxcvbnmasdfghjkl",
        "1qaz2wsx3edc4rfv",
        "1q2w3e4r5t6y7u8i",
        "abcdefghijklmno",
        "abcdefghijklmnop",
        "abcdefghijklmnopqrstuvwxyz",
        "changemechangeme",
        "changemeplease",
        "welcomewelcome",
        "welcometohaven",
        "tobeornottobe",
        "tobeornottobethatisthequestion",
        "thequickbrownfox",
        "thequickbrownfoxjumpsoverthelazydog",
        "maytheforcebewithyou",
        "onceuponatime",
        "onceuponatimethere",
        "openseasame",
        "opensesameplease",
        "trustno1trustno1",
        "administrator",
        "administratoradministrator",
        "adminadminadmin",
        "victimservices",
        "victimservicesunit",
        "policevictimservices",
        "policepolicepolice",
        "crisisintervention",
        "havenhavenhaven",
        "supersecretpassword",
        "motdepassemotdepasse",
        "motdepasse123456",
        "monmotdepasse",
        "ilfaitbeauaujourdhui",
        "bonjourbonjour",
        "jetaimejetaimejetaime",
        "ocanadaourhome",
        "ocanadaourhomeandnativeland",
        "ocanadaterredenosaieux",
        "jemesouviensjemesouviens",
        "torontomapleleafs",
        "gohabsgogohabsgo",
        "mapleleafsforever",
    ]
)
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


def _is_common(text: str) -> bool:
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    bare = letters.rstrip("0123456789")
    return letters in _COMMON or bare in _COMMON or _repeats(text.casefold()) or _runs(letters)


def _repeats(text: str) -> bool:
    """A short piece said again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 6))


def _runs(letters: str) -> bool:
    """A run along the alphabet, the digits or a row of keys, forward or back."""
    return bool(letters) and any(letters in run or letters in run[::-1] for run in _RUNS)
