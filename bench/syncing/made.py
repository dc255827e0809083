"""Made-up work: records of about a kilobyte with twelve fields, in a hundred cases."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from app.models.crisis import Case
from app.models.local.tables import Scope
from app.models.people import Person
from app.models.vocab import Role, ScopeKind
from app.vault.vault import Vault

CASES = 100
SEED = 20261126
_SOUNDS = ("ba", "lo", "mi", "ren", "tas", "ku", "vel", "shan", "dor", "fi", "gus", "hel", "ja", "nor", "pe", "wyn")
_TEXT = 760
"""Letters of the longest field: with the others, and with who and when, a record comes to about a kilobyte."""


def people(count: int, seed: int = SEED) -> list[dict[str, Any]]:
    """The fields of `count` made-up people, nine each; the vault adds the case, who wrote it and when."""
    chance = random.Random(seed)
    return [_person(chance) for _ in range(count)]


def plain(count: int, seed: int = SEED) -> list[tuple[str, ...]]:
    """The same people as rows of an id and twelve texts: what the bare limit and the peers carry."""
    chance = random.Random(seed + 1)
    stamp, who, case = "2026-11-26T15:04:05.000Z", f"{chance.getrandbits(128):032x}", f"{chance.getrandbits(128):032x}"
    return [
        (f"{chance.getrandbits(128):032x}", *(str(value) for value in one.values()), case, stamp, who)
        for one in people(count, seed)
    ]


def open_cases(vault: Vault) -> None:
    """A hundred cases, each with a scope of its own: the work of the measurement belongs to them."""
    with vault.write(vault.actor(Role.VSU)) as work:
        for _ in range(CASES):
            case_id = work.new_id()
            scope_id = work.open_scope(ScopeKind.CASE, case_id)
            work.session.add(Case(id=case_id, scope_id=scope_id, municipality="Milton"))
        work.commit()


def write_people(vault: Vault, count: int, seed: int = SEED) -> list[str]:
    """Save `count` people, spread over the cases, in one act; their ids."""
    with vault.write(vault.actor(Role.VSU)) as work:
        scopes = work.session.execute(
            select(Scope.id, Scope.anchor_id).where(Scope.kind == str(ScopeKind.CASE)).order_by(Scope.id)
        ).all()
        ids = [work.new_id() for _ in range(count)]
        rows = [
            {**one, "id": record_id, "scope_id": scope.id, "case_id": scope.anchor_id}
            for one, record_id, scope in zip(people(count, seed), ids, _spread(scopes, count), strict=True)
        ]
        work.session.execute(insert(Person), rows)
        work.commit()
    return ids


def change_people(vault: Vault, ids: Sequence[str], text: str) -> None:
    """Change one field of each."""
    with vault.write(vault.actor(Role.VSU)) as work:
        for person in work.session.scalars(select(Person).where(Person.id.in_(ids))):
            person.preferred_name = text
        work.commit()


def size_of(row: Sequence[str]) -> int:
    """Bytes of one record as plain JSON."""
    return len(json.dumps(row, separators=(",", ":")).encode())


def _spread(scopes: Sequence[Any], count: int) -> list[Any]:
    return [scopes[place * len(scopes) // count] for place in range(count)]


def _person(chance: random.Random) -> dict[str, Any]:
    return {
        "legal_first": _word(chance, 2).capitalize(),
        "legal_middle": _word(chance, 2).capitalize(),
        "legal_last": _word(chance, 3).capitalize(),
        "preferred_name": _word(chance, 2).capitalize(),
        "unknown_label": f"the one with the {_word(chance, 2)}",
        "pronouns": chance.choice(("she/her", "he/him", "they/them")),
        "gender_text": _word(chance, 3),
        "dob": _day(chance),
        "medical_alerts": _sentence(chance, _TEXT),
    }


def _day(chance: random.Random) -> date:
    return date(chance.randint(1940, 2015), chance.randint(1, 12), chance.randint(1, 28))


def _word(chance: random.Random, sounds: int) -> str:
    return "".join(chance.choice(_SOUNDS) for _ in range(sounds))


def _sentence(chance: random.Random, letters: int) -> str:
    found = ""
    while len(found) < letters:
        found += _word(chance, chance.randint(1, 4)) + " "
    return found[:letters]
