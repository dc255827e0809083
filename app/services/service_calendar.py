"""The service's own calendar: its time zone and its holidays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.models.agency import Setting
from app.models.rules.deadlines import Holidays, local_day, ontario_holidays
from app.models.rules.defaults import public_holidays_key
from app.models.work import Work


def zone(work: Work) -> str:
    """The name of the service's time zone."""
    return str(work.setting("service.timezone"))


def holidays(work: Work) -> Holidays:
    """The holidays of a year: the service's own list when it made one, else Ontario's."""

    def of_year(year: int) -> frozenset[date]:
        key = public_holidays_key(year)
        if work.session.scalar(select(Setting.id).where(Setting.name == key).limit(1)) is None:
            return ontario_holidays(year)
        return frozenset(date.fromisoformat(day) for day in work.setting(key))

    return of_year


def day_of(work: Work, moment: datetime | None) -> date:
    """The service's local day of a moment; today for none."""
    return work.today() if moment is None else local_day(moment, zone(work))
