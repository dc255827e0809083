"""What the case page asks for at once: its head, what is due, and what stands in its banners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.errors import NotFound
from app.models.vocab import TaskKind
from app.queries import leaving, supervision
from app.queries.crisis import file, needs
from app.queries.crisis.rows import CaseHeader, OrderRow, Standing
from app.queries.supervision import ReviewRow
from app.queries.tasks import TaskRow
from app.views.crisis.desk import Desk
from app.words import tr

RETURNED = "returned"


@dataclass(frozen=True)
class Missing:
    """Something a complete case has: a sentence, and the part of the page where it is answered."""

    sentence: str
    part: str


@dataclass(frozen=True)
class Front:
    """The answer of one question."""

    header: CaseHeader
    tasks: tuple[TaskRow, ...]
    orders: tuple[OrderRow, ...]
    review: ReviewRow | None
    missing: tuple[Missing, ...]
    next_steps: tuple[str, ...]


def front(session: Any, desk: Desk) -> Front:
    """Everything at the top and the side of a case."""
    case_id, today = desk.case_id, desk.today
    header = file.case_header(session, case_id, now=desk.context.clock())
    tasks = file.tasks_of_case(session, case_id, today=today)
    returned = header.review_state == RETURNED
    reviews = supervision.reviews_of_case(session, case_id) if returned else ()
    worrying = (Standing.ENDING, Standing.CONFIRM)
    orders = tuple(row for row in file.orders(session, case_id, today=today) if row.standing in worrying)
    consents = file.consents(session, case_id, today=today)
    assessed = needs.assessments(session, case_id)
    missing = _missing(header, bool(consents))
    return Front(header, tasks, orders, reviews[0] if reviews else None, missing, _next(tasks, bool(assessed)))


def front_or_left(session: Any, desk: Desk) -> Front | None:
    """The same; None for a case that was given to others and has left this computer. Raises NotFound for any other."""
    try:
        return front(session, desk)
    except NotFound:
        if not leaving.has_left(session, desk.case_id):
            raise
        return None


def _missing(header: CaseHeader, has_consent: bool) -> tuple[Missing, ...]:
    found = [Missing(field.sentence, "details" if field.field != "person_id" else "people") for field in header.missing]
    client = header.client
    checks: list[tuple[bool, Callable[[], str], str]] = [
        (client is not None and not client.languages, lambda: tr("Preferred language"), "people"),
        (client is not None and client.dob is None, lambda: tr("Date of birth or age"), "people"),
        (client is not None and not client.contacts, lambda: tr("A safe way to reach the client"), "people"),
        (not has_consent, lambda: tr("Consent status"), "consents"),
    ]
    return (*found, *(Missing(words(), part) for lacking, words, part in checks if lacking))


def _next(tasks: tuple[TaskRow, ...], assessed: bool) -> tuple[str, ...]:
    """Steps that are likely next, by the names of what `aside` offers."""
    steps = []
    if not assessed:
        steps.append("assess")
    if not any(task.kind in (TaskKind.FOLLOW_UP, TaskKind.VISIT) for task in tasks):
        steps.append("follow_up")
    return tuple(steps)
