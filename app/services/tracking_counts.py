"""Publishes counts of alarms for analysts, who hold no key: suppressed on a supervisor's computer (domain.md 8d)."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.published import PublishedTable
from app.models.rules import tracking_counts as counting
from app.models.rules.deadlines import local_day
from app.models.rules.suppression import suppressed, total
from app.models.tracking import AlarmEvent
from app.models.work import Work
from app.services.permission import require_supervisor
from app.services.published_counts import TOTAL, put_table
from app.services.records import all_of
from app.services.service_calendar import zone

PROGRAMME, ALARMS = "tracking", "alarms by month"


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
    return put_table(work, PROGRAMME, ALARMS, command.year, [*counting.COLUMNS, TOTAL], rows, smallest)
