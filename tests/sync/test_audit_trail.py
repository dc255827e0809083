"""The audit trail reaches auditors and supervisors, and nobody else: not the server, and no colleague."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from sqlalchemy import select

from app.models.audit import AuditBatch
from app.models.vocab import AuditAction, Role, ScopeKind
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import segments
from app.vault import trail
from app.vault.trail import Standing, Trail
from tests.sync.conftest import Agency, Recruit, Station

REASON = "canary reason of a look"


def enter(station: Station, count: int, role: Role | None = None) -> None:
    """So many looks, entered."""
    with station.vault.write(station.vault.actor(role or station.role)) as work:
        for _ in range(count):
            work.audit(AuditAction.VIEW, kind="case_file", record_id="ab" * 16, reason=REASON)
        work.commit()


def all_sync(*stations: Station) -> None:
    for _ in range(2):
        for station in stations:
            station.sync()


def seen(reader: Station, of: Station) -> Trail:
    """What one reads of another's trail."""
    found: tuple[Trail, ...] = reader.ask(trail.trails)
    return next(one for one in found if one.device_id == of.vault.device_id)


def test_who_reads_a_trail_and_who_does_not(agency: Agency, recruit: Recruit) -> None:
    supervisor = recruit(agency, "Sam Supervisor", Role.SUP)
    auditor = recruit(agency, "Ada Auditor", Role.AUD, groups=("staff", "auditors"))
    worker, other = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    everyone = (supervisor, auditor, worker, other)
    all_sync(*everyone)
    enter(worker, 120)
    enter(worker, 2, Role.DIV)
    trail.close(worker.vault)
    all_sync(worker, supervisor, auditor, other)

    count = seen(worker, worker).entries
    assert count >= 122
    read = seen(supervisor, worker), seen(auditor, worker)
    assert [(one.standing, one.entries, one.sealed) for one in read] == [
        (Standing.WHOLE, count, 2),
        (Standing.WHOLE, count, 0),
    ]
    assert seen(other, worker).standing is Standing.NONE
    assert not other.holds(ScopeKind.AUDIT, worker.vault.device_id)
    assert not supervisor.holds(ScopeKind.AUDIT_APART, worker.vault.device_id)
    own_only = other.ask(lambda session: set(session.scalars(select(AuditBatch.device_id))))
    assert own_only <= {other.vault.device_id}

    settings = Settings(data=agency.server.folder)
    with closing(EmbeddedStore(settings)) as store, store.reading() as connection:
        bodies = connection.scalars(select(segments.c.body)).all()
    assert bodies and not any(REASON.encode() in body for body in bodies)


def test_a_round_hands_a_long_trail_on_by_itself(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    enter(worker, 99)
    all_sync(worker, supervisor)
    before = seen(supervisor, worker).entries
    enter(worker, 100)
    report = worker.sync()
    assert report.counts.only_here == 0
    supervisor.sync()
    found = seen(supervisor, worker)
    assert found.standing is Standing.WHOLE and found.entries >= before + 100


def test_what_waited_for_five_minutes_is_handed_on_although_nothing_happens(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    enter(worker, 3)
    all_sync(worker, worker, supervisor)
    assert seen(supervisor, worker).standing is Standing.NONE
    worker.clock.ahead += timedelta(minutes=6)
    all_sync(worker, supervisor)
    assert (seen(supervisor, worker).standing, seen(supervisor, worker).entries >= 3) == (Standing.WHOLE, True)


def test_an_entry_that_an_author_changes_later_is_named(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    enter(worker, 5)
    trail.close(worker.vault)
    all_sync(worker, supervisor)
    (batch,) = worker.ask(lambda session: list(session.scalars(select(AuditBatch))))
    rows = trail.unpacked(batch.entries)
    rows[2][10] = "another"
    kept = trail.packed([(*row[:-1], b"", bytes.fromhex(row[-1])) for row in rows])
    worker.set(AuditBatch, batch.id, entries=kept)
    all_sync(worker, supervisor)
    found = seen(supervisor, worker)
    assert (found.standing, found.row) == (Standing.DAMAGED, 3)


def test_a_computer_that_leaves_hands_everything_on_first(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    enter(worker, 5)
    agency.wipe(worker.vault.device_id, drain=True)
    assert worker.engine.run_once().erase
    supervisor.sync()
    assert seen(supervisor, worker).entries == seen(worker, worker).entries >= 5


def test_nobody_makes_the_trail_of_another_look_damaged(agency: Agency, recruit: Recruit) -> None:
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    other = recruit(agency, "Will Worker")
    all_sync(supervisor, worker, other)
    enter(worker, 5)
    trail.close(worker.vault)
    all_sync(worker, supervisor)
    before = seen(supervisor, worker)
    made_up = {"device_id": worker.vault.device_id, "previous": "00" * 32, "head": "11" * 32, "signature": "22" * 64}
    other.write(AuditBatch(first_seq=1, last_seq=2, entries="made up", **made_up))
    all_sync(other, supervisor)
    assert supervisor.ask(lambda session: session.query(AuditBatch).filter_by(entries="made up").count()) == 1
    assert seen(supervisor, worker) == before and before.standing is Standing.WHOLE
