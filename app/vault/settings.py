"""The service's settings in force on a day: its own dated versions, else the defaults (domain.md 23)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Defect
from app.models.agency import Setting, newest_in_force
from app.models.rules.defaults import DEFAULTS
from app.words import mark

TIMEZONE = "service.timezone"
_NEWEST_IN_FORCE = newest_in_force(Setting.created_at.desc(), Setting.id.desc())
"""Built once: several times an act asks for a setting, and building the question takes longer than answering it."""


def in_force(session: Session, key: str, on: date) -> Any:
    """The value of `key` on a day. Of several versions in force the one that began last counts."""
    version = session.execute(_NEWEST_IN_FORCE, {"asked": key, "on": on}).first()
    if version is not None:
        return version.value
    if key not in DEFAULTS:
        raise Defect(mark("There is no setting of this name."))
    return DEFAULTS[key]
