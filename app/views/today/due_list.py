"""A task on Today."""

from __future__ import annotations

from datetime import date

from app.models.vocab import TaskKind
from app.queries.tasks import TaskRow
from app.views.common import when
from app.views.common.badge import Badge
from app.views.programme import Context, way_to
from app.views.today.line import Line
from app.words import tr

ICONS: dict[TaskKind, str] = {
    TaskKind.CALL_BACK: "call-back",
    TaskKind.FOLLOW_UP: "call",
    TaskKind.ASSESSMENT: "list",
    TaskKind.REFERRAL_CHECK: "referral",
    TaskKind.PLAN_REVIEW: "plan",
    TaskKind.ORDER_EXPIRY: "document",
    TaskKind.CHILD_PROTECTION: "child",
    TaskKind.CONSENT_REVIEW: "signature",
    TaskKind.CORRECTION: "return",
    TaskKind.COURT_DATE: "calendar",
}


def where(row: TaskRow) -> str:
    """Which case or request a task belongs to, with initials and age band only."""
    of_case = row.case_id or row.request_id
    number = row.case_number or row.request_number or (tr("Number pending") if of_case else "")
    who = f" · {row.initials}, {row.age_band.label()}" if row.initials else ""
    return f"{number}{who}"


def open_task(row: TaskRow, context: Context) -> None:
    """Go to what the task is about."""
    way = way_to(row)
    if way is not None:
        context.go(way[0], **way[1])


class DueLine(Line):
    """One task: what, for whom, by when."""

    def __init__(self, row: TaskRow, today: date, context: Context) -> None:
        icon_name = ICONS.get(row.kind, "check-circle") if row.kind is not None else "check-circle"
        super().__init__(icon_name, row.title, lambda: where(row), lambda: open_task(row, context))
        late = row.due_day is not None and row.due_day < today
        self.add(
            Badge(
                lambda: when.day_near(row.due_day, today),
                "warning" if late else "",
                "danger" if late else "neutral",
            )
        )
