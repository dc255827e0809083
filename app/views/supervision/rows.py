"""How cases, tasks and requests look in the supervisor's tables: initials and age band, never a name."""

from __future__ import annotations

from datetime import date

from app.models.vocab import AgeBand, SupportLevel, label
from app.queries.crisis.rows import CaseRow, RequestRow
from app.queries.tasks import TaskRow
from app.views.common import when
from app.views.common.table import Cell, Column, Row
from app.words import tr, trn


def case_columns() -> list[Column]:
    """The columns of a list of cases."""
    return [
        Column(lambda: tr("Case"), 168),
        Column(lambda: tr("Person"), 155),
        Column(lambda: tr("Worker")),
        Column(lambda: tr("Status")),
        Column(lambda: tr("Last contact"), 138),
        Column(lambda: tr("Late tasks"), 115, numeric=True),
        Column(lambda: tr("Priority"), 125),
    ]


def case_row(row: CaseRow, today: date, zone: str) -> Row:
    """One case."""
    enhanced = row.support_level is SupportLevel.ENHANCED
    status = tr("{status}, enhanced", status=label(row.status)) if enhanced else label(row.status)
    last = when.day_near(when.local_day(row.last_contact_at, zone), today) if row.last_contact_at else tr("None yet")
    return Row(
        row.id,
        (
            Cell(row.number or tr("Number pending"), "strong"),
            who(row.initials, row.age_band),
            Cell(row.worker) if row.worker else Cell(tr("Without a worker"), "warning", "warning"),
            Cell(status, "quiet"),
            Cell(last),
            count_cell(row.overdue_tasks),
            Cell(tr("High risk"), "danger", "danger") if row.high_risk else Cell(label(row.priority)),
        ),
    )


def task_columns() -> list[Column]:
    """The columns of a list of tasks."""
    return [
        Column(lambda: tr("Due"), 155),
        Column(lambda: tr("Task")),
        Column(lambda: tr("Case"), 168),
        Column(lambda: tr("For"), 155),
        Column(lambda: tr("Owner"), 200),
    ]


def task_row(row: TaskRow, today: date) -> Row:
    """One task."""
    due = Cell(when.day_near(row.due_day, today), *(("danger", "warning") if row.overdue else ("plain", "")))
    of_case = row.case_id or row.request_id
    number = row.case_number or row.request_number or (tr("Number pending") if of_case else "")
    title = Cell(row.title, "strong", "shield" if row.safety else "")
    return Row(row.id, (due, title, Cell(number, "quiet"), who(row.initials, row.age_band), row.owner))


def request_columns() -> list[Column]:
    """The columns of a list of requests."""
    return [
        Column(lambda: tr("Number"), 168),
        Column(lambda: tr("Asked for"), 180),
        Column(lambda: tr("Called back"), 180),
        Column(lambda: tr("What happened")),
        Column(lambda: tr("Status"), 170),
    ]


def request_row(row: RequestRow, today: date, zone: str) -> Row:
    """One request with how long the call back took."""
    return Row(
        row.id,
        (
            Cell(row.number or tr("Number pending"), "strong"),
            when.moment(row.requested_at, zone),
            _called_back(row),
            label(row.offence_group),
            Cell(label(row.status), "quiet"),
        ),
    )


def _called_back(row: RequestRow) -> Cell:
    if row.called_back_at is None or row.requested_at is None:
        return Cell(tr("Not called back"), "danger", "warning")
    minutes = int((row.called_back_at - row.requested_at).total_seconds() // 60)
    said = trn("After {count} minute", "After {count} minutes", minutes)
    return Cell(said, "success", "check") if row.call_back_met else Cell(said, "danger", "warning")


def who(initials: str, band: AgeBand) -> str:
    """A person as lists show them."""
    return f"{initials}, {band.label()}" if initials and initials != "–" else tr("No person yet")


def count_cell(count: int, icon: str = "warning") -> Cell:
    """A count that is only there to be noticed when it is not nothing."""
    return Cell(str(count), "danger", icon) if count else Cell("0", "quiet")


def days_cell(days: int | None) -> Cell:
    """A number of days; nothing while it is not known."""
    return Cell("" if days is None else trn("{count} day", "{count} days", days))
