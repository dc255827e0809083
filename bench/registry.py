"""The registry's questions with 20,000 persons: its list, choosing somebody while typing, and who is entered twice.

    python -m bench.registry [PERSONS]

Choosing and comparing are asked in turn with their reference, which reads every registration in one narrow question and
looks through them in memory. A page of the list is asked with its count.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.registry import Registration
from app.models.rules import duplicates
from app.profile import Profile
from app.queries import lifesaver, registry, registry_office
from app.queries.registry import RegistryFilter, RegistryView
from app.queries.search import plain
from app.vault.vault import open_vault
from bench import emergency_card
from bench.figures import figure, seconds

PERSONS = 20_000
_ROUNDS, _TYPED = 12, 120
_P95_GOAL_MS = 150.0
"""The pause after which what was typed is asked for."""

_NAMES = (Registration.id, Registration.number, Registration.legal_first, Registration.legal_last)
_TRAITS = (*_NAMES, Registration.preferred_name, Registration.aliases, Registration.dob, Registration.addresses)


def everybody(session: Session, text: str) -> list[str]:
    """The ids of who is called so, by reading the names of all."""
    words = plain(text).split()
    rows = session.execute(select(*_NAMES, Registration.preferred_name))
    found = ((row.id, plain(" ".join(str(part) for part in row[1:] if part))) for row in rows)
    return [one for one, said in found if all(word in said for word in words)]


def everybody_like(session: Session, values: Any) -> list[str]:
    """Who may be the same person, by comparing with all."""
    wanted = duplicates.traits(values)
    rows = session.execute(select(*_TRAITS))
    return [row.id for row in rows if duplicates.likeness(wanted, duplicates.traits(row._asdict())).suspicious]


def main(arguments: Sequence[str]) -> int:
    """Fill one registry and ask it."""
    persons = int(arguments[0]) if arguments else PERSONS
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        emergency_card.make(home, persons)
        vault = open_vault(Profile(home).place(emergency_card.NAME).folder, emergency_card.PASSPHRASE)
        try:
            with vault.read() as session:
                figure("registry.persons", persons, "persons")
                return 0 if _ask(session, random.Random(11)) else 1
        finally:
            vault.close()


def _ask(session: Session, chance: random.Random) -> bool:
    today = datetime.now(UTC).date()
    asked = RegistryFilter(RegistryView.CURRENT)
    some = [dict(row._mapping) for row in session.execute(select(*_TRAITS).limit(_ROUNDS * 40)).all()[::40]]
    names = [str(one["legal_last"] or one["legal_first"]) for one in some]
    typed = [name[: chance.randint(1, len(name))] for name in names for _ in range(_TYPED // len(names))]

    pages = []
    for offset in range(0, _ROUNDS * 50, 50):
        pages.append(seconds(partial(_page_of_list, session, asked, today, offset)) * 1000)
    met = figure("registry.list_page_ms", statistics.median(pages), "ms", goal=_P95_GOAL_MS)
    met &= _compare(
        "chooser_page",
        lambda text: lifesaver.people(session, text, limit=21),
        lambda text: everybody(session, text),
        typed,
    )
    return met & _compare(
        "entered_twice",
        lambda values: registry_office.possible_duplicates(session, values, today=today),
        lambda values: everybody_like(session, values),
        some,
    )


def _page_of_list(session: Session, asked: RegistryFilter, today: date, offset: int) -> object:
    rows = registry.registrations(session, asked, today=today, offset=offset)
    return rows, registry.registration_count(session, asked, today=today)


def _compare(name: str, ours: Callable[[Any], object], theirs: Callable[[Any], object], asked: Sequence[Any]) -> bool:
    ours(asked[0]), theirs(asked[0])
    times = [(seconds(partial(ours, one)) * 1000, seconds(partial(theirs, one)) * 1000) for one in asked]
    mine, others = (sorted(column) for column in zip(*times, strict=True))
    met = figure(
        f"registry.{name}_ms",
        statistics.median(mine),
        "ms",
        reference="reading every registration",
        reference_value=statistics.median(others),
        goal=1,
    )
    return figure(f"registry.{name}_p95_ms", mine[int(len(mine) * 0.95)], "ms", goal=_P95_GOAL_MS) and met


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
