"""Publishes a programme's counts for analysts, who hold no key: suppressed by a supervisor's computer (domain.md 20.1).

A year is published as a whole and again in place of what was published before: two periods that overlap could be
subtracted from each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.local.tables import Scope
from app.models.published import PublishedTable
from app.models.rules.suppression import Counted, publishable
from app.models.vocab import AuditAction, ScopeKind
from app.models.work import Work
from app.services.directory import agency_scope
from app.services.permission import require_supervisor
from app.services.records import ensure
from app.words import mark

TOTAL = mark("All")
COUNT = mark("Count")


@dataclass(frozen=True, kw_only=True)
class PublishCounts:
    """The counts of a calendar year, as they are: what is too small is taken out before anything is written."""

    programme: str
    year: int
    tables: tuple[Counted, ...]


def publish_counts(work: Work, command: PublishCounts) -> tuple[str, ...]:
    """Suppress and publish; the ids of the tables."""
    require_supervisor(work, PublishedTable)
    smallest = int(work.setting("privacy.small_cell"))
    made = []
    for table in command.tables:
        rows = [{"label": label, "values": [value]} for label, value in publishable(table, smallest, TOTAL)]
        made.append(put_table(work, command.programme, table.name, command.year, [COUNT], rows, smallest))
    return tuple(made)


def put_table(
    work: Work,
    programme: str,
    name: str,
    year: int,
    columns: Sequence[str],
    rows: list[dict[str, Any]],
    smallest: int,
) -> str:
    """Write one suppressed table into the analysts' scope, in place of the one before; its id."""
    agency_id = work.session.scalar(select(Scope.anchor_id).where(Scope.id == agency_scope(work)))
    scope_id = work.open_scope(ScopeKind.COUNTS, str(agency_id))
    table_id = work.child_id(scope_id, f"{programme} {name} {year}")
    table = ensure(work, PublishedTable, scope_id, table_id, programme=programme, name=name)
    table.starts_on, table.ends_on = date(year, 1, 1), date(year, 12, 31)
    table.columns, table.rows, table.smallest = list(columns), rows, str(smallest)
    table.published_at, table.published_by = work.now(), work.actor.member_id
    work.audit(AuditAction.EXPORT, kind=PublishedTable.__tablename__, record_id=table_id, reason=name)
    return table_id
