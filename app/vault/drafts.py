"""Typing that is not saved yet. Kept in the vault, never as a record; a draft is never marked complete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models.local.tables import Draft


def save(session: Session, form: str, values: dict[str, Any], focus: str | None, at: datetime) -> None:
    """Keep what stands in a form, and where the cursor is, in place of what was kept of it before."""
    session.merge(Draft(form=form, values=values, focus=focus, kept_at=at))


def load(session: Session, form: str) -> Draft | None:
    """What was kept of a form."""
    return session.get(Draft, form)


def drop(session: Session, form: str) -> None:
    """Forget a draft, because it was saved or given up."""
    session.execute(delete(Draft).where(Draft.form == form))


def listed(session: Session) -> list[Draft]:
    """All drafts, the newest first."""
    return list(session.scalars(select(Draft).order_by(Draft.kept_at.desc(), Draft.form)))
