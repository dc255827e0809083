"""What a supervisor reads of a case before judging it: facts by section, in sentences. Never notes or plan content.

Built on the vault's worker from queries; a section without lines has nothing recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.models.vocab import ReferralStatus, RightAnswer, SafetyStatus, StepStatus, label
from app.queries import crisis, members, safety, supervision
from app.queries.crisis.rows import CaseHeader, PersonRow, Standing, TimelineKind
from app.queries.languages import NAMES, name_of
from app.queries.members import MemberRow
from app.queries.settings import local_day
from app.queries.supervision import ReviewRow
from app.views.common import when
from app.words import mark, tr, trn

_CONTACTS = 4
_SHORT = 140


@dataclass(frozen=True)
class FactLine:
    """One fact, with more of it in quiet words below. `alarm`: it wants the reader's eye; its icon says so too."""

    text: str
    alarm: bool = False
    detail: str = ""


@dataclass(frozen=True)
class FactSection:
    """One part of the case that can be commented on; `key` is what a review's comment names."""

    key: str
    lines: tuple[FactLine, ...]


@dataclass(frozen=True)
class ReviewFacts:
    """Everything the page shows."""

    today: date
    header: CaseHeader
    sections: tuple[FactSection, ...]
    reviews: tuple[ReviewRow, ...]
    members: tuple[MemberRow, ...]


TITLES: dict[str, str] = {
    "missing": mark("Missing data"),
    "people": mark("People"),
    "contacts": mark("Contacts"),
    "immediate_safety": mark("Immediate safety"),
    "needs": mark("Needs and service plan"),
    "plan": mark("Safety plan"),
    "referrals": mark("Referrals"),
    "consent": mark("Consent"),
    "orders": mark("Orders and rights"),
    "tasks": mark("Tasks"),
}
"""The sections in the order in which they are read."""

ICONS: dict[str, str] = {
    "missing": "flag",
    "people": "people",
    "contacts": "call",
    "immediate_safety": "shield",
    "needs": "list",
    "plan": "plan",
    "referrals": "referral",
    "consent": "signature",
    "orders": "document",
    "tasks": "check-circle",
}


def gather(session: Any, case_id: str, now: datetime, zone: str) -> ReviewFacts:
    """Read a case for its review. Raises NotFound."""
    today = local_day(session, now)
    header = crisis.case_header(session, case_id, now=now)
    sections: dict[str, Callable[[], list[FactLine]]] = {
        "missing": lambda: _missing(session, header, today),
        "people": lambda: [_person(one) for one in crisis.case_people(session, case_id, now=now)],
        "contacts": lambda: _contacts(session, case_id, now, zone),
        "immediate_safety": lambda: _immediate_safety(session, case_id),
        "needs": lambda: _needs(session, case_id, today, zone),
        "plan": lambda: _plan(session, case_id, today),
        "referrals": lambda: _referrals(session, case_id, today),
        "consent": lambda: _consents(session, case_id, today),
        "orders": lambda: _orders(session, case_id, today),
        "tasks": lambda: _tasks(session, case_id, today),
    }
    return ReviewFacts(
        today=today,
        header=header,
        sections=tuple(FactSection(key, tuple(sections[key]())) for key in TITLES),
        reviews=supervision.reviews_of_case(session, case_id),
        members=members.members(session),
    )


def joined(*parts: str) -> str:
    """What is known, in one line."""
    return " · ".join(part for part in parts if part)


def _missing(session: Any, header: CaseHeader, today: date) -> list[FactLine]:
    gaps = supervision.gap_counts(session, today=today)
    lacking = [gap.label() for gap, figure in gaps.items() if header.id in figure.ids]
    return [FactLine(text, alarm=True) for text in dict.fromkeys((*lacking, *(one.sentence for one in header.missing)))]


def _person(person: PersonRow) -> FactLine:
    spoken = ", ".join(tr(name_of(one.code)) if one.code in NAMES else one.code for one in person.languages)
    usable = sum(contact.usable for contact in person.contacts)
    ways = trn("{count} safe way to make contact", "{count} safe ways to make contact", usable)
    said = joined(
        person.display_name,
        person.age_band.label(),
        label(person.role_in_event if person.is_client else person.relation or person.role_in_event),
        tr("{languages}, interpreter needed", languages=spoken) if spoken and person.interpreter_needed else spoken,
        ways if person.is_client or person.contacts else "",
    )
    return FactLine(said, alarm=person.is_client and not usable)


def _contacts(session: Any, case_id: str, now: datetime, zone: str) -> list[FactLine]:
    kinds = (TimelineKind.CONTACT, TimelineKind.CRISIS)
    count = crisis.timeline_count(session, case_id, kinds=kinds)
    if not count:
        return []
    newest = crisis.timeline(session, case_id, now=now, kinds=kinds, limit=_CONTACTS)
    lines = [FactLine(trn("{count} contact recorded", "{count} contacts recorded", count))]
    for row in newest:
        at = when.moment(row.at, zone) if row.at else when.day(row.on)
        fact = "" if row.protected else row.text
        lines.append(FactLine(joined(at, row.title), detail=joined(row.author, _short(fact))))
    return lines


