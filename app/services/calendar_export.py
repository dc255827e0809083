"""The permission to take one's due list along as a calendar file, with its entry in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.vocab import AuditAction
from app.models.work import Work
from app.models.work_items import Task
from app.services.permission import require_role


@dataclass(frozen=True, kw_only=True)
class ExportCalendar:
    """About to save the acting member's due list as a file."""


def export_calendar(work: Work, command: ExportCalendar) -> None:
    """Allow and audit. Commit before the file is written."""
    require_role(work, Task)
    work.audit(AuditAction.EXPORT, kind=Task.__tablename__, reason="calendar")
