"""Quick find: cases and requests by number, part of a name, or occurrence number; accents and case do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, column, false, select, table, union_all
from sqlalchemy.orm import Session

from app.models.crisis import Case, RequestPerson, ServiceRequest
from app.models.findable import ADDRESS, CASE, PLACES, REGISTRATION, REQUEST
from app.models.vocab import AgeBand, Listed
from app.queries import clients, members
from app.queries.masking import initials
from app.queries.settings import local_day
from app.words import mark

_FOUND = table("found", *[column(name) for name in ("seq", "record_id", "leads_to", "owner_id", *PLACES, ADDRESS)])
_WORDS = table("found_words", column("rowid"), column("found_words"))
_STARTS = table("found_starts", column("rowid"), column("found_starts"))
_TRIGRAM = 3
_CANDIDATES = 300
_ACCENTED = ("aàáâãäå", "cç", "eèéêë", "iìíîï", "nñ", "oòóôõöø", "uùúûü", "yýÿ")
_VARIANTS = {letter: letter + letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    group[0]: group + group.upper() for group in _ACCENTED
}


class MatchedOn(Listed):
    """What the words were found in, in the order of `findable.PLACES`."""

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


def plain(text: str | None) -> str:
    """Text as it is compared: without accents, without upper case, without spaces at the ends."""
    if not text:
        return ""
    if text.isascii():
        return text.strip().lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold().strip()


def matching_cases(text: str) -> Select[Any]:
    """A question for the ids of the cases that a text is found in, for use inside another question."""
    return _matching(text, CASE)


def matching_registrations(text: str) -> Select[Any]:
    """The same for the registrations whose number or names a text is found in."""
    return _matching(text, REGISTRATION)


def living_at(streets: Iterable[Sequence[str]]) -> Select[Any]:
    """A question for the ids of the registrations with an address that has the beginnings of one of these words."""
    ways = [" AND ".join(_quoted(word) + "*" for word in street) for street in streets if street]
    joined = _STARTS.join(_FOUND, _FOUND.c.seq == _STARTS.c.rowid)
    asked = select(_FOUND.c.owner_id).select_from(joined).where(_FOUND.c.leads_to == REGISTRATION)
    match = " OR ".join(f"({way})" for way in ways)
    return asked.where(_STARTS.c.found_starts.op("MATCH")(f"{ADDRESS} : ({match})") if ways else false())


def _matching(text: str, leads_to: str) -> Select[Any]:
    words = _words(text)
    if not words:
        return select(_FOUND.c.owner_id).where(false())
    asked = [_asked(place, words, _FOUND.c.owner_id).where(_FOUND.c.leads_to == leads_to) for place in PLACES]
    found = [each.order_by(None) for each in asked]
    return select(union_all(*found).subquery().c.owner_id)


def _asked(place: str, words: Sequence[str], *wanted: ColumnElement[Any]) -> Select[Any]:
    """What words in one place lead to, the newest records first: the index gives its finds in that order, one by one.

    Words of three letters and more are looked for anywhere by trigrams. Beside one of those a shorter word may stand
    anywhere too; alone it is the beginning of a word.
    """
    long = [word for word in words if len(word) >= _TRIGRAM]
    if long:
        index, phrases = _WORDS, [_quoted(word) for word in long]
        beside = [_FOUND.c[place].op("GLOB")(_letters(word)) for word in words if len(word) < _TRIGRAM]
    else:
        index, phrases, beside = _STARTS, [_quoted(word) + "*" for word in words], []
    joined = index.join(_FOUND, _FOUND.c.seq == index.c.rowid)
    match = index.c[index.name].op("MATCH")(f"{place} : ({' AND '.join(phrases)})")
    return select(*wanted).select_from(joined).where(match, *beside).order_by(index.c.rowid.desc())


def _words(text: str) -> list[str]:
    # The index ends a question at a zero character, inside quotes too.
    return plain(text.replace("\0", " ")).split()


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _newest(session: Session, place: str, words: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the cases and of the requests that words in one place lead to, of the newest records."""
    asked = _asked(place, words, _FOUND.c.leads_to, _FOUND.c.owner_id)
    asked = asked.where(_FOUND.c.leads_to.in_([CASE, REQUEST])).limit(_CANDIDATES)
    found: dict[str, list[str]] = {CASE: [], REQUEST: []}
    for leads_to, owner in session.execute(asked) if words else ():
        found[leads_to].append(owner)
    return found


