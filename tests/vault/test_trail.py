"""The audit trail on its way: when a checkpoint is due, what it holds, and what a reader says of a damaged one."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models.audit import AuditBatch
from app.models.changes import Changes
from app.models.local.tables import AuditEntry, LoggedChange, Scope
from app.models.vocab import AuditAction, Role, ScopeKind
from app.queries import outbox
from app.vault import capture, state, trail
from app.vault.__main__ import main
from app.vault.trail import Standing, Trail
from app.vault.vault import Vault
from tests.vault.conftest import PASSPHRASE, SetClock


@pytest.fixture
def member(vault: Vault) -> Vault:
    """A vault that belongs to a service."""
    with vault.settling() as session:
        state.put(session, state.SERVER_ADDRESS, "https://server.example")
    return vault


def enter(vault: Vault, count: int, role: Role = Role.VSU) -> None:
    """So many acts that are entered."""
    with vault.write(vault.actor(role)) as work:
        for number in range(count):
            work.audit(AuditAction.VIEW, kind="case_file", record_id=f"{number:032x}", reason="call-out")
        work.commit()


def lose_for_good(session: Session, batch: AuditBatch) -> None:
    """As if it had never come."""
    with capture.switched_off(session):
        session.delete(batch)
        session.flush()


def due(vault: Vault, **how: bool) -> bool:
    with vault.read() as session:
        return trail.is_due(session, vault.now(), **how)


def hand_on(vault: Vault) -> Changes:
    with vault.write(vault.some_actor()) as work:
        trail.checkpoint(work)
        return work.commit()


def own(vault: Vault) -> Trail:
    with vault.read() as session:
        (found,) = trail.trails(session)
    return found


def entered(vault: Vault) -> int:
    with vault.read() as session:
        return len(session.scalars(select(AuditEntry.seq)).all())


def test_a_checkpoint_is_due_after_a_hundred_entries_five_minutes_or_a_lock(member: Vault, clock: SetClock) -> None:
    assert not due(member, at_once=True)
    enter(member, 99)
    assert not due(member) and due(member, at_once=True)
    clock.move(minutes=4)
    assert not due(member)
    enter(member, 1)
    assert due(member)
    hand_on(member)
    assert not due(member, at_once=True)
    enter(member, 1)
    clock.move(minutes=5)
    assert due(member)
    trail.close(member)
    assert not due(member, at_once=True) and own(member).entries == 101


def test_a_vault_of_no_service_hands_nothing_on(vault: Vault) -> None:
    enter(vault, 200)
    assert not due(vault, at_once=True)
    trail.close(vault)
    assert own(vault).standing is Standing.NONE


def test_every_entry_is_under_a_checkpoint_and_handing_on_is_none(member: Vault, clock: SetClock) -> None:
    enter(member, 250)
    hand_on(member)
    assert own(member) == Trail(member.device_id, Standing.WHOLE, 250, None, 0, clock.at)
    assert entered(member) == 250
    device_id = member.device_id
    with member.read() as session:
        runs = session.execute(select(AuditBatch.first_seq, AuditBatch.last_seq).order_by(AuditBatch.first_seq)).all()
        assert [tuple(run) for run in runs] == [(1, 100), (101, 200), (201, 250)]
        (scope,) = session.scalars(select(Scope))
        assert (scope.kind, scope.anchor_id) == (str(ScopeKind.AUDIT), device_id)
        assert session.scalars(select(LoggedChange.kind)).all() == ["audit_batch"] * 3
        assert outbox.unsent(session) == 0 and outbox.outbox(session) == ()


def test_a_supervisor_learns_of_diversion_only_that_nothing_is_missing(member: Vault) -> None:
    enter(member, 3)
    enter(member, 2, Role.DIV)
    enter(member, 4)
    hand_on(member)
    whole = own(member)
    assert (whole.standing, whole.entries, whole.sealed) == (Standing.WHOLE, 9, 0)
    with member.settling() as session:
        apart = select(Scope.id).where(Scope.kind == str(ScopeKind.AUDIT_APART))
        (kept,) = session.scalars(select(AuditBatch).where(AuditBatch.scope_id.in_(apart)))
        assert (kept.first_seq, kept.last_seq) == (4, 5) and kept.entries is not None
        (open_copy,) = session.scalars(select(AuditBatch).where(AuditBatch.first_seq == 4, AuditBatch.id != kept.id))
        assert open_copy.entries is None
        lose_for_good(session, kept)
    assert (own(member).standing, own(member).entries, own(member).sealed) == (Standing.WHOLE, 9, 2)


def replaced(batch: AuditBatch, change: Callable[[list[Any]], None]) -> None:
    """Change the entries of a run as somebody would who holds the key of the scope."""
    rows = trail.unpacked(batch.entries or "")
    change(rows)
    batch.entries = trail.packed([(*row[:-1], b"", bytes.fromhex(row[-1])) for row in rows])


def second(session: Any) -> AuditBatch:
    found: AuditBatch = session.scalars(select(AuditBatch).where(AuditBatch.first_seq == 101)).one()
    return found


def edit(session: Any) -> None:
    replaced(second(session), lambda rows: rows[6].__setitem__(10, "another reason"))


def remove(session: Any) -> None:
    replaced(second(session), lambda rows: rows.pop(7))


def swap(session: Any) -> None:
    replaced(second(session), lambda rows: rows.insert(3, rows.pop(8)))


def cut(session: Any) -> None:
    replaced(second(session), lambda rows: rows.__delitem__(slice(9, None)))


def spoil(session: Any) -> None:
    second(session).entries = "no entries"


def lose(session: Any) -> None:
    lose_for_good(session, second(session))


def forge(session: Any) -> None:
    second(session).signature = "00" * 64


def renumber(session: Any) -> None:
    second(session).first_seq = 102


@pytest.mark.parametrize(
    ("damage", "standing", "row"),
    [
        (edit, Standing.DAMAGED, 107),
        (remove, Standing.DAMAGED, 108),
        (swap, Standing.DAMAGED, 104),
        (cut, Standing.DAMAGED, 110),
        (spoil, Standing.DAMAGED, 101),
        (lose, Standing.GAP, 101),
        (forge, Standing.DAMAGED, 101),
        (renumber, Standing.GAP, 101),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(
    member: Vault, damage: Callable[[Any], None], standing: Standing, row: int
) -> None:
    enter(member, 250)
    hand_on(member)
    with member.settling() as session:
        damage(session)
    found = own(member)
    assert (found.standing, found.row) == (standing, row)


def test_a_trail_that_is_told_differently_is_noticed(member: Vault) -> None:
    enter(member, 3)
    hand_on(member)
    with member.read() as session:
        before = {name: state.get(session, name) for name in (state.TRAIL, state.AUDIT_HEAD)}
    enter(member, 2)
    hand_on(member)
    with member.settling() as session:
        session.execute(text("DELETE FROM audit_entry WHERE seq > 3"))
        for name, value in before.items():
            state.put(session, name, value)
    enter(member, 1)
    hand_on(member)
    found = own(member)
    assert (found.standing, found.row, found.entries) == (Standing.FORKED, 4, 3)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[Vault], tuple[int, Any]]]:
    """Asks the command, the vault closed; its exit code and what it printed."""

    def go(vault: Vault) -> tuple[int, Any]:
        vault.close()
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSPHRASE + "\n"))
        code = main(["trail", str(vault.folder), "--passphrase-stdin"])
        return code, json.loads(capsys.readouterr().out)

    yield go


def test_the_command_says_that_all_is_whole(member: Vault, clock: SetClock, run: Any) -> None:
    enter(member, 120)
    hand_on(member)
    device_id = member.device_id
    code, said = run(member)
    assert code == 0 and said == {
        "ok": True,
        "devices": [
            {
                "device": device_id,
                "trail": "whole",
                "entries": 120,
                "row": None,
                "sealed": 0,
                "until": clock.at.isoformat(),
            }
        ],
    }


def test_the_command_names_the_damaged_entry(member: Vault, run: Any) -> None:
    enter(member, 120)
    hand_on(member)
    with member.settling() as session:
        edit(session)
    code, said = run(member)
    assert code == 1 and not said["ok"]
    assert (said["devices"][0]["trail"], said["devices"][0]["row"]) == ("damaged", 107)
