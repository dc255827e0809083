"""The registry's dates and conditions: term, reminders, grace, what activation asks for (domain.md 6.4, 6.5).

Renewal due, grace and expired are never stored: they follow from the day of expiry, so that a card hides itself on a
laptop that has been offline for months. A registration counts through its last day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from app.models.rules.ages import age_on
from app.models.rules.deadlines import calendar_days, months, years
from app.models.vocab import RegistryAuthority, RegistryConsent, RegistryStage, RegistryStatus
from app.words import mark

BIRTHDAY = "birthday"
"""The value of `vpr.under16_policy` that ends every term of a child on the next birthday; any other: as for adults."""
CHILD_UNDER = 16
SENIOR_FROM = 65
SHOWN = frozenset({RegistryStatus.ACTIVE, RegistryStatus.PROVISIONAL})
"""The statuses in which a registration has a card."""
WAITING = frozenset({RegistryStatus.DRAFT, RegistryStatus.SUBMITTED, RegistryStatus.VERIFYING})
"""The statuses before the first activation."""
ENDED = frozenset(
    {RegistryStatus.WITHDRAWN, RegistryStatus.MOVED_OUT, RegistryStatus.DECEASED, RegistryStatus.ARCHIVED}
)
"""The statuses that end a registration."""

NO_AUTHORITY = mark(
    "Nobody with authority has registered this person yet. It stays in verification; in an emergency a supervisor"
    " may show it provisionally."
)
NO_EVIDENCE = mark("Say what proof of authority was seen, and that photo identification was checked.")
NO_CONSENT = mark("Record the consent to the entry in the registry first.")
NO_CONTACT = mark("Add at least one emergency contact.")
INCOMPLETE = mark("This is still missing: {fields}.")
NOT_TO_BE_SHARED = mark("Not to be shared outside the service without consent or emergency.")
IN_GRACE = mark("Expired – information may be out of date.")
NOT_VERIFIED = mark("Provisional – not verified yet.")
DISPUTED = mark("People gave different answers: the more careful ones are shown.")
TRANSMITTER = mark("Wears a transmitter: a Project Lifesaver search team can find it.")
QUARREL = mark("Guardians disagree about: {fields}. Ask the registry or a supervisor.")
NO_NAME = mark("Give the person a name that an officer can look for.")


CONSENT_ENDS = mark("Without consent to the entry the registration ends: choose “End”, withdrawn.")
ONE_CONTACT = mark("Fewer emergency contacts than wanted: {count} of {wanted}.")
NO_CALMING = mark("Nobody has said what calms the person.")
NOT_SAFE = mark("The submitter must not be reached in this way: it is not safe. Ask a supervisor.")
SAFETY_UNKNOWN = mark("Nobody has asked how the submitter can be reached safely.")
NO_OWN_CONSENT = mark("The person is old enough to consent themselves; that is not recorded yet.")

VERIFY, REMIND, DECIDE, RECONSENT, CAPACITY, OCCURRENCE = (
    "vpr.verify",
    "vpr.remind",
    "vpr.decide",
    "vpr.reconsent",
    "vpr.capacity",
    "vpr.occurrence",
)
"""The clocks of the registry, each a task."""
WORK_CLOSES = frozenset({VERIFY, OCCURRENCE, RECONSENT, CAPACITY})
"""Tasks that only the work itself closes, where it belongs."""


@dataclass(frozen=True)
class Terms:
    """How long a registration lasts by age, in months; `under16` `BIRTHDAY` ends a child's on the next birthday.

    `months_under16` and `months_65` None: as for anybody.
    """

    term_months: int
    under16: str
    months_under16: int | None = None
    months_65: int | None = None

    def months_at(self, age: int | None) -> int:
        """The months for somebody who is `age` when the term begins; None: not known."""
        if age is not None and 0 <= age < CHILD_UNDER:
            return self.months_under16 or self.term_months
        if age is not None and age >= SENIOR_FROM:
            return self.months_65 or self.term_months
        return self.term_months


def term_end(start: date, born: date | None, terms: Terms) -> date:
    """The last day of a term that starts on `start` (domain.md 6.5.1)."""
    age = age_on(born, start) if born is not None else None
    if born is not None and age is not None and terms.under16 == BIRTHDAY and 0 <= age < CHILD_UNDER:
        return years(born, age + 1)
    return months(start, terms.months_at(age))


def birthday_to_come(born: date | None, age: int, today: date) -> date | None:
    """The day on which somebody turns `age`; None when that is over or the birth date is not known."""
    if born is None:
        return None
    day = years(born, age)
    return day if day > today else None


def renewal_start(expires_on: date, today: date) -> date:
    """The first day of the next term: no day is lost by renewing early (domain.md 6.5.1)."""
    return max(expires_on, today)


def reminders(expires_on: date, days_before: Sequence[int]) -> tuple[date, ...]:
    """The days on which the submitter is reminded, the earliest first (domain.md 6.5.2)."""
    return tuple(calendar_days(expires_on, -days) for days in sorted(days_before, reverse=True))


def last_shown(expires_on: date, grace_days: int, *, provisional: bool) -> date:
    """The last day on which officers see the card; a provisional one has no grace (domain.md 6.5.3)."""
    return expires_on if provisional else calendar_days(expires_on, grace_days)


def stage(
    expires_on: date, today: date, *, grace_days: int, reminder_days: Sequence[int], provisional: bool = False
) -> RegistryStage:
    """What the dates make of an active or provisional registration today."""
    if today > last_shown(expires_on, grace_days, provisional=provisional):
        return RegistryStage.EXPIRED
    if today > expires_on:
        return RegistryStage.GRACE
    first = calendar_days(expires_on, -max(reminder_days, default=0))
    return RegistryStage.RENEWAL_DUE if today >= first and not provisional else RegistryStage.CURRENT


@dataclass(frozen=True)
class Asked:
    """A field that a registration must answer before it is activated. An empty list is an answer: none known."""

    field: str
    label: str


REQUIRED = (
    Asked("source", mark("How it came in")),
    Asked("submitter_name", mark("Who registers the person")),
    Asked("residence_link", mark("Link to this region")),
    Asked("dob", mark("Date of birth")),
    Asked("gender", mark("Gender")),
    Asked("addresses", mark("Address")),
    Asked("height_cm", mark("Height")),
    Asked("hair", mark("Hair")),
    Asked("eyes", mark("Eyes")),
    Asked("mobility", mark("Getting about")),
    Asked("conditions", mark("Conditions")),
    Asked("life_threatening", mark("Whether something is life-threatening")),
    Asked("communication", mark("Communication")),
    Asked("triggers", mark("What makes it worse")),
    Asked("calming", mark("What calms")),
    Asked("approach", mark("How to approach")),
    Asked("risks", mark("Risks when distressed")),
    Asked("attractions", mark("What attracts the person")),
    Asked("places", mark("Places the person goes to")),
    Asked("routines", mark("Routines")),
    Asked("wander_history", mark("Earlier disappearances")),
)
"""What domain.md 6.3 marks with R, in the order of the form; names, authority, consent and contacts are asked apart."""


def missing(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The marked labels of what a registration does not answer yet."""
    return tuple(asked.label for asked in REQUIRED if values.get(asked.field) in (None, ""))