def _letters(word: str) -> str:
    """A GLOB pattern for a short word anywhere, its accents and capitals aside."""
    return "*" + "".join(f"[{_VARIANTS.get(letter, letter)}]" for letter in word if letter not in "[]^-") + "*"


def find(session: Session, text: str, *, today: date, limit: int = 20) -> tuple[FoundRow, ...]:
    """Cases and requests that a text is found in: numbers first, then names, then occurrence numbers; newest first.

    Of very many finds in one place the newest records are looked at; who types on narrows them down.
    """
    words = _words(text)
    rows: list[FoundRow] = []
    for matched, place in zip(MatchedOn, PLACES, strict=True):
        found = _newest(session, place, words) if len(rows) < limit else {}
        for leads_to, described in ((CASE, _case_rows), (REQUEST, _request_rows)):
            ids = set(found.get(leads_to, ())) - {row.id for row in rows}
            rows += described(session, ids, today, matched, limit - len(rows)) if ids else []
    return tuple(rows[:limit])


def _case_rows(session: Session, ids: set[str], today: date, place: MatchedOn, limit: int) -> list[FoundRow]:
    asked = (
        select(Case.id, Case.number, Case.person_id, Case.status, Case.assigned_to, Case.opened_on)
        .where(Case.id.in_(ids), Case.removed_at.is_(None))
        .order_by(Case.opened_on.desc(), Case.id.desc())
        .limit(limit)
    )
    hits = session.execute(asked).all()
    people = clients.who(session, (hit.person_id for hit in hits), today)
    names = members.names(session)
    rows = []
    for hit in hits:
        who = people.get(hit.person_id, clients.NOBODY)
        worker = names.get(hit.assigned_to or "", "")
        rows.append(
            FoundRow(CASE, hit.id, hit.number, who.initials, who.age_band, hit.status, worker, hit.opened_on, place)
        )
    return rows


def _request_rows(session: Session, ids: set[str], today: date, place: MatchedOn, limit: int) -> list[FoundRow]:
    """Requests without a case yet: the others are found through their case."""
    asked = (
        select(ServiceRequest.id, ServiceRequest.number, ServiceRequest.status, ServiceRequest.requested_at)
        .where(ServiceRequest.id.in_(ids), ServiceRequest.case_id.is_(None), ServiceRequest.removed_at.is_(None))
        .order_by(ServiceRequest.requested_at.desc(), ServiceRequest.id.desc())
        .limit(limit)
    )
    hits = session.execute(asked).all()
    first = _first_names(session, [hit.id for hit in hits])
    rows = []
    for hit in hits:
        parts = first.get(hit.id, "").split()
        letters = initials(parts[0], parts[-1] if len(parts) > 1 else None) if parts else "–"
        day = local_day(session, hit.requested_at) if hit.requested_at else None
        rows.append(FoundRow(REQUEST, hit.id, hit.number, letters, AgeBand.UNKNOWN, hit.status, "", day, place))
    return rows


def _first_names(session: Session, request_ids: list[str]) -> dict[str, str]:
    """The first person of each request, by name or label."""
    asked = select(RequestPerson.request_id, RequestPerson.name, RequestPerson.label).where(
        RequestPerson.request_id.in_(request_ids), RequestPerson.removed_at.is_(None)
    )
    found: dict[str, str] = {}
    for request_id, name, label in session.execute(asked):
        found.setdefault(request_id or "", name or label or "")
    return found
