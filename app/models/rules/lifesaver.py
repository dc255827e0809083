"""Project Lifesaver's dates and conditions: batteries, daily tests, frequencies, eligibility (domain.md 7.3 to 7.6).

Nothing here is stored: due, red and "may not transmit" follow from the day on which a battery was put in, so that a
laptop that has been offline for months says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.models.lifesaver_vocab import (
    CaregiverDuty,
    CaregiverPosition,
    Criterion,
    LifesaverStatus,
    TransmitterStatus,
)
from app.models.rules.deadlines import calendar_days, months
from app.words import mark

WEARING = frozenset({LifesaverStatus.ENROLLED, LifesaverStatus.SUSPENDED})
"""The statuses in which a client has a transmitter and a search card."""
BEFORE = frozenset(
    {LifesaverStatus.INQUIRY, LifesaverStatus.SCREENING, LifesaverStatus.WAITLIST, LifesaverStatus.ACCEPTED}
)
"""The statuses that lead to enrolment."""

MAY_NOT_TRANSMIT = mark("The battery may be flat: the transmitter may not send.")
SIGNAL_MAY_FAIL = mark("The signal may fail.")
NOT_FREE = mark("Somebody holds this transmitter. Record that it came back first.")
TAKEN_BY = mark("Transmitter {serial} has this frequency, or one too near to it, and is still in use.")
TAKEN = mark("This frequency, or one too near to it, is still in use. Ask the registry.")
NO_FREQUENCY = mark("Enter the frequency of this transmitter first.")
OUT_OF_BAND = mark("The frequency lies outside the licensed band: {low} to {high} kHz.")
KIT_OUT = mark("A transmitter is still out: record that it was returned, lost or destroyed.")
NOT_NOW = mark("This does not fit where the client stands: {status}.")
NOT_MET = mark("The answers do not allow it: {what}. A supervisor may decide otherwise, with a reason.")
OPEN_ANSWERS = mark("Some answers are missing: {what}.")
NO_CAREGIVER = mark("Name a primary caregiver.")
NO_BACKUP = mark("Name at least {count} back-up caregivers.")
NO_DUTIES = mark("The primary caregiver has not accepted every duty: {what}.")
NO_AGREEMENT = mark("Record the day on which the agreement was signed.")
NO_SITE = mark("Say where the transmitter is worn.")
NO_TRANSMITTER = mark("Hand over a transmitter first.")
NO_BATTERY = mark("Record the first battery first.")
NO_HOME = mark("Record the position of the home: searches begin there.")


@dataclass(frozen=True)
class BatteryTerms:
    """Days around the day on which a battery is due (domain.md 23): warning before, supervisor and banner after."""

    warn: int = 7
    escalate: int = 7
    silent: int = 7


@dataclass(frozen=True)
class BatteryDates:
    """The days that follow from one battery (domain.md 7a)."""

    due_on: date
    remind_on: date
    red_from: date
    supervisor_on: date
    silent_from: date

    def is_red(self, today: date) -> bool:
        """Whether it is overdue."""
        return today >= self.red_from

    def may_be_silent(self, today: date) -> bool:
        """Whether the client is shown as "may not transmit"."""
        return today >= self.silent_from


def battery_dates(installed_on: date, interval_days: int, terms: BatteryTerms) -> BatteryDates:
    """The days of a battery that was put in on `installed_on` (domain.md 7.6.1)."""
    due = calendar_days(installed_on, interval_days)
    return BatteryDates(
        due_on=due,
        remind_on=calendar_days(due, -terms.warn),
        red_from=calendar_days(due, 1),
        supervisor_on=calendar_days(due, terms.escalate),
        silent_from=calendar_days(due, terms.silent),
    )


def missed_in_a_row(tested: Collection[date], since: date, today: date) -> int:
    """How many days up to yesterday have no test, in a row; days before `since` (the enrolment) do not count."""
    day, missed = calendar_days(today, -1), 0
    while day >= since and day not in tested:
        missed, day = missed + 1, calendar_days(day, -1)
    return missed


def missing_days(tested: Collection[date], start: date, end: date) -> tuple[date, ...]:
    """The days from `start` to `end` without a test."""
    span = (end - start).days + 1
    days = (calendar_days(start, place) for place in range(max(0, span)))
    return tuple(day for day in days if day not in tested)


def quarantine_end(ended_on: date, interval_days: int, extra_days: int) -> date:
    """The last day on which a transmitter that is gone may still send (domain.md 23, `pls.quarantine_days`)."""
    return calendar_days(ended_on, interval_days + extra_days)


@dataclass(frozen=True)
class OnAir:
    """A transmitter that may be sending: issued (to a suspended client too), or in quarantine until a day."""

    transmitter_id: str
    serial: str
    frequency_khz: int | None


def too_near(frequency_khz: int, on_air: Iterable[OnAir], guard_khz: int, apart_from: str) -> OnAir | None:
    """The first transmitter whose frequency keeps this one from being used (domain.md 7.4, 7.6.3)."""
    for other in sorted(on_air, key=lambda one: one.serial):
        if other.transmitter_id == apart_from or other.frequency_khz is None:
            continue
        if abs(other.frequency_khz - frequency_khz) < guard_khz:
            return other
    return None


def may_send(status: TransmitterStatus | None, quarantine_until: date | None, held: bool, today: date) -> bool:
    """Whether a transmitter counts as being on the air today."""
    waiting = quarantine_until is not None and today <= quarantine_until
    return held or waiting or status is TransmitterStatus.QUARANTINE


def not_met(answers: Mapping[str, str] | None, required: Collection[str]) -> tuple[Criterion, ...]:
    """The required criteria that were answered with no, in their order."""
    given = answers or {}
    return tuple(one for one in Criterion if one.value in required and given.get(one.value) == "no")


def unanswered(answers: Mapping[str, str] | None, required: Collection[str]) -> tuple[Criterion, ...]:
    """The required criteria that nobody answered, or of which nobody knows: unknown is never yes."""
    given = answers or {}
    return tuple(one for one in Criterion if one.value in required and given.get(one.value) not in ("yes", "no"))


def caregivers_refusal(
    caregivers: Sequence[Mapping[str, Any]] | None, backups: int
) -> tuple[str, dict[str, object]] | None:
    """What is wrong with the caregivers for an enrolment: a marked sentence and its values, or None."""
    found = list(caregivers or ())
    primary = [one for one in found if one.get("position") == CaregiverPosition.PRIMARY.value]
    if not primary:
        return NO_CAREGIVER, {}
    if sum(one.get("position") == CaregiverPosition.BACKUP.value for one in found) < backups:
        return NO_BACKUP, {"count": backups}
    ticked = set(primary[0].get("duties") or ())
    lacking = [duty for duty in CaregiverDuty if duty.value not in ticked]
    return (NO_DUTIES, {"what": ", ".join(duty.label() for duty in lacking)}) if lacking else None


def letter_is_old(letter_on: date | None, today: date, limit_months: int) -> bool:
    """Whether a physician's letter has to be looked at again (domain.md 7.6.9)."""
    return letter_on is not None and today >= months(letter_on, limit_months)
