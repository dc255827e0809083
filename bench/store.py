"""Lists and search of the encrypted store against the same database in plain SQLite, at 100,000 persons.

Both are asked in turn, in one run, by the application's own questions: the page of a list must come within 1.25x of the
plain database, a search while typing within 16 ms at the 95th percentile. `cold` is the first visit to each page of the
file since it was opened, when every page has to be decrypted.
"""

from __future__ import annotations

import functools
import random
import statistics
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.models.vocab import Role, ScopeKind
from app.queries import search
from app.queries.crisis import listing
from app.queries.crisis.rows import CaseFilter
from app.vault import engine, keys
from app.vault.driver import driver
from app.vault.vault import Owner, Vault, create_vault
from bench.figures import figure, seconds

PERSONS = 100_000
_SEED = 20261126
_DAY = date(2026, 11, 26)
_SOUNDS = ("ba", "lo", "mi", "ren", "tas", "ku", "vel", "shan", "dor", "fi", "gus", "hel", "ja", "nor", "pe", "wyn")


def main() -> int:
    """Fill, copy into a plain file, ask both in turn."""
    chance = random.Random(_SEED)
    with tempfile.TemporaryDirectory() as folder:
        vault = _filled(Path(folder) / "vault", chance)
        plain = _plain_copy(vault, Path(folder) / "plain.db")
        try:
            met = _compare(vault, plain, chance)
        finally:
            plain.close()
            vault.close()
    return 0 if met else 1


def _name(chance: random.Random) -> str:
    return "".join(chance.choice(_SOUNDS) for _ in range(chance.randint(2, 4))).capitalize()


def _filled(folder: Path, chance: random.Random) -> Vault:
    """A vault with one case for each of the made-up persons."""
    vault, _ = create_vault(
        folder, "seven quiet herons above the pond", "bench", owner=Owner("Bench", (Role.VSU,)), setting=keys.FLOOR
    )
    at = datetime(2026, 1, 2, 15, 0, tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with vault.write(vault.actor(Role.VSU)) as work:
        scope = work.open_scope(ScopeKind.CASE, "bench")
        ids = [(work.new_id(), work.new_id()) for _ in range(PERSONS)]
        people = [
            (
                person,
                scope,
                at,
                case,
                _name(chance),
                _name(chance),
                f"19{chance.randint(40, 99)}-0{chance.randint(1, 9)}-11",
            )
            for person, case in ids
        ]
        cases = [
            (
                case,
                scope,
                at,
                f"VSU-2026-{place:06d}",
                person,
                "active",
                f"2026-{chance.randint(1, 11):02d}-{chance.randint(1, 28):02d}",
            )
            for place, (person, case) in enumerate(ids)
        ]
        with work.merging():
            run = work.session.connection().exec_driver_sql
            run(
                "INSERT INTO person (id, scope_id, created_at, case_id, legal_first, legal_last, dob, flagged)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                people,
            )
            run(
                "INSERT INTO case_file (id, scope_id, created_at, number, person_id, status, opened_on, flagged)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                cases,
            )
        work.commit()
    return vault


def _plain_copy(vault: Vault, path: Path) -> driver.Connection:
    """The same database without a cipher, opened with the same settings."""
    raw = vault._connection.plain_cursor()  # It changes another file, which no journal follows.
    raw.execute("ATTACH ? AS plain KEY ''", (str(path),))
    raw.execute("SELECT sqlcipher_export('plain')").fetchall()
    raw.execute("DETACH plain")
    copy = driver.connect(str(path), isolation_level=None, check_same_thread=False)
    engine.configure(copy)
    return copy


_BY_KEY = "SELECT id, legal_first, legal_last, dob, case_id FROM person WHERE id > ? ORDER BY id LIMIT 50"


def _by_key(session: Session, after: str) -> object:
    return session.connection().exec_driver_sql(_BY_KEY, (after,)).fetchall()


def _everyone(session: Session, _: str) -> object:
    """Reads the whole table, so that it lies in the cache."""
    return session.connection().exec_driver_sql("SELECT sum(length(legal_last)) FROM person").scalar()


def _page(session: Session, _: str) -> object:
    return listing.case_list(session, CaseFilter(), today=_DAY, limit=50)


def _typed(session: Session, text: str) -> object:
    return search.find(session, text, today=_DAY)


def _compare(vault: Vault, plain: driver.Connection, chance: random.Random) -> bool:
    """Both databases get the same questions, one after the other."""
    with vault.read() as sealed, Session(engine.engine_for(plain)) as bare:
        ids = [row[0] for row in sealed.connection().exec_driver_sql("SELECT id FROM person ORDER BY id")]
        met = True

        def somewhere() -> str:
            return str(ids[chance.randrange(PERSONS - 60)])

        for name, rounds, ask, what in (
            ("page_by_key_cold", 200, _by_key, somewhere),
            ("everyone", 0, _everyone, str),
            ("page_by_key", 400, _by_key, somewhere),
            ("page_of_cases", 40, _page, str),
            ("find_while_typing", 200, _typed, lambda: _name(chance)[: chance.randint(1, 7)].lower()),
        ):
            times: list[tuple[float, float]] = []
            for argument in [what() for _ in range(rounds + 5)]:
                first, second = ((sealed, bare), (bare, sealed))[len(times) % 2]
                taken = {
                    id(session): seconds(functools.partial(ask, session, argument)) * 1000
                    for session in (first, second)
                }
                times.append((taken[id(sealed)], taken[id(bare)]))
            if not rounds:
                continue
            mine, theirs = (sorted(column) for column in zip(*times[5:], strict=True))
            met &= figure(
                f"store.{name}_ms",
                statistics.median(mine),
                "ms",
                reference="plain SQLite",
                reference_value=statistics.median(theirs),
                goal=None if name.endswith("cold") else 1.25,
            )
            if ask is _typed:
                met &= figure(f"store.{name}_p95_ms", mine[int(rounds * 0.95)], "ms", goal=16, of_ratio=False)
    return met


if __name__ == "__main__":
    raise SystemExit(main())
