"""Whether a consent holds today, and who may give it for a young person (domain.md 2.6, 3.5.4, 3.5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.models.rules.ages import AgeRange, is_under
from app.models.rules.deadlines import months
from app.models.vocab import Capacity, ConsentScope, Tri
from app.words import mark

UNSAFE_GUARDIAN = mark(
    "A guardian who may be unsafe cannot give permission. Leave the guardian out and save; a supervisor may make an "
    "exception. Think about a report to the children's aid society."
)
SUBJECT_IS_GUARDIAN = mark("Someone under {age} cannot give the guardian's permission for themself.")
YES, NO = "yes", "no"


class ConsentState(StrEnum):
    """Where a person's consent to one thing stands."""

    NONE = "none"
    ACTIVE = "active"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NEEDS_GUARDIAN = "needs_guardian"


@dataclass(frozen=True)
class Given:
    """A consent as plain values (`models.work_items.Consent`). `needs_guardian`: nobody who may has permitted it."""

    answers: Mapping[str, str] = field(default_factory=dict)
    starts_on: date | None = None
    expires_on: date | None = None
    withdrawn_on: date | None = None
    organizations: tuple[str, ...] = ()
    recorded_at: datetime | None = None
    needs_guardian: bool = False


def state_of(consent: Given, scope: ConsentScope, today: date) -> ConsentState:
    """What one consent says about one scope today. A day of expiry still counts."""
    answer = consent.answers.get(scope.value)
    if answer is None:
        return ConsentState.NONE
    if answer != YES:
        return ConsentState.REFUSED
    if consent.withdrawn_on is not None:
        return ConsentState.WITHDRAWN
    if consent.expires_on is not None and today > consent.expires_on:
        return ConsentState.EXPIRED
    return ConsentState.NEEDS_GUARDIAN if consent.needs_guardian else ConsentState.ACTIVE


def state(consents: Iterable[Given], scope: ConsentScope, today: date) -> ConsentState:
    """What a person's latest answer about a scope says today. `consents` in the order they were recorded."""
    latest = ConsentState.NONE
    for consent in consents:
        found = state_of(consent, scope, today)
        latest = found if found is not ConsentState.NONE else latest
    return latest


def recorded_at_all(consents: Iterable[Given], today: date) -> ConsentState:
    """Whether anything about consent is on record: the state of service, or else of any other scope."""
    known = list(consents)
    scopes = (ConsentScope.SERVICE, *(scope for scope in ConsentScope if scope is not ConsentScope.SERVICE))
    found = (state(known, scope, today) for scope in scopes)
    return next((one for one in found if one is not ConsentState.NONE), ConsentState.NONE)


def default_expiry(starts_on: date, term_months: int) -> date:
    """The last day of a consent that names none."""
    return months(starts_on, term_months)


def needs_guardian(ages: AgeRange | None, capacity: Capacity | None, under: int) -> bool:
    """Whether a parent or guardian must permit the service.

    Yes when the person may be under the age, or is known to have a parent or guardian deciding. Someone without any
    birth date is asked about, not turned away: the missing date shows in what is still missing.
    """
    if capacity is Capacity.PARENT:
        return True
    return ages is not None and is_under(under, ages) is not Tri.NO


def guardian_permits(
    subject_id: str | None,
    given_by_id: str | None,
    given_by_name: str | None,
    exception_by: str | None,
) -> bool:
    """Whether someone other than the young person gave permission, or a supervisor made an exception."""
    if exception_by:
        return True
    return bool((given_by_id and given_by_id != subject_id) or (given_by_name or "").strip())
