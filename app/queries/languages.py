"""Names of the languages that people of the service speak, by ISO 639 code (domain.md 2.1)."""

from __future__ import annotations

from app.words import mark

NAMES: dict[str, str] = {
    "en": mark("English"),
    "fr": mark("French"),
    "ase": mark("American Sign Language"),
    "fcs": mark("Quebec Sign Language"),
    "ar": mark("Arabic"),
    "cr": mark("Cree"),
    "de": mark("German"),
    "es": mark("Spanish"),
    "fa": mark("Persian"),
    "gu": mark("Gujarati"),
    "hi": mark("Hindi"),
    "it": mark("Italian"),
    "ko": mark("Korean"),
    "oj": mark("Ojibwe"),
    "pa": mark("Punjabi"),
    "pl": mark("Polish"),
    "pt": mark("Portuguese"),
    "ru": mark("Russian"),
    "so": mark("Somali"),
    "ta": mark("Tamil"),
    "tl": mark("Tagalog"),
    "uk": mark("Ukrainian"),
    "ur": mark("Urdu"),
    "vi": mark("Vietnamese"),
    "yue": mark("Cantonese"),
    "zh": mark("Mandarin"),
}


def name_of(code: str | None) -> str:
    """The marked English name of a language; a code that is not listed stands for itself."""
    return NAMES.get(code or "", code or "")
