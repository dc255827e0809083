"""What is wrong with a form, said so that its author finds the place."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.errors import RuleBroken
from app.words import mark, tr


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where in the workbook (`row` as the spreadsheet counts, `column` by its heading) or in the form."""

    sheet: str = ""
    row: int = 0
    column: str = ""
    path: str = ""


class Finding(msgspec.Struct, frozen=True):
    """One error or warning: a marked English text, the values of its places, and where it is.

    `reason` and `reasons` are a second text with its values, for the place `{reason}` of the first.
    """

    text: str
    values: dict[str, str] = {}
    place: Place = Place()
    reason: str = ""
    reasons: dict[str, str] = {}

    @property
    def sentence(self) -> str:
        """The sentence in the interface's language."""
        if self.reason:
            return tr(self.text, **self.values, reason=tr(self.reason, **self.reasons))
        return tr(self.text, **self.values)

    def at(self, place: Place) -> Finding:
        """The same finding at a place that is known better."""
        return msgspec.structs.replace(self, place=place)


_REFUSED = mark("The form cannot be used: {reason}")


class FormRefused(RuleBroken):
    """The form says something that cannot be run; `findings` names every reason with its place."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(_REFUSED, reason=first.sentence)


def refuse(text: str, *, place: Place | None = None, **values: str) -> FormRefused:
    """The refusal for one reason."""
    return FormRefused([Finding(text, values, place or Place())])
