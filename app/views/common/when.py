"""Days and moments as people say them, in the interface's language and the service's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.views.common.moments import write_date, write_time
from app.views.common.wording import locale
from app.words import tr


def day(value: date | None) -> str:
    """The day with its month in words; empty for none."""
    return write_date(value, locale())


def day_near(value: date | None, today: date) -> str:
    """Today, tomorrow, yesterday, or the day."""
    if value is None:
        return tr("No date")
    near = {0: tr("Today"), 1: tr("Tomorrow"), -1: tr("Yesterday")}
    return near.get((value - today).days) or day(value)


def moment(value: datetime | None, zone: str) -> str:
    """Day and time on the service's clock; empty for none."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {write_time(local.time())}"


def time_of(value: datetime | None, zone: str) -> str:
    """The time on the service's clock; empty for none."""
    return "" if value is None else write_time(value.astimezone(ZoneInfo(zone)).time())


def local_day(value: datetime, zone: str) -> date:
    """The service's local day of a moment."""
    return value.astimezone(ZoneInfo(zone)).date()