def kept_until(ended_on: date, keep_years: int) -> date:
    """The last day on which an ended registration is kept (domain.md 20.5)."""
    return years(ended_on, keep_years)


def over_since(values: Mapping[str, Any], *, today: date, grace_days: int) -> date | None:
    """The day since which a registration is over, None while it is not: it ended, or its term did and the grace too."""
    ended, expires, status = values.get("ended_on"), values.get("expires_on"), values.get("status")
    if ended is not None:
        return cast("date", ended)
    if expires is None:
        return None
    grace = grace_days if status is RegistryStatus.ACTIVE else 0
    lapsed = status in (RegistryStatus.ACTIVE, RegistryStatus.PROVISIONAL) and expires + timedelta(days=grace) < today
    return cast("date", expires) if lapsed else None


def cards_of(year: int) -> str:
    """What the scope of the cards whose term ends in a year is named by, beside the agency."""
    return f"emergency cards {year}"


def has_name(values: Mapping[str, Any]) -> bool:
    """Whether there is a name to look for."""
    return any((values.get(name) or "").strip() for name in ("legal_first", "legal_last", "preferred_name"))


def activation_refusal(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field and the marked sentence that keep a registration from being activated, or None (domain.md 6.3, 6e).

    What only lacks answers is told by `missing`.
    """
    if not has_name(values):
        return "legal_first", NO_NAME
    if values.get("authority") in (None, RegistryAuthority.NONE):
        return "authority", NO_AUTHORITY
    if not (values.get("authority_evidence") or "").strip() or not values.get("id_checked"):
        return "authority_evidence", NO_EVIDENCE
    if (values.get("consents") or {}).get(RegistryConsent.REGISTRY.value) != "yes":
        return "consents", NO_CONSENT
    if not values.get("contacts"):
        return "contacts", NO_CONTACT
    return None
