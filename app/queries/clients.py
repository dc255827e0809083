"""Who a case is about, as lists may show it, and as an opened page may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Person
from app.models.vocab import AgeBand
from app.queries.masking import age_band, initials
from app.words import tr

_CHUNK = 900


@dataclass(frozen=True, slots=True)
class Who:
    """Initials and age band: all that a list shows of a person."""

    initials: str
    age_band: AgeBand


NOBODY = Who("–", AgeBand.UNKNOWN)


def who(session: Session, person_ids: Iterable[str | None], today: date) -> dict[str, Who]:
    """Initials and age band of each person that this device holds."""
    wanted = [person_id for person_id in dict.fromkeys(person_ids) if person_id]
    found: dict[str, Who] = {}
    columns = (
        Person.id,
        Person.preferred_name,
        Person.legal_first,
        Person.legal_last,
        Person.unknown_label,
        Person.dob,
        Person.dob_precision,
    )
    for start in range(0, len(wanted), _CHUNK):
        asked = select(*columns).where(Person.id.in_(wanted[start : start + _CHUNK]))
        for person_id, preferred, first, last, label, born, precision in session.execute(asked):
            found[person_id] = Who(initials(preferred or first, last, label), age_band(born, precision, today))
    return found


def display_name(person: Person) -> str:
    """The name that staff see and print: the preferred one, else the legal one, else the label."""
    first = (person.preferred_name or person.legal_first or "").strip()
    last = (person.legal_last or "").strip()
    if first and last and last not in first:
        return f"{first} {last}"
    return first or last or (person.unknown_label or "").strip() or tr("Name not known")
