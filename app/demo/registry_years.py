"""What happened to the made-up registrations: their history, their clocks, a dispute, what followed an opened card."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from app.demo.book import Book
from app.models.rules import deadlines
from app.models.rules import registry as rules
from app.models.vocab import CardOutcome, RegistryAct, RegistryStatus, TaskKind, TaskStatus, Tri
from app.vault import ids

_DAYS = (60, 30, 7)
_GRACE = 30


def history(
    book: Book, scope: str, registration_id: str, person: dict[str, Any], status: RegistryStatus, start: date
) -> None:
    """Handed in, activated, and the clocks that run since."""
    author = book.people["robin"]
    acts = [RegistryAct.SUBMITTED] + ([RegistryAct.ACTIVATED] if status is RegistryStatus.ACTIVE else [])
    for act in acts:
        after = person.get("expires_on") if act is RegistryAct.ACTIVATED else None
        book.add(
            "registry_event",
            scope,
            book.moment(start),
            author,
            registration_id=registration_id,
            act=act,
            on_day=start,
            after=after,
        )
    number = str(person.get("number") or "")
    if status is not RegistryStatus.ACTIVE:
        due = deadlines.business_days(start, 1)
        _task(book, scope, registration_id, rules.VERIFY, "Check and activate the registration {number}", number, due)
        return
    ends: date = person["expires_on"]
    title = "Remind the submitter of {number}: it ends on {day}"
    for days, due in zip(_DAYS, rules.reminders(ends, _DAYS), strict=True):
        done = due < book.today - timedelta(days=3)
        _task(book, scope, registration_id, rules.REMIND, title, number, due, part=str(days), ends=ends, done=done)
    title = "{number} was not renewed: reach the submitter, or archive it"
    _task(book, scope, registration_id, rules.DECIDE, title, number, ends + timedelta(days=_GRACE), warn=ends)


def _task(
    book: Book,
    scope: str,
    subject: str,
    rule: str,
    title: str,
    number: str,
    due: date,
    *,
    part: str = "",
    ends: date | None = None,
    warn: date | None = None,
    done: bool = False,
) -> None:
    author = book.people["robin"]
    values = {"number": number} | ({"day": ends.isoformat()} if ends else {})
    at = book.moment(min(due, book.today))
    book.add(
        "task",
        scope,
        book.moment(book.today - timedelta(days=1)),
        author,
        record_id=ids.child_id(subject, f"task:{rule}:{part}"),
        subject_id=subject,
        rule=rule,
        kind=TaskKind.REVIEW if rule == rules.VERIFY else TaskKind.FOLLOW_UP,
        title=title,
        title_values=values,
        due_on=due,
        warn_from=warn or due,
        owner_id=author.member_id,
        status=TaskStatus.DONE if done else TaskStatus.OPEN,
        closed_at=at if done else None,
        closed_by=author.member_id if done else None,
    )


def dispute(book: Book, scope: str, registration_id: str, person: dict[str, Any]) -> dict[str, Any]:
    """Two guardians disagree about what calms; what the card shows instead."""
    at = book.moment(book.today - timedelta(days=2))
    book.add(
        "registry_dispute",
        scope,
        at,
        book.people["robin"],
        registration_id=registration_id,
        field="calming",
        first={"value": person.get("calming")},
        first_by=person["contacts"][0]["name"],
        second={"value": "Leave the person alone and wait."},
        second_by="Sol Example",
        opened_on=at.date(),
    )
    return {"calming": None, "disputed": ["calming"]}


def followed(book: Book, scope: str, view_id: str, officer: Any, at: datetime, number: str | None) -> None:
    """How it ended; or the clock of the occurrence number, where none was given."""
    if number is not None:
        book.add(
            "card_follow_up",
            scope,
            at + timedelta(hours=2),
            officer,
            view_id=view_id,
            occurrence_no=number,
            outcome=CardOutcome.FOUND_WELL,
            helped=Tri.YES,
            told_at=at + timedelta(hours=2),
        )
        return
    book.add(
        "task",
        scope,
        at,
        officer,
        record_id=ids.child_id(view_id, f"task:{rules.OCCURRENCE}:"),
        subject_id=view_id,
        rule=rules.OCCURRENCE,
        kind=TaskKind.OTHER,
        title="Give the occurrence number for the card that you opened on {day}",
        title_values={"day": at.date().isoformat()},
        due_at=at + timedelta(hours=24),
        owner_id=officer.member_id,
        status=TaskStatus.OPEN,
    )
