"""The due list as a calendar: neutral in every word, cancelled entries told, its own audit entry (domain.md 18.4)."""

from __future__ import annotations

from datetime import date

from app.models.local.tables import AuditEntry
from app.models.rules.icalendar import TodoStatus
from app.models.vocab import AuditAction, DeviceStatus, TaskKind
from app.models.work_items import Task
from app.queries import calendar
from app.services import calendar_export, crisis, task_list, tracking_loans
from tests import factories
from tests.models.rules.test_icalendar import entries
from tests.services.test_tracking import Story, moment, story  # noqa: F401  (the fixture)

NEUTRAL = {"Call", "Visit", "Check", "Review", "Due"}


def told(here: Story) -> list[dict[str, str]]:
    with here.office.vault.read() as session:
        text, count = calendar.task_calendar(session, here.worker.member_id, now=here.office.clock())
    found = entries(text)
    assert count == len(found)
    return found


def test_no_entry_says_whose_or_what(story: Story) -> None:  # noqa: F811
    office = story.office
    panel = crisis.UpdateAccused(case_id=story.case_id, name="Roland Umbrage")
    office.do(story.worker, crisis.update_accused, panel)
    office.do(story.worker, crisis.add_order, factories.order(story.case_id, restrained="Roland Umbrage"))
    loan_id = story.lent()
    lost = tracking_loans.DeviceCompromised(loan_id=loan_id, status=DeviceStatus.LOST)
    office.do(story.worker, tracking_loans.device_compromised, lost)
    typed = task_list.AddTask(title="Ring Dana about Roland", case_id=story.case_id, due_on=date(2025, 2, 9))
    office.do(story.worker, task_list.add_task, typed)
    found = told(story)
    assert len(found) >= 6
    assert {entry["SUMMARY"] for entry in found} <= NEUTRAL
    assert {entry["CLASS"] for entry in found} == {"CONFIDENTIAL"}
    with office.vault.read() as session:
        text, _ = calendar.task_calendar(session, story.worker.member_id, now=office.clock())
    for word in ("Umbrage", "Dana", "VSU-", "MTS-", "MT-07", "alarm", "plan", "order"):
        assert word not in text, word


def test_a_cancelled_task_is_told_with_a_higher_sequence(story: Story) -> None:  # noqa: F811
    office = story.office
    story.lent()
    (task,) = story.tasks(TaskKind.DEVICE_TEST)
    (before,) = [one for one in told(story) if one["UID"].startswith(task.id)]
    office.do(story.worker, task_list.cancel_task, task_list.CancelTask(task_id=task.id, reason="Device broken"))
    (after,) = [one for one in told(story) if one["UID"].startswith(task.id)]
    assert after["STATUS"] == TodoStatus.CANCELLED.value
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    office.clock.at = moment(date(2025, 4, 1))
    assert not [one for one in told(story) if one["UID"].startswith(task.id)], "after a month it is over"
    assert office.get(Task, task.id).close_reason == "Device broken"


def test_taking_it_along_is_audited(story: Story) -> None:  # noqa: F811
    office = story.office
    office.do(story.worker, calendar_export.export_calendar, calendar_export.ExportCalendar())
    (entry,) = office.found(AuditEntry, AuditEntry.action == AuditAction.EXPORT)
    assert (entry.kind, entry.reason) == ("task", "calendar")


def test_every_kind_of_task_has_a_neutral_title() -> None:
    assert {calendar.neutral_title(kind) for kind in TaskKind} <= NEUTRAL
    assert calendar.neutral_title("a kind of a newer version") == "Due"
