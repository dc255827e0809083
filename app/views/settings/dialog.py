"""A new version of one setting: the value, the day from which it holds, and the versions that there were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.errors import RuleBroken
from app.queries.settings import Origin, SettingField, SettingKind, SettingRow, SettingVersion, check_value
from app.services import directory
from app.services.directory import UpdateSetting
from app.views.common import when
from app.views.common.buttons import QuietButton
from app.views.common.dates import DateField
from app.views.common.form_dialog import FormDialog
from app.views.common.picker import ComboPicker
from app.views.common.stepper import NumberField
from app.views.common.text import Heading, LineEdit, NoteEdit
from app.views.common.timeline import Timeline, TimelineEntry
from app.views.common.wording import Wording
from app.views.programme import Context
from app.views.settings.values import from_field, spoken, to_field, unit_name
from app.words import tr

_WIDEST_NUMBER = 999_999
"""More than any setting takes: what is too much is refused with a sentence, and not changed under one's hands."""


class SettingDialog(FormDialog):
    """The form of one setting; saving adds a version and leaves the earlier ones as they are."""

    def __init__(self, context: Context, parent: QWidget, row: SettingRow, today: date) -> None:
        field = row.field
        super().__init__(
            context,
            parent,
            "settings",
            lambda: tr(field.label),
            lambda: tr("Save"),
            subject=field.name,
            text=(lambda: tr(field.note)) if field.note else "",
            said=self._saved_words,
            width=620,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._row, self._today = row, today
        self.ask("value", _value_label(row), _control(field), required=True, wide=True)
        if row.value != row.shipped:
            self._offer_shipped()
        self.part()
        self.ask(
            "effective_from",
            lambda: tr("In force from"),
            DateField(clock=context.clock),
            hint=lambda: tr("Records made before this day keep the version of their day."),
            required=True,
            wide=True,
        )
        self.add(Heading(lambda: tr("Versions"), 3))
        self.add(Timeline(_history(row, today)))
        self.begin({"value": to_field(field, row.value), "effective_from": today})

    def check(self) -> bool:
        """The value is one that the setting can have, it is new, and its day is not over."""
        if not super().check():
            return False
        try:
            check_value(self._row.field, self._value())
        except RuleBroken as problem:
            sentence = _unreadable(self._row.field) if self._value() is None else None
            return self.refuse("value", sentence or _said_by(problem))
        day = self._day()
        if day is None:
            return self.refuse("effective_from", lambda: tr("Say from which day it holds."))
        if day < self._today:
            return self.refuse(
                "effective_from",
                lambda: tr("Choose today or a later day: what was recorded before keeps the version of its day."),
            )
        held = self._row.version_on(day)
        if held is not None and held.value == self._value():
            return self.refuse("value", lambda: tr("This is in force on that day already."))
        return True

    def request(self) -> tuple[Callable[[Any, Any], Any], Any]:
        """Add the version."""
        command = UpdateSetting(name=self._row.field.name, value=self._value(), effective_from=self._day())
        return directory.update_setting, command

    def _value(self) -> Any:
        return from_field(self._row.field, self.typed()["value"])

    def _day(self) -> date | None:
        day = self.typed()["effective_from"]
        return day if isinstance(day, date) else None

    def _saved_words(self) -> str:
        return tr("Saved. It holds from {day}.", day=when.day_near(self._day(), self._today))

    def _offer_shipped(self) -> None:
        button = QuietButton(
            lambda: tr("Put the shipped value back: {value}", value=spoken(self._row.field, self._row.shipped)), "undo"
        )
        button.setObjectName("settings.shipped")
        button.clicked.connect(lambda: self.fill({"value": to_field(self._row.field, self._row.shipped)}))
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        self.add_layout(line)


def _said_by(problem: RuleBroken) -> Wording:
    """The sentence of a refusal, in the language of the moment it is read."""
    return lambda: problem.sentence


def _value_label(row: SettingRow) -> Wording:
    if row.field.kind is SettingKind.NUMBERS:
        return lambda: tr("Days")
    if row.field.kind is SettingKind.MONEY:
        return lambda: tr("Amount in dollars")
    return lambda: tr("Value")


def _control(field: SettingField) -> QWidget:
    if field.kind is SettingKind.NUMBER:
        return NumberField(0, _WIDEST_NUMBER, lambda: unit_name(field.unit))
    if field.kind is SettingKind.TEXTS:
        return NoteEdit(least_lines=5, most_lines=10)
    if field.kind is SettingKind.CHOICE:
        return ComboPicker([(code, _later(text)) for code, text in field.choices])
    return LineEdit()


def _unreadable(field: SettingField) -> Wording | None:
    """What to say when the text typed is no value at all."""
    if field.kind is SettingKind.NUMBERS:
        return lambda: tr("Write whole numbers with a comma between them, such as 7, 14, 30.")
    if field.kind is SettingKind.MONEY:
        return lambda: tr("Write the amount like 12.50.")
    if field.kind is SettingKind.DEGREES:
        return lambda: tr("Write degrees like -10.5; west is negative.")
    return None


def _history(row: SettingRow, today: date) -> list[TimelineEntry]:
    held = row.version_on(today)
    entries = [_entry(row.field, version, today, held=version is held) for version in row.versions]
    told = row.origin is Origin.SERVER
    value = row.value if told else row.shipped
    first = TimelineEntry(
        (lambda: tr("As your server calls it")) if told else (lambda: tr("As shipped")),
        lambda: spoken(row.field, value),
        icon="home" if told else "settings",
        badge=(lambda: tr("In force")) if held is None else "",
        badge_kind="success",
    )
    return [*entries, first]


def _entry(field: SettingField, version: SettingVersion, today: date, *, held: bool) -> TimelineEntry:
    planned = version.begins is not None and version.begins > today and not _replaced_at_once(version)
    badge: Wording = ""
    if held:
        badge = lambda: tr("In force")  # noqa: E731
    elif planned:
        badge = lambda: tr("Planned")  # noqa: E731
    return TimelineEntry(
        lambda: _period(version),
        lambda: spoken(field, version.value),
        icon="edit",
        badge=badge,
        badge_kind="success" if held else "info",
    )


def _period(version: SettingVersion) -> str:
    said = _days(version)
    return tr("{period}, by {author}", period=said, author=version.author) if version.author else said


def _days(version: SettingVersion) -> str:
    begins = when.day(version.begins)
    if _replaced_at_once(version):
        return tr("Meant for {day} and replaced", day=begins)
    last = [day for day in (version.ends, _day_before(version.replaced_on)) if day is not None]
    if not last:
        return tr("From {day}", day=begins) if begins else tr("Set by the service")
    if not begins:
        return tr("Until {day}", day=when.day(min(last)))
    return tr("From {day} to {end}", day=begins, end=when.day(min(last)))


def _replaced_at_once(version: SettingVersion) -> bool:
    return version.begins is not None and version.replaced_on == version.begins


def _day_before(day: date | None) -> date | None:
    return date.fromordinal(day.toordinal() - 1) if day else None


def _later(text: str) -> Wording:
    return lambda: tr(text)
