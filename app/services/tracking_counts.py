"""Publishes counts of alarms for analysts, who hold no key: suppressed on a supervisor's computer (domain.md 8d)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.models.local.tables import Scope
from app.models.published import PublishedTable
from app.models.rules import tracking_counts as counting
from app.models.rules.deadlines import local_day
from app.models.rules.suppression import suppressed, total
from app.models.tracking import AlarmEvent
from app.models.vocab import AuditAction, ScopeKind
from app.models.work import Work
from app.services.directory import agency_scope
from app.services.permission import require_supervisor
from app.services.records import all_of, ensure
from app.services.service_calendar import zone
from app.words import mark

PROGRAMME, ALARMS = "tracking", "alarms by month"
TOTAL = mark("All")
"""The last column of a published table."""


@dataclass(frozen=True, kw_only=True)
class PublishAlarmCounts:
    """Publish the alarms of a calendar year by month."""

    year: int


def publish_alarm_counts(work: Work, command: PublishAlarmCounts) -> str:
    """Count, suppress, publish; the table's id. Publishing again replaces what was published before."""
    require_supervisor(work, PublishedTable)
    local, smallest = zone(work), int(work.setting("privacy.small_cell"))
    events = [
        (local_day(event.received_at, local), event.outcome)
        for event in all_of(work, AlarmEvent)
        if event.received_at is not None
    ]
    months = counting.months_of(command.year)
    counted = counting.by_month(events, months)
    rows = [
        {"label": month, "values": [*shown, total(values, smallest)]}
        for month, values, shown in zip(months, counted, suppressed(counted, smallest), strict=True)
    ]
    agency_id = work.session.scalar(select(Scope.anchor_id).where(Scope.id == agency_scope(work)))
    scope_id = work.open_scope(ScopeKind.COUNTS, str(agency_id))
    table_id = work.child_id(scope_id, f"{PROGRAMME} {ALARMS} {command.year}")
    table = ensure(work, PublishedTable, scope_id, table_id, programme=PROGRAMME, name=ALARMS)
    table.starts_on, table.ends_on = date(command.year, 1, 1), date(command.year, 12, 31)
    table.columns, table.rows, table.smallest = [*counting.COLUMNS, TOTAL], rows, str(smallest)
    table.published_at, table.published_by = work.now(), work.actor.member_id
    work.audit(AuditAction.EXPORT, kind=PublishedTable.__tablename__, record_id=table_id, reason=ALARMS)
    return table_id