def _short(text: str) -> str:
    """The beginning of a text; all of it stands in the case."""
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"


def _immediate_safety(session: Any, case_id: str) -> list[FactLine]:
    steps = crisis.immediate_safety(session, case_id)
    answered = [step for step in steps if step.status is not None]
    if not answered:
        return []
    lines = [FactLine(tr("{done} of {all} steps answered", done=len(answered), all=len(steps)))]
    for status in SafetyStatus:
        names = [step.step.label() for step in answered if step.status is status]
        if names and status is not SafetyStatus.NOT_NEEDED:
            alarm = status in (SafetyStatus.UNABLE, SafetyStatus.REFUSED)
            lines.append(FactLine(tr("{status}: {steps}", status=status.label(), steps=", ".join(names)), alarm))
    return lines


def _needs(session: Any, case_id: str, today: date, zone: str) -> list[FactLine]:
    lines = []
    found = crisis.assessments(session, case_id)
    if found:
        latest = found[0]
        at = when.moment(latest.completed_at or latest.assessed_at, zone)
        done = tr("Completed {when}", when=at) if latest.completed_at else tr("Begun {when}, not completed", when=at)
        lines.append(FactLine(joined(label(latest.kind), done, latest.assessor), alarm=latest.completed_at is None))
        level = latest.screen_override or latest.screen_result
        if level is not None:
            lines.append(FactLine(tr("Support level: {level}", level=label(level))))
    for change in crisis.needs_start_and_now(session, case_id):
        if change.start is None or change.now is None:
            continue
        moved = label(change.now) if change.start is change.now else f"{label(change.start)} → {label(change.now)}"
        lines.append(FactLine(f"{change.domain.label()}: {moved}", alarm=change.now == "urgent"))
    steps = crisis.plan_steps(session, case_id, today=today)
    if steps:
        still = sum(step.status not in (StepStatus.DONE, StepStatus.DROPPED) for step in steps)
        late = sum(step.overdue for step in steps)
        said = tr("Service plan: {all} steps, {open} still open, {late} late", all=len(steps), open=still, late=late)
        lines.append(FactLine(said, alarm=late > 0))
    return lines


def _plan(session: Any, case_id: str, today: date) -> list[FactLine]:
    lines = []
    for row in safety.plan_versions(session, case_id, today=today):
        if not row.current and row.saved_at is not None:
            continue
        saved = tr("saved {day}", day=when.day(row.saved_at.date())) if row.saved_at else tr("still being written")
        review = tr("next review {day}", day=when.day(row.next_review)) if row.next_review else ""
        version = tr("Version {number}", number=row.version)
        lines.append(FactLine(joined(version, saved, label(row.copy_choice), review), alarm=row.review_overdue))
    return lines


def _referrals(session: Any, case_id: str, today: date) -> list[FactLine]:
    lines = []
    for row in crisis.referrals(session, case_id, today=today):
        due = tr("outcome to be asked for since {day}", day=when.day(row.check_due)) if row.check_overdue else ""
        named = joined(row.organization, row.service) or tr("No service chosen")
        draft = row.status is ReferralStatus.DRAFT
        lines.append(FactLine(joined(named, label(row.domain), label(row.status), due), alarm=bool(due) or draft))
    return lines


def _consents(session: Any, case_id: str, today: date) -> list[FactLine]:
    lines = []
    for row in crisis.consents(session, case_id, today=today):
        yes = ", ".join(scope.label() for scope, answer in row.answers.items() if answer)
        bad = row.standing in (Standing.EXPIRED, Standing.WITHDRAWN)
        lines.append(FactLine(joined(row.standing.label(), label(row.form), when.day(row.starts_on), yes), alarm=bad))
    return lines


def _orders(session: Any, case_id: str, today: date) -> list[FactLine]:
    lines = []
    for row in crisis.orders(session, case_id, today=today):
        ends = tr("until {day}", day=when.day(row.expires_on)) if row.expires_on else ""
        calm = row.standing in (Standing.IN_FORCE, Standing.NOT_YET)
        lines.append(FactLine(joined(label(row.kind), row.standing.label(), ends), alarm=not calm))
    rights = crisis.rights(session, case_id)
    told = sum(row.answer is RightAnswer.TOLD for row in rights)
    answered = sum(row.answer is not None for row in rights)
    if answered:
        early = [row.right.label() for row in rights if row.at_first_contact and row.answer is None]
        lines.append(FactLine(tr("Rights: {told} of {all} told", told=told, all=len(rights))))
        if early:
            said = tr("Not told at first contact: {rights}", rights=", ".join(early))
            lines.append(FactLine(said, alarm=True))
    return lines


def _tasks(session: Any, case_id: str, today: date) -> list[FactLine]:
    return [
        FactLine(joined(row.title, when.day_near(row.due_day, today), row.owner), alarm=row.overdue)
        for row in crisis.tasks_of_case(session, case_id, today=today)
    ]
