"""The index of quick find follows every way of writing, and finds what reading every record would find."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.crisis import Case
from app.models.findable import FINDABLE
from app.models.people import Person
from app.models.vocab import ScopeKind
from app.models.work import Actor
from app.queries import search
from app.vault import destroying, find_index
from app.vault.vault import Vault

DAY = date(2026, 3, 4)


def person(vault: Vault, actor: Actor, **names: str) -> tuple[str, str]:
    """A case and its person; their ids."""
    with vault.write(actor) as work:
        case, who = work.new_id(), work.new_id()
        scope = work.open_scope(ScopeKind.CASE, case)
        work.session.add(Case(id=case, scope_id=scope, person_id=who, opened_on=DAY))
        work.session.add(Person(id=who, scope_id=scope, case_id=case, **names))
        work.commit()
    return case, who


def found(vault: Vault, text: str) -> list[str]:
    with vault.read() as session:
        return [row.id for row in search.find(session, text, today=DAY)]


def test_it_follows_a_bulk_update_a_removal_and_its_undoing(vault: Vault, actor: Actor) -> None:
    case, who = person(vault, actor, legal_first="Odile", legal_last="Pinewood")
    assert found(vault, "pinew") == [case] == found(vault, "od")
    with vault.write(actor) as work:
        work.session.execute(update(Person).values(legal_last="Alderbrook"))
        work.commit()
    assert found(vault, "pinew") == [] and found(vault, "brook") == [case]
    for removed, wanted in ((vault.now(), []), (None, [case])):
        with vault.write(actor) as work:
            work.session.get_one(Person, who).removed_at = removed
            work.commit()
        assert found(vault, "odile") == wanted


def arrive(session: Session, case: str, name: str) -> None:
    """A case and its person as a merge writes them."""
    run = session.connection().exec_driver_sql
    run("INSERT INTO case_file (id, scope_id, flagged) VALUES (?, 's', 0)", (case,))
    person_of = "INSERT INTO person (id, scope_id, case_id, preferred_name, flagged) VALUES (?, 's', ?, ?, 0)"
    run(person_of, (f"{case} person", case, name))


def test_what_a_colleague_wrote_is_found(vault: Vault, actor: Actor) -> None:
    with vault.write(actor) as work, work.merging():
        arrive(work.session, "c1", "Tall boy")
    with vault.write(actor) as work:
        with work.merging():
            arrive(work.session, "c2", "Wynn")
        work.commit()
    assert found(vault, "wynn") == ["c2"]
    assert found(vault, "tall boy") == [], "what was not committed is not found"


def test_what_arrives_together_is_indexed_together(vault: Vault, actor: Actor) -> None:
    case, who = person(vault, actor, legal_first="Odile", legal_last="Pinewood")
    with vault.write(actor) as work:
        with work.merging():
            run = work.session.connection().exec_driver_sql
            arrive(work.session, "c1", "Tall boy")
            run("UPDATE person SET preferred_name = 'Small boy' WHERE id = 'c1 person'")
            run("UPDATE person SET legal_last = 'Alderbrook' WHERE id = ?", (who,))
            arrive(work.session, "c2", "Wynn")
            run("UPDATE person SET removed_at = '2026-01-01' WHERE id = 'c2 person'")
            arrive(work.session, "c3", "Gone again")
            destroying.take_away(work.session, ["s"], destroying.Destroyed())
            arrive(work.session, "c4", "Sorrel")
        work.commit()
    assert found(vault, "alderb") == [case] == found(vault, "od") and found(vault, "sorrel") == ["c4"]
    for word in ("pinew", "tall", "small", "wynn", "gone"):
        assert found(vault, word) == [], word
    with vault.settling() as session:
        run = session.connection().exec_driver_sql
        assert run("SELECT count(*) FROM found_due").scalar() == 0
        for index in ("found_words", "found_starts"):
            run(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def test_an_index_that_is_lost_or_of_another_version_is_made_anew(vault: Vault, actor: Actor) -> None:
    case, _ = person(vault, actor, preferred_name="Sorrel")
    for damage in ("DROP TRIGGER found_person_update", "DROP TRIGGER found_put"):
        with vault.settling() as session:
            session.connection().exec_driver_sql(damage)
            session.connection().exec_driver_sql("DELETE FROM found")
        assert found(vault, "sorrel") == []
        with vault.settling() as session:
            assert find_index.install(session.connection())
        assert found(vault, "sorrel") == [case]
    with vault.settling() as session:
        assert not find_index.install(session.connection()), "what is right stays as it is"


def test_every_findable_column_is_there() -> None:
    tables = Case.metadata.tables
    for each in FINDABLE:
        assert set(each.read()) <= set(tables[each.kind].columns.keys()), each.kind


@pytest.mark.parametrize(
    "text", ['"', "*", "AND", "a OR", "(", "name:", "^ab", "ab*", "-", "]", "[a", "\x00", "é" * 400]
)
def test_no_text_is_taken_for_a_question_of_the_index(vault: Vault, actor: Actor, text: str) -> None:
    person(vault, actor, legal_first="Odile")
    assert found(vault, text) == []


NAMES = st.text(alphabet=string.ascii_letters + "éÉèçÑöß'- ", min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=NAMES, last=NAMES, start=st.integers(0, 20), size=st.integers(3, 8))
def test_any_part_of_a_name_is_found(vault: Vault, actor: Actor, first: str, last: str, start: int, size: int) -> None:
    case, _ = person(vault, actor, legal_first=first, legal_last=last)
    word = search.plain(last)[start : start + size].strip()
    if len(word) < 3 or " " in word or "ß" in last:
        return
    with vault.read() as session:
        asked = search.matching_cases(word)
        assert case in session.scalars(select(Case.id).where(Case.id.in_(asked))).all()
