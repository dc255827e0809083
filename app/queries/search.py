"""Quick find: cases and requests by number, part of a name, or occurrence number; accents and case do not matter."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.crisis import Case, Incident, RequestPerson, ServiceRequest
from app.models.people import Person
from app.models.vocab import AgeBand, Listed
from app.queries import clients, members
from app.queries.masking import initials
from app.queries.settings import local_day
from app.words import mark


class MatchedOn(Listed):
    """What the words were found in."""

    NUMBER = "number", mark("Number")
    NAME = "name", mark("Name")
    OCCURRENCE = "occurrence", mark("Occurrence number")


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One find: initials and age band only, until it is opened (domain.md 20.4)."""

    kind: str
    id: str
    number: str | None
    initials: str
    age_band: AgeBand
    status: Listed | None
    worker: str
    on: date | None
    matched: MatchedOn


_NAMES = (Person.legal_first, Person.legal_middle, Person.legal_last, Person.preferred_name, Person.unknown_label)


def plain(text: str | None) -> str:
    """Text as it is compared: without accents, without upper case, without spaces at the ends."""
    if not text:
        return ""
    if text.isascii():
        return text.strip().lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold().strip()


def matching_cases(session: Session, text: str) -> dict[str, MatchedOn]:
    """The ids of the cases that a text is found in, and where. Every word must be found in the same place.

    A narrow scan in Python: accents cannot be compared in SQL without a function of the connection, and five columns
    of 20,000 cases are read in well under half a second. Names of other people in a case count too.
    """
    words = plain(text).split()
    if not words:
        return {}
    found: dict[str, MatchedOn] = {}
    for case_id, occurrence in session.execute(
        select(Incident.case_id, Incident.occurrence_no).where(
            Incident.occurrence_no.is_not(None), Incident.case_id.is_not(None), Incident.removed_at.is_(None)
        )
    ):
        if case_id and _has(plain(occurrence), words):
            found[case_id] = MatchedOn.OCCURRENCE
    for row in session.execute(
        select(Person.case_id, Person.aliases, *_NAMES).where(Person.case_id.is_not(None), Person.removed_at.is_(None))
    ):
        if row[0] and _has(plain(" ".join([*(part for part in row[2:] if part), *(row[1] or ())])), words):
            found[row[0]] = MatchedOn.NAME
    for case_id, number in session.execute(select(Case.id, Case.number).where(Case.number.is_not(None))):
        if _has(plain(number), words):
            found[case_id] = MatchedOn.NUMBER
    return found


def _has(where: str, words: list[str]) -> bool:
    return all(word in where for word in words)


def find(session: Session, text: str, *, today: date, limit: int = 20) -> tuple[FoundRow, ...]:
    """Cases and requests that a text is found in: numbers first, then names, then occurrence numbers; newest first."""
    cases = _found_cases(session, matching_cases(session, text), today, limit)
    requests = _found_requests(session, plain(text).split(), limit)
    order = list(MatchedOn)
    return tuple(sorted([*cases, *requests], key=lambda row: order.index(row.matched))[:limit])


def _found_cases(session: Session, matched: dict[str, MatchedOn], today: date, limit: int) -> list[FoundRow]:
    if not matched:
        return []
    rows: list[FoundRow] = []
    names = members.names(session)
    for place in MatchedOn:
        ids = [case_id for case_id, where in matched.items() if where is place]
        asked = (
            select(Case.id, Case.number, Case.person_id, Case.status, Case.assigned_to, Case.opened_on)
            .where(Case.id.in_(ids), Case.removed_at.is_(None))
            .order_by(Case.opened_on.desc(), Case.id.desc())
            .limit(limit - len(rows))
        )
        hits = session.execute(asked).all() if ids and len(rows) < limit else []
        people = clients.who(session, (hit.person_id for hit in hits), today)
        for hit in hits:
            who = people.get(hit.person_id, clients.NOBODY)
            worker = names.get(hit.assigned_to or "", "")
            rows.append(
                FoundRow(
                    "case_file",
                    hit.id,
                    hit.number,
                    who.initials,
                    who.age_band,
                    hit.status,
                    worker,
                    hit.opened_on,
                    place,
                )
            )
    return rows


def _found_requests(session: Session, words: list[str], limit: int) -> list[FoundRow]:
    """Requests without a case yet: the others are found through their case."""
    if not words:
        return []
    rows: list[FoundRow] = []
    people: dict[str, list[str]] = {}
    for request_id, name, label in session.execute(
        select(RequestPerson.request_id, RequestPerson.name, RequestPerson.label).where(
            RequestPerson.request_id.is_not(None), RequestPerson.removed_at.is_(None)
        )
    ):
        people.setdefault(request_id or "", []).append(name or label or "")
    asked = (
        select(
            ServiceRequest.id,
            ServiceRequest.number,
            ServiceRequest.occurrence_no,
            ServiceRequest.status,
            ServiceRequest.requested_at,
        )
        .where(ServiceRequest.case_id.is_(None), ServiceRequest.removed_at.is_(None))
        .order_by(ServiceRequest.requested_at.desc(), ServiceRequest.id.desc())
    )
    for request in session.execute(asked):
        place = _request_match(request.number, people.get(request.id, []), request.occurrence_no, words)
        if place is None:
            continue
        first = next(iter(people.get(request.id, [])), "")
        parts = first.split()
        letters = initials(parts[0], parts[-1] if len(parts) > 1 else None) if parts else "–"
        day = local_day(session, request.requested_at) if request.requested_at else None
        rows.append(
            FoundRow(
                "service_request",
                request.id,
                request.number,
                letters,
                AgeBand.UNKNOWN,
                request.status,
                "",
                day,
                place,
            )
        )
        if len(rows) >= limit:
            break
    return rows


def _request_match(number: str | None, names: list[str], occurrence: str | None, words: list[str]) -> MatchedOn | None:
    if _has(plain(number), words):
        return MatchedOn.NUMBER
    if any(_has(plain(name), words) for name in names):
        return MatchedOn.NAME
    return MatchedOn.OCCURRENCE if _has(plain(occurrence), words) else None
