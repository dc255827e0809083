"""No write of a synced record goes by unseen: by object, in bulk, in raw SQL, inside a unit of work or past it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from app.errors import Defect
from app.models import everything
from app.models.base import Record, kinds
from app.models.crisis import Case
from app.models.local.tables import AuditEntry, Captured, LoggedChange
from app.models.work import Actor
from app.vault.unit_of_work import UnitOfWork, unpacked
from app.vault.vault import Vault

SCOPE = "5" * 32
everything_known = everything.Base.metadata


def logged(session: Session, record_id: str) -> list[LoggedChange]:
    return list(
        session.scalars(select(LoggedChange).where(LoggedChange.record_id == record_id).order_by(LoggedChange.seq))
    )


def by_object(work: UnitOfWork, kind: type[Record], record_id: str) -> None:
    found = work.session.get(kind, record_id)
    if found is None:
        work.session.add(kind(id=record_id, scope_id=SCOPE, removed_reason="first"))
    else:
        found.removed_reason = "second"


def in_bulk(work: UnitOfWork, kind: type[Record], record_id: str) -> None:
    table = kind.__table__
    known = work.session.scalar(select(table.c.id).where(table.c.id == record_id))
    if known is None:
        rows: list[dict[str, Any]] = [{"id": record_id, "scope_id": SCOPE, "removed_reason": "first"}]
        work.session.execute(insert(kind), rows)
    else:
        work.session.execute(update(kind).where(table.c.id == record_id).values(removed_reason="second"))


def in_raw_sql(work: UnitOfWork, kind: type[Record], record_id: str) -> None:
    values = {"id": record_id, "scope": SCOPE}
    name = kind.__tablename__
    put = f"INSERT OR IGNORE INTO \"{name}\" (id, scope_id, removed_reason) VALUES (:id, :scope, 'first')"
    done: Any = work.session.execute(text(put), values)
    if not done.rowcount:
        work.session.execute(text(f"UPDATE \"{name}\" SET removed_reason = 'second' WHERE id = :id"), values)


@pytest.mark.parametrize("way", [by_object, in_bulk, in_raw_sql])
def test_every_kind_is_captured_in_every_way(vault: Vault, actor: Actor, way: Any) -> None:
    assert len(kinds()) > 30
    with vault.write(actor) as work:
        ids = {name: work.new_id() for name in kinds()}
    for _ in range(2):
        with vault.write(actor) as work:
            for name, kind in kinds().items():
                way(work, kind, ids[name])
            changes = work.commit()
            assert changes.kinds == frozenset(kinds()) and changes.ids == frozenset(ids.values())
    with vault.read() as session:
        assert session.scalars(select(Captured)).all() == []
        for name, record_id in ids.items():
            first, second = logged(session, record_id)
            assert (first.kind, second.kind) == (name, name)
            created, edited = unpacked(first.fields), unpacked(second.fields)
            assert created["removed_reason"].value == "first"
            assert set(created) == {"created_at", "created_by", "removed_reason"}
            assert set(edited) == {"removed_reason"}
            assert edited["removed_reason"].value == "second"
            assert edited["removed_reason"].seen == (first.dot,)


def case(vault: Vault, actor: Actor) -> str:
    with vault.write(actor) as work:
        record_id = work.new_id()
        work.session.add(Case(id=record_id, scope_id=SCOPE, number="VSU-2026-000001"))
        work.commit()
    return record_id


def test_what_was_written_past_a_unit_of_work_is_drained_by_the_next(vault: Vault, actor: Actor) -> None:
    record_id = case(vault, actor)
    with vault.settling() as session:
        session.execute(text("UPDATE case_file SET number = 'VSU-2026-000009'"))
        session.execute(text("INSERT INTO task (id, scope_id, title) VALUES ('7', :scope, 'Call')"), {"scope": SCOPE})
    changes = vault.drain(actor)
    assert changes.kinds == {"case_file", "task"}
    with vault.read() as session:
        assert unpacked(logged(session, record_id)[-1].fields)["number"].value == "VSU-2026-000009"
        assert unpacked(logged(session, "7")[0].fields)["title"].value == "Call"


def test_several_writes_of_one_act_are_one_change(vault: Vault, actor: Actor) -> None:
    record_id = case(vault, actor)
    with vault.write(actor) as work:
        found = work.session.get_one(Case, record_id)
        for number in ("a", "b", "c"):
            found.number = number
            work.session.flush()
        work.commit()
    with vault.read() as session:
        _, edit = logged(session, record_id)
        assert unpacked(edit.fields)["number"].value == "c"


def test_a_write_that_changes_nothing_makes_no_change(vault: Vault, actor: Actor) -> None:
    record_id = case(vault, actor)
    with vault.write(actor) as work:
        work.session.execute(text("UPDATE case_file SET number = number"))
        work.session.execute(text("UPDATE case_file SET number = 'x'"))
        work.session.execute(text("UPDATE case_file SET number = 'VSU-2026-000001'"))
        assert not work.commit()
    with vault.read() as session:
        assert len(logged(session, record_id)) == 1
        assert session.scalars(select(Captured)).all() == []


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM case_file", "REPLACE INTO case_file (id, scope_id) SELECT id, scope_id FROM case_file"],
)
def test_a_record_is_never_deleted(vault: Vault, actor: Actor, statement: str) -> None:
    record_id = case(vault, actor)
    with pytest.raises(Defect, match="never deleted"), vault.write(actor) as work:
        work.session.execute(text(statement))
    with vault.read() as session:
        assert session.get(Case, record_id) is not None


@pytest.mark.parametrize("column", ["id", "scope_id"])
def test_id_and_scope_never_change(vault: Vault, actor: Actor, column: str) -> None:
    case(vault, actor)
    with pytest.raises(Defect, match="never change"), vault.write(actor) as work:
        work.session.execute(text(f"UPDATE case_file SET {column} = 'other'"))


def test_or_replace_does_not_lose_the_first_snapshot(vault: Vault, actor: Actor) -> None:
    record_id = case(vault, actor)
    with vault.write(actor) as work:
        work.session.execute(text("UPDATE case_file SET number = 'x'"))
        work.session.execute(text("UPDATE OR REPLACE case_file SET number = 'y'"))
        work.commit()
    with vault.read() as session:
        assert unpacked(logged(session, record_id)[-1].fields)["number"].value == "y"


def test_nothing_is_captured_while_merging(vault: Vault, actor: Actor) -> None:
    record_id = case(vault, actor)
    with vault.write(actor) as work:
        with work.merging():
            work.session.execute(text("UPDATE case_file SET number = 'theirs'"))
        work.session.execute(text("UPDATE case_file SET removed_reason = 'ours'"))
        work.commit()
    with vault.read() as session:
        assert set(unpacked(logged(session, record_id)[-1].fields)) == {"removed_reason"}


def test_a_trigger_that_is_missing_is_made_at_the_next_open(vault: Vault, actor: Actor, again: Any) -> None:
    record_id = case(vault, actor)
    with vault.settling() as session:
        session.execute(text("DROP TRIGGER capture_case_file_update"))
        session.execute(text("UPDATE capture_switch SET is_on = 0"))
    vault = again()
    with vault.write(actor) as work:
        work.session.execute(text("UPDATE case_file SET number = 'seen'"))
        work.commit()
    with vault.read() as session:
        assert len(logged(session, record_id)) == 2
        assert session.scalar(select(AuditEntry.action).order_by(AuditEntry.seq.desc())) == "edit"
