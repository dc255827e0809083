"""The words people read: one gettext catalogue for windows, documents and errors.

English is written in the code and is its own key; `resources/locale/fr` holds the French. The interface has one
current language (`use`); a document is set in the language of the person who takes it home (`in_language`).
Values go in by name after translation, so text that a person typed is never looked up and never formatted:

    tr("{count} things wait to be sent", count=3)

`make words` collects every marked text; a test fails when one has no French.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from app import resources

LANGUAGES = ("en", "fr")
_DOMAIN = "haven"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(_DOMAIN, localedir=str(resources.path("locale")), languages=[language])


@dataclass(frozen=True)
class Words:
    """The catalogue in one language; `code` is the ISO 639-1 code."""

    code: str
    _texts: gettext.NullTranslations = field(repr=False, compare=False)

    def tr(self, text: str, **values: object) -> str:
        """`text` in this language, with `{name}` places filled from `values`; a day is written in its words."""
        found = self._texts.gettext(text) if text else ""
        return found.format(**{name: self._said(value) for name, value in values.items()}) if values else found

    def day(self, value: date) -> str:
        """A day with its month in words, as this language writes it in Canada."""
        return self._dated(value, "d MMM y")

    def weekday(self, value: date) -> str:
        """A day of a month that is named nearby: `Thu 1 May`, `jeu. 1 mai`."""
        return self._dated(value, "EEE d MMM")

    def month(self, value: date) -> str:
        """The month of a day with its year: `May 2025`, `mai 2025`."""
        return self._dated(value, "LLLL y")

    def _dated(self, value: date, pattern: str) -> str:
        from babel.dates import format_date  # costs more than the rest of this file, and the first window needs no day

        return str(format_date(value, pattern, locale=f"{self.code}_CA"))

    def _said(self, value: object) -> object:
        return self.day(value) if isinstance(value, date) and not isinstance(value, datetime) else value

    def trn(self, one: str, many: str, count: int, **values: object) -> str:
        """The form of a counted text that fits `count`; `{count}` is filled in."""
        return self._texts.ngettext(one, many, count).format(count=count, **values)


def in_language(code: str) -> Words:
    """The catalogue in language `code`; anything but a language we have is English."""
    code = code if code in LANGUAGES else "en"
    return Words(code, _catalogue(code))


_current = in_language("en")


def use(code: str) -> None:
    """Make `code` the language of the interface of this process."""
    global _current
    _current = in_language(code)


def current() -> Words:
    """The catalogue of the interface's language."""
    return _current


def tr(text: str, **values: object) -> str:
    """`text` in the interface's language (see `Words.tr`)."""
    return _current.tr(text, **values)


def trn(one: str, many: str, count: int, **values: object) -> str:
    """A counted text in the interface's language (see `Words.trn`)."""
    return _current.trn(one, many, count, **values)


def day(value: date) -> str:
    """A day with its month in words, in the interface's language."""
    return _current.day(value)


def mark(text: str) -> str:
    """Mark a text for the catalogue where it is written but translated later."""
    return text
