"""One case of the demonstration while it is being made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.demo.book import Book
from app.demo.staff import Person
from app.vault.ids import child_id


@dataclass
class Story:
    """One case while it is being made up."""

    book: Book
    opened: date
    at: datetime
    theme: str
    offence: str
    kind: str
    language: str
    worker: Person
    case_id: str
    scope: str
    private: str
    status: str
    enhanced: bool
    high_risk: bool
    person_id: str = ""
    contact_id: str | None = None
    consent_id: str = ""
    consented: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the case still goes on."""
        return self.status != "closed"

    def add(
        self, kind: str, at: datetime, author: Person | None = None, /, *, private: bool = False, **fields: Any
    ) -> str:
        """A record of this case."""
        scope = self.private if private else self.scope
        return self.book.add(kind, scope, at, author or self.worker, case_id=self.case_id, **fields)

    def part(self, kind: str, at: datetime, parent: str, name: str, /, **fields: Any) -> str:
        """A record whose id follows from another one."""
        return self.add(kind, at, record_id=child_id(parent, name), **fields)

    def task(
        self, at: datetime, kind: str, title: str, due: date, rule: str, subject: str = "", /, **fields: Any
    ) -> str:
        """A clock's task; open unless `fields` say otherwise."""
        subject_id = subject or self.case_id
        fields.setdefault("status", "open")
        return self.add(
            "task",
            at,
            record_id=child_id(subject_id, f"task:{rule}:{fields.pop('part', '')}"),
            kind=kind,
            title=title,
            due_on=due,
            rule=rule,
            subject_id=subject_id,
            owner_id=self.worker.member_id,
            **fields,
        )

    def later(self, days: int) -> date:
        """A day after opening, at the latest today."""
        return min(self.opened + timedelta(days=days), self.book.today)
