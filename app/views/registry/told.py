"""What is seen of a found person, typed or ticked; nothing has to be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import RuleBroken
from app.models.rules.found import Sighting
from app.models.rules.found.sighting import NO_AGE, NO_HEIGHT, NO_PLACE
from app.models.vocab import Attraction, Condition, Gender, Listed, Mobility, SpeaksBy, WornAid
from app.views import style
from app.views.common.buttons import SecondaryButton
from app.views.common.choices import ChipChoice, SegmentedChoice
from app.views.common.entries import degrees
from app.views.common.field import Field
from app.views.common.section import Section
from app.views.common.text import LineEdit
from app.views.messages import sentence_of
from app.words import tr

_AGE = re.compile(r"\s*(\d{1,3})\s*(?:(?:-|–|to|à|bis)\s*(\d{1,3}))?\s*")
_METRES = re.compile(r"\s*([12])[.,m](\d{1,2})\s*m?\s*")
_FEET = re.compile(r"\s*([3-7])\s*(?:'|’|ft|pi)\s*(?:(\d{1,2})\s*(?:\"|”|in|po)?)?\s*")
_CM = re.compile(r"\s*(\d{2,3})\s*(?:cm)?\s*")
_INCH_CM = 2.54


def age_of(text: str | None) -> tuple[int, int] | None:
    """`75` or `70-80` as the youngest and the oldest. Raises RuleBroken for anything else."""
    if not text:
        return None
    found = _AGE.fullmatch(text)
    if found is None:
        raise RuleBroken(NO_AGE, field="age")
    low = int(found[1])
    return low, int(found[2] or low)


def height_of(text: str | None) -> int | None:
    """`175`, `1.75 m` or `5'9` in centimetres. Raises RuleBroken for anything else."""
    if not text:
        return None
    if (found := _CM.fullmatch(text)) is not None:
        return int(found[1])
    if (found := _METRES.fullmatch(text)) is not None:
        return 100 * int(found[1]) + int(found[2].ljust(2, "0"))
    if (found := _FEET.fullmatch(text)) is not None:
        return round((12 * int(found[1]) + int(found[2] or 0)) * _INCH_CM)
    raise RuleBroken(NO_HEIGHT, field="height_cm")


class ToldForm(QWidget):
    """The questions. `entered` when Enter is pressed in a line."""

    entered = Signal()
    map_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, LineEdit] = {}
        self._chips: dict[str, ChipChoice] = {}
        self._fields: dict[str, Field] = {}
        self._gender = SegmentedChoice([(one, one.label) for one in (Gender.WOMAN, Gender.MAN)])
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, style.space(2), 0)
        self._column.setSpacing(style.space(3))
        self._ask("gender", lambda: tr("Looks like a"), self._gender)
        self._pair(
            ("age", lambda: tr("About how old"), lambda: tr("Such as 75, or 70-80.")),
            ("height_cm", lambda: tr("Height"), lambda: tr("Such as 175 or 5'9.")),
        )
        self._pair(("hair", lambda: tr("Hair"), ""), ("eyes", lambda: tr("Eyes"), ""))
        self._pair(("build", lambda: tr("Build"), ""), ("carried", lambda: tr("Carries"), ""))
        self._line("clothing", lambda: tr("Wears"), lambda: tr("Such as: blue rain coat, rubber boots."))
        self._line("marks", lambda: tr("Scars, tattoos, marks"))
        self._line("place", lambda: tr("Found where, in words"))
        self._position()
        self._listed("communication", lambda: tr("Communicates"), SpeaksBy)
        self._listed("attractions", lambda: tr("Drawn to"), Attraction)
        self._listed("worn_aids", lambda: tr("Wears or has"), WornAid)
        self._listed("mobility", lambda: tr("Gets about"), Mobility)
        self._listed("conditions", lambda: tr("Seems to live with"), Condition)
        self._column.addStretch(1)
        self.setFocusProxy(self._gender)

    def sighting(self) -> Sighting | None:
        """What is told; None when something cannot be read, which is said at its field."""
        for field in self._fields.values():
            field.set_error(None)
        try:
            return self._read()
        except RuleBroken as problem:
            self.complain(problem)
            return None

    def complain(self, problem: RuleBroken) -> None:
        """Say at its field what stands in the way."""
        field = self._fields.get(problem.field or "", self._fields["gender"])
        field.set_error(lambda: sentence_of(problem))
        field.control.setFocus()

    def position_text(self) -> str:
        """The position as it is typed."""
        return self._lines["position"].value() or ""

    def set_position(self, lat: float, lon: float) -> None:
        """Put a position in that was chosen on the map."""
        self._lines["position"].set_value(f"{lat:.5f}, {lon:.5f}")

    def clear(self) -> None:
        """Forget everything: for the next person."""
        self._gender.set_value(None)
        for line in self._lines.values():
            line.set_value(None)
        for chips in self._chips.values():
            chips.set_value(())
        for field in self._fields.values():
            field.set_error(None)

    def _read(self) -> Sighting:
        typed = {name: line.value() for name, line in self._lines.items()}
        position = degrees(typed["position"]) if typed["position"] else None
        if typed["position"] and position is None:
            raise RuleBroken(NO_PLACE, field="position")
        gender = self._gender.value()
        texts: dict[str, Any] = {name: typed[name] or "" for name in _TEXTS}
        ticked: dict[str, Any] = {name: chips.value() for name, chips in self._chips.items()}
        return Sighting(
            gender=gender if isinstance(gender, Gender) else None,
            age=age_of(typed["age"]),
            height_cm=height_of(typed["height_cm"]),
            position=position,
            **texts,
            **ticked,
        )

    def _position(self) -> None:
        line = LineEdit()
        chosen = SecondaryButton(lambda: tr("On the map"), "pin")
        chosen.setObjectName("registry.found.map")
        chosen.clicked.connect(self.map_wanted)
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        row.addWidget(self._new_line("position", line, lambda: tr("Latitude and longitude"), ""), 1)
        column = QVBoxLayout()
        # As high as the label of the field beside it, so that the button stands on the line of the input.
        column.addSpacing(style.grown(26))
        column.addWidget(chosen)
        column.addStretch(1)
        row.addLayout(column)
        self._column.addLayout(row)

    def _pair(self, *asked: tuple[str, Callable[[], str], Callable[[], str] | str]) -> None:
        row = QHBoxLayout()
        row.setSpacing(style.space(3))
        for name, wording, hint in asked:
            row.addWidget(self._new_line(name, LineEdit(), wording, hint), 1)
        self._column.addLayout(row)

    def _line(self, name: str, wording: Callable[[], str], hint: Callable[[], str] | str = "") -> None:
        self._column.addWidget(self._new_line(name, LineEdit(), wording, hint))

    def _new_line(self, name: str, line: LineEdit, wording: Callable[[], str], hint: Callable[[], str] | str) -> Field:
        line.setObjectName(f"registry.found.{name}")
        line.returnPressed.connect(self.entered)
        self._lines[name] = line
        self._fields[name] = Field(wording, line, hint=hint)
        return self._fields[name]

    def _listed(self, name: str, wording: Callable[[], str], listed: type[Listed]) -> None:
        chips = ChipChoice([(one, one.label) for one in listed])
        chips.setObjectName(f"registry.found.{name}")
        chips.setAccessibleName(wording())
        self._chips[name] = chips
        section = Section(wording, opened=name in _OPEN)
        section.add(chips)

        def count() -> str:
            return ", ".join(str(one.label()) for one in chips.value() if isinstance(one, Listed))

        chips.changed.connect(lambda: section.set_summary(count))
        self._column.addWidget(section)

    def _ask(self, name: str, wording: Callable[[], str], control: QWidget) -> None:
        control.setObjectName(f"registry.found.{name}")
        self._fields[name] = Field(wording, control)
        self._column.addWidget(self._fields[name])


_TEXTS = ("build", "hair", "eyes", "clothing", "carried", "marks", "place")
_OPEN = ("communication", "attractions")
