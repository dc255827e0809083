"""What stands in the way of closing a case (domain.md 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.models.rules.consent import ConsentState
from app.models.vocab import (
    REFERRAL_OUTCOMES,
    SAFETY_TASKS,
    ReferralStatus,
    Right,
    RightAnswer,
    TaskKind,
    TaskStatus,
)
from app.words import mark

STILL_OPEN = frozenset({TaskStatus.OPEN, TaskStatus.ESCALATED})
_ANSWERED = frozenset({RightAnswer.TOLD, RightAnswer.DECLINED, RightAnswer.NOT_APPLICABLE})
_SETTLED = REFERRAL_OUTCOMES | {ReferralStatus.DRAFT, ReferralStatus.CLOSED}

SAFETY_TASK = mark("A safety task is open: {task}. Finish it, hand it over, or cancel it with a reason.")
RIGHTS = mark("The rights checklist is not answered: {count} left.")
REFERRAL = mark("The outcome of a referral has not been checked.")
CONSENT = mark("The consent status is not recorded.")


@dataclass(frozen=True)
class OpenTask:
    """A task as closing sees it. `title` is what people read."""

    id: str
    kind: TaskKind | None
    status: TaskStatus | None
    title: str


@dataclass(frozen=True)
class ReferralState:
    """A referral as closing sees it."""

    id: str
    status: ReferralStatus | None
    outcome_checked: bool


@dataclass(frozen=True)
class Blocker:
    """One thing in the way: a marked text, its values, and the record to open (`kind`, `record_id`)."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""
    record_id: str = ""


def blockers(
    tasks: Iterable[OpenTask],
    rights: Mapping[Right, RightAnswer | None],
    referrals: Iterable[ReferralState],
    consent: ConsentState,
) -> tuple[Blocker, ...]:
    """Everything that must be done before the case may close; empty when nothing is."""
    found = [
        Blocker(SAFETY_TASK, {"task": task.title}, "task", task.id)
        for task in tasks
        if task.kind in SAFETY_TASKS and task.status in STILL_OPEN
    ]
    left = sum(rights.get(right) not in _ANSWERED for right in Right)
    if left:
        found.append(Blocker(RIGHTS, {"count": left}, "rights_item"))
    found += [Blocker(REFERRAL, {}, "referral", one.id) for one in referrals if _unchecked(one)]
    if consent is ConsentState.NONE:
        found.append(Blocker(CONSENT, {}, "consent"))
    return tuple(found)


def _unchecked(referral: ReferralState) -> bool:
    return not referral.outcome_checked and referral.status not in _SETTLED
