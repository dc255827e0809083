"""One print: its language and what follows from it - words, dates, money, marks on text in the other language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

from app.documents.blocks import Field, Paragraph, Value
from app.documents.catalogue import Form
from app.models.vocab import Audience
from app.queries.form_rows import Label, PrintContext, Typed
from app.words import Words, in_language

_LOCALES = {"en": "en_CA", "fr": "fr_CA"}


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Printing:
    """The print context, the form and the catalogue of the document's language."""

    context: PrintContext
    form: Form
    words: Words

    @classmethod
    def of(cls, context: PrintContext, form: Form) -> Printing:
        """The printing for a context; a language we do not have is English."""
        return cls(context, form, in_language(context.language))

    def tr(self, text: str, **values: object) -> str:
        """See `Words.tr`."""
        return self.words.tr(text, **values)

    @property
    def locale(self) -> str:
        """The locale for dates and money."""
        return _LOCALES[self.words.code]

    @property
    def blank(self) -> bool:
        """Whether this is a blank for paper."""
        return self.context.blank

    @property
    def for_client(self) -> bool:
        """Whether the page leaves the unit in the person's hand."""
        return self.context.audience is Audience.CLIENT

    @property
    def discreet(self) -> bool:
        """Whether the page must not look like what it is."""
        return self.form.neutral or self.context.discreet

    @property
    def title(self) -> str:
        """The title that the page carries."""
        chosen = self.form.discreet_title if self.context.discreet and self.form.discreet else self.form.title
        return self.tr(chosen)

    @property
    def unit(self) -> str:
        """The name of the unit that the page carries."""
        return self.context.neutral_name if self.discreet else self.context.unit_name

    # Values in the document's language.

    def term(self, label: Label) -> str:
        """A closed-list value standing alone: with a capital."""
        return _with_capital(self.tr(label))

    def terms(self, labels: Iterable[Label]) -> str:
        """Several closed-list values in a row."""
        return _with_capital(", ".join(self.tr(label) for label in labels))

    def long_date(self, day: date | None) -> str:
        """`14 mars 2025`, `March 14, 2025`; empty when not known."""
        return "" if day is None else str(format_date(day, "long", locale=self.locale))

    def short_date(self, day: date | None) -> str:
        """`2025-03-14`, the same in both languages; for tables."""
        return "" if day is None else day.isoformat()

    def moment(self, at: datetime | None) -> str:
        """A date with its time, as the unit's clocks show it."""
        if at is None:
            return ""
        return str(format_datetime(at, self._pattern("d MMM y, h:mm a", "d MMM y, H 'h' mm"), self._zone, self.locale))

    def time(self, at: datetime | None) -> str:
        """The time of day."""
        return "" if at is None else str(format_time(at, self._pattern("h:mm a", "H 'h' mm"), self._zone, self.locale))

    def time_of_day(self, at: clock_time) -> str:
        """A time that stands by itself, as the unit's clocks show it."""
        return str(format_time(at.replace(tzinfo=None), self._pattern("h:mm a", "H 'h' mm"), locale=self.locale))

    def local_date(self, at: datetime | None) -> date | None:
        """The calendar date on the unit's clocks."""
        return None if at is None else at.astimezone(self._zone).date()

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.context.time_zone)

    def _pattern(self, english: str, french: str) -> str:
        return french if self.words.code == "fr" else english

    def money(self, cents: int | None) -> str:
        """`$1,234.56`, `1 234,56 $`."""
        return (
            ""
            if cents is None
            else str(format_currency(cents / 100, "CAD", "¤#,##0.00" if self.words.code == "en" else None, self.locale))
        )

    def number(self, value: float | None) -> str:
        """A number with the language's decimal sign."""
        return "" if value is None else str(format_decimal(value, locale=self.locale))

    def yes_no(self, value: bool | None) -> str:
        """Yes, No, or nothing."""
        return "" if value is None else (self.tr("Yes") if value else self.tr("No"))

    def typed(self, typed: Typed, *, strong: bool = False) -> Value:
        """What a person typed, marked when it is in the other language (`domain.md` 4d)."""
        return Value(typed.text, self.remark(typed), strong)

    def remark(self, typed: Typed) -> str:
        """The mark for text that was typed in the other language; otherwise empty."""
        if not typed.text.strip() or not typed.language or typed.language == self.words.code:
            return ""
        return self.tr("[as written in French]") if typed.language == "fr" else self.tr("[as written in English]")

    # Blocks that every form uses.

    def field(self, label: str, value: str | Typed, *, wide: bool = False, strong: bool = False) -> Field:
        """A field; what was not recorded says so, and on a blank form there is a line."""
        shown = self.typed(value, strong=strong) if isinstance(value, Typed) else Value(value, strong=strong)
        if not shown.text.strip() and not self.blank:
            shown = Value("", self.tr("not recorded"))
        return Field(label, shown, wide)

    def paragraph(self, typed: Typed) -> Paragraph:
        """Free text; says so when there is none."""
        if not typed.text.strip():
            return Paragraph(self.tr("Nothing recorded."), "mark")
        return Paragraph(typed.text, remark=self.remark(typed))
