"""A case that was given to others leaves the computer of who had it: whole, and for good (safety.md G34, G35)."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import RuleBroken
from app.models.agency import Organization
from app.models.attachments import Attachment
from app.models.crisis import Case, SupportNote
from app.models.local.tables import (
    AuditEntry,
    Draft,
    KeptSealed,
    LeavingCase,
    LoggedChange,
    OutSegment,
    PartedScope,
    Scope,
    ScopeKey,
    WaitingItem,
)
from app.models.people import SafeContact
from app.models.tracking import AlarmEvent, LocationTrack, TrackingLoan
from app.models.vocab import AttachmentKind, Role, ScopeKind, Waits
from app.queries import device, outbox
from app.queries.leaving import leaving, owed
from app.services.leaving import LetLeave, NoteGone, let_leave, note_gone
from app.sync import protocol
from app.sync.client import problems, unassign
from app.sync.client.engine import SyncEngine
from app.sync.client.problems import Offline
from app.sync.client.rewind import rewind
from app.sync.client.rounds import Tally
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server.settings import Settings
from app.sync.server.store import EmbeddedStore
from app.sync.server.tables import segments
from app.vault import backup, state
from app.vault.chunks import BODY
from app.vault.destroying import KEPT_DAYS
from tests.faults.scan import leaks
from tests.sync.client.test_every_step import Died, DyingAt
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_destruction import TRACE, everything_in, holds_canary
from tests.sync.test_registry_apart import do
from tests.sync.test_two_vaults import all_sync, new_id

CANARY = "Quixbyton-Tallulandra"
People = tuple[Station, Station, Station]


@pytest.fixture
def people(agency: Agency, recruit: Recruit) -> People:
    """A supervisor and two workers, who all know the agency."""
    return staffed(agency, recruit)


def staffed(agency: Agency, recruit: Recruit) -> People:
    chief = recruit(agency, "Sam Supervisor", Role.SUP)
    chief.sync()
    first, second = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    all_sync(chief, first, second)
    return chief, first, second


def a_case(worker: Station, **more: object) -> str:
    """A case with facts, a way of contact and a private note, all of it naming the canary; its id."""
    case_id = new_id(worker)
    facts, private = worker.scope(ScopeKind.CASE, case_id), worker.scope(ScopeKind.CASE_PRIVATE, case_id)
    worker.write(
        Case(id=case_id, scope_id=facts, assigned_to=worker.member_id, municipality=f"{CANARY} town", **more),
        SafeContact(id=new_id(worker), scope_id=facts, case_id=case_id, value=f"{CANARY} 555"),
        SupportNote(id=new_id(worker), scope_id=private, case_id=case_id, text=f"said {CANARY}"),
    )
    return case_id


def give(chief: Station, case_id: str, to: Station) -> None:
    """A supervisor gives a case to somebody, and nobody else."""
    chief.set(Case, case_id, assigned_to=to.member_id, co_workers=None)


def settled(people: People, times: int = 3) -> None:
    all_sync(*people, times=times)


def rows_of(station: Station, case_id: str) -> list[str]:
    """What a station still holds of a case: scopes, records, changes."""

    def question(session: Session) -> list[str]:
        asked = (
            select(Scope.id).where(Scope.anchor_id == case_id),
            select(Case.id).where(Case.id == case_id),
            select(SafeContact.id).where(SafeContact.case_id == case_id),
            select(SupportNote.id).where(SupportNote.case_id == case_id),
            select(Attachment.id).where(Attachment.owner_id == case_id),
            select(LoggedChange.dot).where(LoggedChange.record_id == case_id),
        )
        return [one for each in asked for one in session.scalars(each)]

    found: list[str] = station.ask(question)
    return found


def waits(station: Station) -> list[str]:
    """Why cases that were given to others are still there."""
    return [str(row.waits_for) for row in station.ask(leaving).rows]


def offline(real: Transport, call: Call) -> Reply:
    raise Offline(problems.UNREACHABLE)


def test_a_case_that_was_given_to_others_leaves_the_computer_whole(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    first.vault.keep_draft(f"contact:{case_id}", {"text": CANARY}, None)
    assert "vault.db" in holds_canary(first) and "journal" in holds_canary(first)
    give(chief, case_id, second)
    chief.sync()
    first.sync()
    assert rows_of(first, case_id), "nobody else has the private note yet"
    assert [row.waits_for for row in first.ask(leaving).rows] == [Waits.OTHERS]
    settled(people)

    assert rows_of(first, case_id) == []
    assert holds_canary(first) == [] and first.vault.sound()
    assert first.ask(lambda s: s.scalars(select(Draft.form)).all()) == []
    assert leaks(first.vault.folder, [CANARY, case_id]) == []
    assert first.ask(leaving).gone == 1 and first.ask(leaving).rows == ()
    entered = first.ask(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.reason == unassign.REASON)).all())
    assert [(one.record_id, one.kind) for one in entered] == [(case_id, "case_file")]
    for station in (second, chief):
        found = station.get(Case, case_id)
        assert found is not None and found.municipality == f"{CANARY} town"
    assert second.ask(lambda s: s.scalars(select(SupportNote.text)).all()) == [f"said {CANARY}"]
    do(first, note_gone, NoteGone())
    assert first.ask(leaving).gone == 0


def test_work_that_was_done_before_is_kept_and_read_by_who_works_on(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    first.transport.fault = offline
    first.set(Case, case_id, municipality="Halton Hills")
    first.write(SupportNote(id=new_id(first), scope_id=first.scope(ScopeKind.CASE_PRIVATE, case_id), text="Late words"))
    assert first.engine.run_once().offline
    give(chief, case_id, second)
    all_sync(chief, second)
    first.transport.fault = None
    settled(people)
    assert rows_of(first, case_id) == [] and first.engine.state().counts.refused == 0
    for station in (chief, second):
        found = station.get(Case, case_id)
        assert found is not None and found.municipality == "Halton Hills"
    assert "Late words" in second.ask(lambda s: s.scalars(select(SupportNote.text)).all())


def test_a_case_that_is_given_back_comes_again_with_equal_content(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    settled(people)
    assert rows_of(first, case_id) == []
    second.set(Case, case_id, municipality="Written meanwhile")
    second.sync()
    chief.set(Case, case_id, co_workers=[first.member_id])
    settled(people)
    assert first.contents() == second.contents() and rows_of(first, case_id)
    found = first.get(Case, case_id)
    assert found is not None and found.municipality == "Written meanwhile"
    dots = first.ask(lambda s: s.scalars(select(LoggedChange.dot).where(LoggedChange.kind != "audit_batch")).all())
    assert len(dots) == len(set(dots))
    assert first.ask(lambda s: s.scalars(select(PartedScope.scope_id)).all()) == []
    # And it is worked on, and given away, as if it had never been gone.
    first.set(Case, case_id, municipality="By both")
    settled(people)
    found = second.get(Case, case_id)
    assert found is not None and found.municipality == "By both" and first.contents() == second.contents()
    chief.set(Case, case_id, co_workers=None)
    settled(people)
    assert rows_of(first, case_id) == [] and holds_canary(first) == []


def test_no_later_change_and_nothing_sent_again_brings_it_back(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    settled(people)
    chief.set(Case, case_id, municipality="Later")
    second.set(Case, case_id, priority=None, municipality="Later still")
    settled(people)
    for note in ("envelopes_due", "feed_place"):
        with first.vault.settling() as session:
            state.put(session, note, "1" if note == "envelopes_due" else "0")
        first.sync()
        assert rows_of(first, case_id) == [] and waits(first) == []
    rewind(first.engine._begin(Tally()), first.ask(lambda s: state.get(s, state.SERVER_EPOCH)))
    settled(people)
    assert rows_of(first, case_id) == [] and holds_canary(first) == []
    assert not first.ask(device.is_still_fetching)
    first.engine.read_bundle(second.engine.write_bundle().whole)
    first.sync()
    assert rows_of(first, case_id) == [] and first.ask(lambda s: s.scalars(select(WaitingItem.place)).all()) == []


def test_it_stays_while_own_work_in_it_is_refused_and_the_outbox_says_so(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    all_sync(chief, second, times=1)
    facts = first.ask(lambda s: s.scalar(select(Scope.id).where(Scope.kind == str(ScopeKind.CASE))))
    of_case = OutSegment.scope_id == facts
    with first.vault.settling() as session:
        session.execute(update(OutSegment).where(of_case).values(receipt=None, refusal="too_large"))
    settled(people)
    assert rows_of(first, case_id) and waits(first) == [Waits.REFUSED]
    assert first.ask(outbox.counts).refused > 0
    with first.vault.settling() as session:
        session.execute(update(OutSegment).where(of_case).values(refusal=None))
    settled(people)
    assert rows_of(first, case_id) == [] and first.ask(outbox.safe_to_hand_in)


def test_files_of_it_go_first_to_the_server_and_then_from_here(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)

    def no_files(real: Transport, call: Call) -> Reply:
        if "/v1/chunks" in call.url:
            raise Offline(problems.UNREACHABLE)
        return real.exchange(call)

    first.transport.fault = no_files
    data = os.urandom(BODY + 7)
    sealed = first.vault.attachments.keep_bytes(data, 64 * BODY)
    facts = first.scope(ScopeKind.CASE, case_id)
    named = {"owner_kind": "case_file", "owner_id": case_id, "kind": AttachmentKind.FILE, "media_type": "text/plain"}
    first.write(Attachment(scope_id=facts, size=sealed.size, chunks=list(sealed.chunks), key=sealed.key, **named))
    assert first.engine.run_once().offline
    give(chief, case_id, second)
    all_sync(chief, second, chief, second)
    first.engine.run_once()
    all_sync(chief, second)
    assert first.engine.run_once().offline
    assert rows_of(first, case_id) and waits(first) == [Waits.FILES]
    first.transport.fault = None
    settled(people)
    assert rows_of(first, case_id) == []
    assert not any(first.vault.attachments.here.has(name) for name in sealed.chunks)
    assert second.vault.attachments.read_whole(sealed, 64 * BODY) == data


def test_the_alarm_device_of_the_case_goes_with_it_and_facts_go_last(people: People) -> None:
    chief, first, second = people
    case_id, loan_id, track_id = a_case(first), new_id(first), new_id(first)
    loan, alarm = first.scope(ScopeKind.TRACKING, case_id), first.scope(ScopeKind.TRACKING_ALARM, loan_id)
    track = first.scope(ScopeKind.TRACKING_LOCATION, track_id)
    first.write(
        TrackingLoan(id=loan_id, scope_id=loan, case_id=case_id, asset_no=CANARY),
        AlarmEvent(id=new_id(first), scope_id=alarm, loan_id=loan_id, case_id=case_id),
        LocationTrack(id=track_id, scope_id=track, case_id=case_id, loan_id=loan_id),
    )
    settled(people)
    give(chief, case_id, second)
    all_sync(chief, first, times=1)
    assert rows_of(first, case_id) and waits(first) == [Waits.OTHERS]
    settled(people)
    kinds = (TrackingLoan, AlarmEvent, LocationTrack)
    assert rows_of(first, case_id) == [] and holds_canary(first) == []
    assert not any(first.ask(lambda s, kind=kind: s.scalars(select(kind.id)).all()) for kind in kinds)  # type: ignore[misc]
    assert first.ask(lambda s: s.scalars(select(ScopeKey.scope_id)).all()) == []
    assert all(second.ask(lambda s, kind=kind: s.scalars(select(kind.id)).all()) for kind in kinds)  # type: ignore[misc]


def test_who_is_still_on_it_and_who_supervises_keep_it(agency: Agency, recruit: Recruit, people: People) -> None:
    chief, first, second = people
    both = agency.person("Bo Both", (Role.SUP, Role.VSU), ("staff", "unit", "supervisors"))
    lead = recruit(agency, "Bo Both", Role.SUP, person=both)
    settled(people)
    lead.sync()
    shared = a_case(first, co_workers=[second.member_id])
    led = a_case(lead)
    all_sync(lead, *people)
    chief.set(Case, shared, assigned_to=second.member_id, co_workers=[first.member_id])
    chief.set(Case, led, assigned_to=second.member_id)
    all_sync(chief, lead, second, first, times=4)
    assert rows_of(first, shared) and first.ask(leaving).rows == ()
    assert lead.get(Case, led) is not None, "a supervisor reads every case"
    assert lead.ask(lambda s: s.scalars(select(SupportNote.id).where(SupportNote.case_id == led)).all()) == []
    assert second.ask(lambda s: s.scalars(select(SupportNote.text).where(SupportNote.case_id == led)).all())
    # Nobody at all is assigned: work is never orphaned.
    chief.set(Case, shared, assigned_to=None, co_workers=None)
    all_sync(chief, second, first, times=4)
    assert rows_of(first, shared) and rows_of(second, shared)


def test_while_two_supervisors_disagree_nobody_is_off_it(agency: Agency, recruit: Recruit, people: People) -> None:
    chief, first, second = people
    other = recruit(agency, "Sue Supervisor", Role.SUP)
    case_id = a_case(first)
    all_sync(*people, other, times=3)
    chief.set(Case, case_id, municipality="x", assigned_to=second.member_id)
    other.set(Case, case_id, municipality="y", assigned_to=first.member_id, co_workers=None)
    with other.vault.write(other.vault.actor(Role.SUP)) as work:  # decides for what it was, knowing of no other
        work.decide(work.session.get_one(Case, case_id), "assigned_to")
        work.commit()
    all_sync(chief, other, first, second, times=4)
    assert rows_of(first, case_id) and first.ask(leaving).rows == ()


def test_the_servers_word_takes_nothing_away(agency: Agency, recruit: Recruit, people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    all_sync(chief, second, first, times=4)
    agency.change_person(chief.member_id, (Role.VSU,), ("staff",))
    mine = a_case(second)
    all_sync(second, chief, second, chief)

    def nothing_is_yours(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/heads" not in call.url:
            return reply
        heads = protocol.decode(protocol.Heads, reply.body)
        return Reply(reply.status, reply.content_type, protocol.encode(msgspec.structs.replace(heads, heads=[])))

    second.transport.fault = nothing_is_yours
    second.write(Organization(name="Something to send"))
    all_sync(second, chief)
    assert rows_of(chief, case_id), "who was a supervisor keeps what was read as one"
    assert rows_of(second, mine) and rows_of(second, case_id) and second.ask(leaving).rows == ()


def test_many_at_once_wait_for_the_person(people: People) -> None:
    chief, first, second = people
    cases = [a_case(first) for _ in range(3)]
    settled(people)
    for case_id in cases[:2]:
        give(chief, case_id, second)
    settled(people)
    found = first.ask(leaving)
    assert [row.held for row in found.rows] == [True, True] and found.gone == 0
    assert all(rows_of(first, case_id) for case_id in cases)
    # Given back while it waits: there is nothing to approve any more.
    chief.set(Case, cases[1], co_workers=[first.member_id])
    settled(people)
    assert [row.case_id for row in first.ask(leaving).held] == [cases[0]]
    do(first, let_leave, LetLeave(case_ids=(cases[0],)))
    settled(people)
    assert rows_of(first, cases[0]) == [] and rows_of(first, cases[1]) and rows_of(first, cases[2])
    with pytest.raises(RuleBroken, match="waits"):
        do(first, let_leave, LetLeave(case_ids=(cases[0],)))


def test_older_backups_are_gone_a_week_later(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    held = first.vault.back_up()
    give(chief, case_id, second)
    settled(people)
    assert held.exists() and TRACE in everything_in(held, first.vault._data_key)
    first.clock.ahead += timedelta(days=KEPT_DAYS + 1)
    first.vault.back_up()
    left = backup.listed(first.vault.folder)
    assert held not in left and all(TRACE not in everything_in(path, first.vault._data_key) for path in left)


def test_a_server_that_forgot_is_told_again_by_who_has_no_key_any_more(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    agency = own_server.agency()
    people = staffed(agency, recruit)
    chief, first, second = people
    own_server.copy(tmp_path / "copy")
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    settled(people)
    assert rows_of(first, case_id) == []
    own_server.put_back(tmp_path / "copy")
    late = recruit(agency, "Sue Supervisor", Role.SUP)
    all_sync(first, late, second, chief, times=4)
    found = late.get(Case, case_id)
    assert found is not None and found.municipality == f"{CANARY} town"
    # Who has not heard again of whose it is now may have handed its key out once more; there is nothing under it.
    scopes = first.ask(lambda s: s.scalars(select(Scope.id).where(Scope.anchor_id == case_id)).all())
    assert set(rows_of(first, case_id)) <= set(scopes) and holds_canary(first) == []
    chief.set(Case, case_id, co_workers=[first.member_id])
    all_sync(chief, first, second, chief, first)
    assert first.get(Case, case_id) is not None, "and it can be given back"
    assert late.ask(lambda s: s.scalars(select(SafeContact.id).where(SafeContact.case_id == case_id)).all())
    with closing(EmbeddedStore(Settings(data=own_server.folder))) as store, store.reading() as connection:
        stored = select(func.count()).where(segments.c.device_id == first.vault.device_id)
        assert connection.scalar(stored.where(segments.c.agency_id == agency.agency_id))
    assert first.ask(owed) == 0 and first.ask(lambda s: s.scalar(select(KeptSealed.name).limit(1))) is not None
    first.clock.ahead += timedelta(days=1)
    with first.vault.settling() as session:
        session.execute(update(KeptSealed).values(kept_at=first.clock() - timedelta(days=37)))
        session.execute(delete(LeavingCase))
    first.write(Organization(name="Another day"))
    first.sync()
    assert first.ask(lambda s: s.scalars(select(KeptSealed.name)).all()) == []


def test_what_the_server_does_not_sign_for_is_still_owed_and_the_outbox_says_so(people: People) -> None:
    chief, first, second = people
    case_id = a_case(first)
    settled(people)
    give(chief, case_id, second)
    settled(people)
    with first.vault.settling() as session:
        session.execute(update(KeptSealed).values(owed=True))

    def nothing_is_signed(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if "/v1/push" not in call.url:
            return reply
        result = msgspec.structs.replace(protocol.decode(protocol.PushResult, reply.body), receipts=[])
        return Reply(reply.status, reply.content_type, protocol.encode(result))

    first.transport.fault = nothing_is_signed
    assert first.sync().counts.only_here > 0
    assert first.ask(owed) > 0 and not first.ask(outbox.safe_to_hand_in) and first.ask(outbox.counts).forgotten > 0
    first.transport.fault = None
    first.write(Organization(name="Something to send"))
    first.sync()
    assert first.ask(owed) == 0 and first.ask(outbox.safe_to_hand_in) and rows_of(first, case_id) == []


def test_a_round_that_dies_at_any_saving_takes_it_off_in_the_end(people: People) -> None:
    chief, first, second = people
    seen: list[str] = []
    cases: list[str] = []
    at, died = 0, True
    while died:
        at += 1
        cases.append(a_case(first))
        all_sync(first, chief, first, times=1)
        give(chief, cases[-1], second)
        all_sync(chief, first, second, second, times=1)
        assert rows_of(first, cases[-1])
        try:
            SyncEngine(first.vault, first.transport, first.clock, step=DyingAt(at, seen)).run_once()
            died = False
        except Died:
            pass
        first.sync()
        assert rows_of(first, cases[-1]) == [], seen[-1:]
    assert holds_canary(first) == []
    assert {"unassign saving", "unassign saved"} <= set(seen), seen
    all_sync(second, chief)
    for case_id in cases:
        assert rows_of(second, case_id)
        asked = select(SupportNote.text).where(SupportNote.case_id == case_id)
        assert second.ask(partial(Session.scalar, statement=asked))
    assert first.ask(leaving).gone == len(cases) and first.ask(lambda s: s.scalars(select(ScopeKey)).all()) == []
