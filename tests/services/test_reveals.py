"""Hidden details: each showing is audited, ten an hour, and waiting helps (safety.md, T8)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import RuleBroken
from app.models.local.tables import AuditEntry
from app.models.vocab import AuditAction
from app.models.work import Actor
from app.services.reveals import HIDDEN_DETAIL, RevealDetail, reveal_detail
from tests.conftest import Office, TestClock

ONE = RevealDetail(kind="safe_contact", record_id="0" * 32, field="value")


def _entries(office: Office) -> list[AuditEntry]:
    with office.vault.read() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.REVEAL)))


def test_a_showing_is_in_the_audit_trail_with_its_field_and_no_value(office: Office, worker: Actor) -> None:
    office.do(worker, reveal_detail, ONE)
    (entry,) = _entries(office)
    assert (entry.kind, entry.record_id, entry.fields, entry.reason) == (
        "safe_contact", ONE.record_id, ["value"], HIDDEN_DETAIL
    )  # fmt: skip


def test_the_eleventh_within_an_hour_is_refused_and_waiting_helps(
    office: Office, worker: Actor, supervisor: Actor, clock: TestClock
) -> None:
    for _ in range(10):
        office.do(worker, reveal_detail, ONE)
        clock.move(minutes=5)
    with pytest.raises(RuleBroken) as refused:
        office.do(worker, reveal_detail, ONE)
    assert "10 hidden details" in refused.value.sentence
    assert len(_entries(office)) == 10
    office.do(supervisor, reveal_detail, ONE)  # the limit is each person's own
    clock.move(minutes=11)
    office.do(worker, reveal_detail, ONE)


def test_what_a_card_shows_does_not_count(office: Office, worker: Actor) -> None:
    for _ in range(30):
        with office.vault.write(worker) as work:
            work.audit(AuditAction.REVEAL, kind="emergency_card", record_id="1" * 32, reason="call-out")
            work.commit()
    office.do(worker, reveal_detail, ONE)


def test_a_clock_put_back_wins_no_showing(office: Office, worker: Actor, clock: TestClock) -> None:
    for _ in range(10):
        office.do(worker, reveal_detail, ONE)
    clock.move(days=-2)
    with pytest.raises(RuleBroken):
        office.do(worker, reveal_detail, ONE)
