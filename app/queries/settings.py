"""Configuration as it stood on a day, and the service's own calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.agency import Setting
from app.models.rules.defaults import DEFAULTS


def setting(session: Session, key: str, on: date) -> Any:
    """The value of a configuration key in force on a day; the default when the service set none."""
    asked = (
        select(Setting.value)
        .where(
            Setting.name == key,
            Setting.removed_at.is_(None),
            or_(Setting.effective_from.is_(None), Setting.effective_from <= on),
            or_(Setting.effective_to.is_(None), Setting.effective_to >= on),
        )
        .order_by(Setting.effective_from.desc().nulls_last(), Setting.id.desc())
        .limit(1)
    )
    found = session.execute(asked).first()
    return DEFAULTS.get(key) if found is None else found[0]


def zone(session: Session, on: date | None = None) -> ZoneInfo:
    """The service's time zone; on a day when it is given, else by the newest setting."""
    return ZoneInfo(str(setting(session, "service.timezone", on or date.max)))


def local_day(session: Session, moment: datetime) -> date:
    """The service's local calendar day of a moment."""
    return moment.astimezone(zone(session, moment.date())).date()
