"""A person's consents as the rules see them."""

from __future__ import annotations

from app.models.people import Person
from app.models.rules import consent as rules
from app.models.rules.ages import age_range
from app.models.work import Work
from app.models.work_items import Consent
from app.services.records import all_of


def consents_of(work: Work, case_id: str, person_id: str | None) -> list[rules.Given]:
    """The consents of a person in a case, in the order they were recorded."""
    rows = all_of(work, Consent, Consent.case_id == case_id, Consent.person_id == person_id)
    return [as_given(work, row) for row in rows]


def as_given(work: Work, consent: Consent) -> rules.Given:
    """One consent as plain values."""
    permitted = rules.guardian_permits(
        consent.person_id, consent.given_by_id, consent.given_by_name, consent.exception_by
    )
    return rules.Given(
        answers=dict(consent.answers or {}),
        starts_on=consent.starts_on,
        expires_on=consent.expires_on,
        withdrawn_on=consent.withdrawn_on,
        organizations=tuple(consent.organizations or ()),
        recorded_at=consent.created_at,
        needs_guardian=not permitted and needs_guardian(work, consent.person_id),
    )


def needs_guardian(work: Work, person_id: str | None) -> bool:
    """Whether a parent or guardian must permit the service for this person today."""
    person = work.session.get(Person, person_id) if person_id else None
    if person is None:
        return False
    ages = age_range(person.dob, person.dob_precision, work.today())
    return rules.needs_guardian(ages, person.decision_capacity, int(work.setting("vsu.guardian_permission_under")))
