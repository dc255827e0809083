"""Whether a consent holds, and who may give it for a young person (domain.md 2.6, 3.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.models.rules import consent as rules
from app.models.rules.ages import AgeRange
from app.models.rules.consent import ConsentState, Given
from app.models.vocab import Capacity, ConsentScope

TODAY = date(2026, 1, 20)
YES = Given(answers={"contact": "yes"}, starts_on=date(2025, 1, 20), expires_on=TODAY)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (YES, ConsentState.ACTIVE),
        (replace(YES, expires_on=date(2026, 1, 19)), ConsentState.EXPIRED),
        (replace(YES, withdrawn_on=TODAY), ConsentState.WITHDRAWN),
        (replace(YES, answers={"contact": "no"}), ConsentState.REFUSED),
        (replace(YES, answers={"contact": "perhaps"}), ConsentState.REFUSED),
        (replace(YES, answers={"service": "yes"}), ConsentState.NONE),
        (replace(YES, needs_guardian=True), ConsentState.NEEDS_GUARDIAN),
    ],
)
def test_what_one_consent_says_today(given: Given, state: ConsentState) -> None:
    assert rules.state_of(given, ConsentScope.CONTACT, TODAY) is state


def test_the_latest_answer_counts_and_silence_changes_nothing() -> None:
    no, silent = replace(YES, answers={"contact": "no"}), Given(answers={"photograph": "yes"})
    assert rules.state([YES, no, silent], ConsentScope.CONTACT, TODAY) is ConsentState.REFUSED
    assert rules.state([no, YES], ConsentScope.CONTACT, TODAY) is ConsentState.ACTIVE
    assert rules.state([], ConsentScope.CONTACT, TODAY) is ConsentState.NONE


@pytest.mark.parametrize(
    ("ages", "capacity", "needed"),
    [
        (AgeRange(15, 15), None, True),
        (AgeRange(15, 16), Capacity.OWN, True),
        (AgeRange(16, 16), None, False),
        (None, None, False),
        (None, Capacity.PARENT, True),
    ],
)
def test_under_sixteen_a_guardian_permits(ages: AgeRange | None, capacity: Capacity | None, needed: bool) -> None:
    assert rules.needs_guardian(ages, capacity, 16) is needed


def test_nobody_permits_for_themself() -> None:
    assert not rules.guardian_permits("robin", "robin", None, None)
    assert not rules.guardian_permits("robin", None, "  ", None)
    assert rules.guardian_permits("robin", "mother", None, None)
    assert rules.guardian_permits("robin", None, "Aunt", None)
    assert rules.guardian_permits("robin", None, None, "supervisor")
