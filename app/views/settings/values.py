"""Values of settings in words, and as they are typed."""

from __future__ import annotations

import re
from typing import Any

from app.queries.settings import SettingField, SettingKind, Unit
from app.views.common.wording import locale
from app.words import tr, trn

_DECIMAL = re.compile(r"^-?\d{1,3}(?:[.,]\d{1,3})?$")
_AMOUNT = re.compile(r"^\$?\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*\$?$")


def spoken(field: SettingField, value: Any) -> str:
    """A value as a person says it, with its unit. What a newer version keeps in another shape is shown as it is."""
    if field.kind is SettingKind.DEGREES:
        return tr("{degrees}°", degrees=locale().toString(float(value), "f", 1))
    if isinstance(value, int):
        money = field.kind is SettingKind.MONEY
        return locale().toCurrencyString(value / 100, "$") if money else counted(field.unit, value)
    if isinstance(value, list):
        return _listed(field, value)
    if field.kind is SettingKind.CHOICE:
        return next((tr(text) for code, text in field.choices if code == value), str(value))
    return str(value)


def _listed(field: SettingField, value: list[Any]) -> str:
    if field.kind is SettingKind.NUMBERS and value:
        *before, last = [str(one) for one in value]
        said = tr("{first} and {last}", first=", ".join(before), last=last) if before else last
        return tr("{numbers} days", numbers=said)
    return ", ".join(str(one) for one in value)


def counted(unit: Unit, count: int) -> str:
    """A number with its unit."""
    sayings = {
        Unit.MINUTES: lambda: trn("{count} minute", "{count} minutes", count),
        Unit.HOURS: lambda: trn("{count} hour", "{count} hours", count),
        Unit.DAYS: lambda: trn("{count} day", "{count} days", count),
        Unit.BUSINESS_DAYS: lambda: trn("{count} business day", "{count} business days", count),
        Unit.MONTHS: lambda: trn("{count} month", "{count} months", count),
        Unit.YEARS: lambda: trn("{count} year", "{count} years", count),
        Unit.PEOPLE: lambda: trn("{count} person", "{count} people", count),
        Unit.NEEDS: lambda: trn("{count} need", "{count} needs", count),
        Unit.DETAILS: lambda: trn("{count} detail", "{count} details", count),
        Unit.ATTEMPTS: lambda: trn("{count} attempt", "{count} attempts", count),
        Unit.RECORD_NUMBERS: lambda: trn("{count} number", "{count} numbers", count),
        Unit.METRES: lambda: trn("{count} metre", "{count} metres", count),
        Unit.KILOBYTES: lambda: trn("{count} kilobyte", "{count} kilobytes", count),
        Unit.MEGABYTES: lambda: trn("{count} megabyte", "{count} megabytes", count),
        Unit.CENTIMETRES: lambda: trn("{count} centimetre", "{count} centimetres", count),
        Unit.PERCENT: lambda: tr("{count} percent", count=count),
        Unit.KILOHERTZ: lambda: tr("{count} kHz", count=count),
        Unit.CELSIUS: lambda: tr("{count} °C", count=count),
        Unit.POINTS: lambda: trn("{count} point", "{count} points", count),
    }
    return sayings[unit]() if unit in sayings else str(count)


def unit_name(unit: Unit) -> str:
    """The unit alone, beside the field in which a number is typed."""
    names = {
        Unit.MINUTES: tr("minutes"),
        Unit.HOURS: tr("hours"),
        Unit.DAYS: tr("days"),
        Unit.BUSINESS_DAYS: tr("business days"),
        Unit.MONTHS: tr("months"),
        Unit.YEARS: tr("years"),
        Unit.PEOPLE: tr("people"),
        Unit.NEEDS: tr("needs"),
        Unit.DETAILS: tr("details"),
        Unit.ATTEMPTS: tr("attempts"),
        Unit.RECORD_NUMBERS: tr("numbers"),
        Unit.METRES: tr("metres"),
        Unit.KILOBYTES: tr("kilobytes"),
        Unit.MEGABYTES: tr("megabytes"),
        Unit.CENTIMETRES: tr("centimetres"),
        Unit.PERCENT: tr("percent"),
        Unit.KILOHERTZ: "kHz",
        Unit.CELSIUS: "°C",
        Unit.POINTS: tr("points"),
    }
    return names.get(unit, "")


def to_field(field: SettingField, value: Any) -> Any:
    """A value as its input shows it: lists and amounts are typed as text."""
    if field.kind is SettingKind.NUMBER:
        return value if isinstance(value, int) else None
    if field.kind is SettingKind.MONEY and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    if not isinstance(value, list):
        return str(value)
    if field.kind is SettingKind.NUMBERS:
        return ", ".join(str(one) for one in value)
    return "\n".join(str(one) for one in value)


def from_field(field: SettingField, typed: Any) -> Any:
    """The value that was typed; None when it cannot be read as what the setting is."""
    if field.kind is SettingKind.NUMBER:
        return typed
    text = str(typed or "").strip()
    if field.kind is SettingKind.DEGREES:
        return _degrees(text)
    if field.kind is SettingKind.MONEY:
        return _cents(text)
    if field.kind is SettingKind.TEXTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind is SettingKind.NUMBERS:
        return _numbers(text)
    return text


def _degrees(text: str) -> float | None:
    found = _DECIMAL.match(text.replace("−", "-"))
    return float(found[0].replace(",", ".")) if found else None


def _cents(text: str) -> int | None:
    found = _AMOUNT.match(text.replace("\u00a0", " "))
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def _numbers(text: str) -> list[int] | None:
    """Whole numbers between commas, semicolons or blanks, in rising order: the first call comes before the second."""
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    if any(not part.isascii() or not part.isdecimal() or len(part) > 6 for part in parts):
        return None
    return sorted(int(part) for part in parts)
