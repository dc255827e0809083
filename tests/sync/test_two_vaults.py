"""Two and more real vaults and a real server: what one writes the other reads, and nothing is lost on the way."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.agency import Organization, Service
from app.models.crisis import Case, Responder, ServiceRequest, SupportNote
from app.models.local.tables import LoggedChange, NumberBlock, OutSegment, Scope, Sibling, WaitingItem
from app.models.people import SafeContact
from app.models.vocab import ResponderStatus, Role, ScopeKind, Tri
from app.queries import device
from app.sync import protocol
from app.sync.client import hybrid
from app.sync.client.engine import SyncEngine
from app.sync.client.keys import ScopePayload
from app.sync.client.numbers import opaque
from app.sync.client.problems import Offline
from app.sync.client.transport import Call, Reply, Transport
from app.sync.server.settings import Settings
from app.sync.server.store import FLOOR_FILE, EmbeddedStore
from app.sync.server.tables import envelopes
from app.vault import ids
from app.vault.unit_of_work import UnitOfWork
from app.vault.vault import open_vault, restore_backup
from tests.sync.conftest import PASSPHRASE, Agency, Clock, Recruit, ServerProcess, Station


def new_id(station: Station) -> str:
    """A fresh record id."""
    return ids.new_id(station.vault.now(), os.urandom)


def all_sync(*stations: Station, times: int = 2) -> None:
    """Everybody, often enough that what one gave the others took."""
    for _ in range(times):
        for station in stations:
            station.sync()


@pytest.fixture
def supervisor(agency: Agency, recruit: Recruit) -> Station:
    """The first of the agency: founds its groups."""
    made = recruit(agency, "Sam Supervisor", Role.SUP)
    made.sync()
    return made


def test_what_is_written_offline_reaches_the_other(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    officer = recruit(agency, "Olive Officer", Role.OFF)
    request_id = new_id(officer)
    scope = officer.scope(ScopeKind.REQUEST, request_id)
    officer.write(ServiceRequest(id=request_id, scope_id=scope, hazards="Dog at the door", contact_safe=Tri.NO))
    assert officer.engine.state().counts.only_here == 0  # as of the last round

    officer.sync()
    report = supervisor.sync()

    found = supervisor.get(ServiceRequest, request_id)
    assert found is not None and found.hazards == "Dog at the door" and found.contact_safe is Tri.NO
    assert found.created_by == officer.member_id
    assert report.changes.kinds == {"service_request"} and report.changes.ids == {request_id}
    assert officer.contents() == supervisor.contents()
    assert officer.engine.state().counts.only_here == 0
    assert officer.ask(lambda session: session.scalars(select(OutSegment.receipt)).all()) != [None]


def test_concurrent_edits_are_both_kept_and_flagged(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    worker = recruit(agency, "Wanda Worker")
    case_id = new_id(worker)
    scope = worker.scope(ScopeKind.CASE, case_id)
    worker.write(Case(id=case_id, scope_id=scope, assigned_to=worker.member_id, municipality="Milton"))
    all_sync(worker, supervisor)

    worker.set(Case, case_id, municipality="Burlington", priority=None)
    supervisor.set(Case, case_id, municipality="Oakville", support_level=None)
    all_sync(worker, supervisor)

    for station in (worker, supervisor):
        case = station.get(Case, case_id)
        assert case is not None and case.flagged and case.municipality == "Oakville"
        values = station.ask(lambda s: set(s.scalars(select(Sibling.value).where(Sibling.record_id == case_id))))
        assert values == {"Burlington", "Oakville"}
    assert worker.contents() == supervisor.contents()


def test_the_protective_value_shows_on_both(agency: Agency, recruit: Recruit) -> None:
    one, two = (recruit(agency, name, groups=("staff", "unit")) for name in ("Wanda Worker", "Will Worker"))
    case_id, contact_id = new_id(one), new_id(one)
    all_sync(one, two)
    scope = one.scope(ScopeKind.CASE, case_id)
    one.write(
        Case(id=case_id, scope_id=scope, assigned_to=one.member_id, co_workers=[two.member_id]),
        SafeContact(id=contact_id, scope_id=scope, safe_to_use=Tri.UNKNOWN),
    )
    all_sync(one, two)
    one.set(SafeContact, contact_id, safe_to_use=Tri.NO)
    two.set(SafeContact, contact_id, safe_to_use=Tri.YES)
    all_sync(one, two)
    for station in (one, two):
        contact = station.get(SafeContact, contact_id)
        assert contact is not None and contact.flagged and contact.safe_to_use is Tri.NO
        authors = station.ask(lambda session: set(session.scalars(select(Sibling.author))))
        assert authors == {one.member_id, two.member_id}
    assert one.contents() == two.contents()

    # A person decides; the decision travels like any other change.
    two.set(SafeContact, contact_id, safe_to_use=Tri.UNKNOWN)
    all_sync(two, one)
    for station in (one, two):
        contact = station.get(SafeContact, contact_id)
        assert contact is not None and not contact.flagged and contact.safe_to_use is Tri.UNKNOWN
    assert one.contents() == two.contents()


def test_private_notes_never_reach_the_supervisor(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    canary = "canary-7f3a: she told only me"
    worker = recruit(agency, "Wanda Worker")
    case_id = new_id(worker)
    facts = worker.scope(ScopeKind.CASE, case_id)
    private = worker.scope(ScopeKind.CASE_PRIVATE, case_id)
    worker.write(
        Case(id=case_id, scope_id=facts, assigned_to=worker.member_id),
        SupportNote(id=new_id(worker), scope_id=private, text=canary),
    )
    all_sync(worker, supervisor)

    assert supervisor.get(Case, case_id) is not None
    assert supervisor.holds(ScopeKind.CASE, case_id) and not supervisor.holds(ScopeKind.CASE_PRIVATE, case_id)
    logged = supervisor.ask(lambda session: b"".join(session.scalars(select(LoggedChange.fields))))
    kept = supervisor.ask(lambda session: b"".join(session.scalars(select(WaitingItem.body))))
    assert b"canary-7f3a" not in logged + kept
    assert private not in supervisor.ask(lambda session: session.scalars(select(LoggedChange.scope_id)).all())
    on_disk = b"".join(file.read_bytes() for file in agency.server.folder.iterdir() if file.is_file())
    assert b"canary-7f3a" not in on_disk and b"Wanda Worker" not in on_disk


def test_a_worker_assigned_later_reads_the_history(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    first, second = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    case_id, note_id = new_id(first), new_id(first)
    facts, private = first.scope(ScopeKind.CASE, case_id), first.scope(ScopeKind.CASE_PRIVATE, case_id)
    first.write(
        Case(id=case_id, scope_id=facts, assigned_to=first.member_id, municipality="Milton"),
        SupportNote(id=note_id, scope_id=private, text="What was said"),
    )
    for text in ("Halton Hills", "Oakville"):
        all_sync(first, supervisor, second, times=1)
        first.set(Case, case_id, municipality=text)
    all_sync(first, supervisor, second)
    assert second.get(Case, case_id) is None and not second.holds(ScopeKind.CASE, case_id)

    supervisor.set(Case, case_id, assigned_to=second.member_id)
    all_sync(supervisor, second)
    # The supervisor could hand over the facts; the private notes only the worker who has them.
    assert second.get(Case, case_id) is not None and second.get(SupportNote, note_id) is None
    all_sync(first, second)

    found, note = second.get(Case, case_id), second.get(SupportNote, note_id)
    assert found is not None and found.municipality == "Oakville"
    assert note is not None and note.text == "What was said"
    # What is written from here on is closed to who was taken off the case; what they had leaves their computer.
    second.set(SupportNote, note_id, text="And more")
    second.set(Case, case_id, municipality="Burlington")
    all_sync(second, first, supervisor)
    assert first.get(Case, case_id) is None and first.get(SupportNote, note_id) is None
    seen = supervisor.get(Case, case_id)
    assert seen is not None and seen.municipality == "Burlington"


def test_a_volunteer_reads_the_request_they_are_called_to_and_no_private_note(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    worker, volunteer = recruit(agency, "Wanda Worker"), recruit(agency, "Vera Volunteer", Role.VOL)
    called, other, case_id, note_id = (new_id(worker) for _ in range(4))
    private = worker.scope(ScopeKind.CASE_PRIVATE, case_id)
    request = worker.scope(ScopeKind.REQUEST, called)
    worker.write(
        ServiceRequest(id=called, scope_id=request, location="14 Fictional Crescent"),
        ServiceRequest(id=other, scope_id=worker.scope(ScopeKind.REQUEST, other), location="2 Other Street"),
        Responder(
            id=new_id(worker),
            scope_id=request,
            request_id=called,
            member_id=volunteer.member_id,
            status=ResponderStatus.ACCEPTED,
        ),
        Case(
            id=case_id,
            scope_id=worker.scope(ScopeKind.CASE, case_id),
            assigned_to=worker.member_id,
            co_workers=[volunteer.member_id],
        ),
        SupportNote(id=note_id, scope_id=private, text="What was said"),
    )
    all_sync(supervisor, worker, volunteer, times=3)
    assert volunteer.get(ServiceRequest, called) is not None
    assert volunteer.get(ServiceRequest, other) is None
    assert volunteer.get(Case, case_id) is not None, "a volunteer on a case reads its facts"
    assert volunteer.get(SupportNote, note_id) is None
    assert not volunteer.holds(ScopeKind.CASE_PRIVATE, case_id)


def test_a_device_that_joins_later_gets_everything(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    worker = recruit(agency, "Wanda Worker")

    def sixty_cases(work: UnitOfWork) -> None:
        for number in range(60):
            case_id = work.new_id()
            scope = work.open_scope(ScopeKind.CASE, case_id)
            work.session.add(Case(id=case_id, scope_id=scope, assigned_to=worker_id, number=f"N-{number}"))

    worker_id = worker.member_id
    worker.write(then=sixty_cases)
    all_sync(worker, supervisor)
    late = recruit(agency, "Sue Supervisor", Role.SUP)
    late.sync()  # is known now, holds no group key yet
    assert "case_file" not in late.contents() and late.ask(device.is_still_fetching)
    supervisor.sync()
    late.sync()
    assert not late.ask(device.is_still_fetching)
    assert late.contents() == supervisor.contents() and len(late.contents()["case_file"]) == 60
    # More scopes were opened at once than are worth a question each.
    assert not any("/segments" in url for url in late.transport.calls)


def test_more_than_one_segment_at_once(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    other = recruit(agency, "Sue Supervisor", Role.SUP)
    all_sync(other, supervisor, other)

    def many(work: UnitOfWork) -> None:
        scope = work.open_scope(ScopeKind.AGENCY, agency.agency_id)
        for number in range(1100):
            long = f"{number} {random.Random(number).randbytes(400).hex()}"  # so that pages end in between
            work.session.add(Organization(id=work.new_id(), scope_id=scope, name=long))

    supervisor.write(then=many)
    assert supervisor.sync().sent == 3 + 1, "one with the trail of so many entries"
    pages = len(other.transport.calls)
    assert other.sync().received == 3 + 1
    assert len([url for url in other.transport.calls[pages:] if "/v1/feed" in url]) > 1
    assert len(other.contents()["organization"]) == 1100 and other.contents() == supervisor.contents()


def test_someone_put_into_a_group_later_reads_what_is_older(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    person = agency.person("Wanda Worker", (Role.VSU,), ("staff",))
    worker = recruit(agency, "Wanda Worker", person=person)
    officer = recruit(agency, "Olive Officer", Role.OFF)
    request_id = new_id(officer)
    officer.write(ServiceRequest(id=request_id, scope_id=officer.scope(ScopeKind.REQUEST, request_id), hazards="Ice"))
    all_sync(officer, supervisor, worker)
    assert worker.get(ServiceRequest, request_id) is None
    agency.change_person(person, (Role.VSU,), ("staff", "unit"))
    all_sync(worker, supervisor, worker)
    assert worker.get(ServiceRequest, request_id) is not None


def test_a_second_device_of_a_person_reads_the_same(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    person = agency.person("Wanda Worker", (Role.VSU,), ("staff", "unit"))
    laptop = recruit(agency, "Wanda Worker", person=person)
    case_id = new_id(laptop)
    private = laptop.scope(ScopeKind.CASE_PRIVATE, case_id)
    laptop.write(
        Case(id=case_id, scope_id=laptop.scope(ScopeKind.CASE, case_id), assigned_to=laptop.member_id),
        SupportNote(id=new_id(laptop), scope_id=private, text="For both"),
    )
    tablet = recruit(agency, "Wanda Worker", person=person)
    all_sync(laptop, tablet, supervisor)
    assert tablet.contents() == laptop.contents()
    assert laptop.get(Case, case_id) is not None


def test_a_clock_ten_years_ahead_does_no_harm(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    fast = Clock()
    worker = recruit(agency, "Wanda Worker", clock=fast)
    fast.ahead = timedelta(days=3652)
    organization = new_id(supervisor)
    all_sync(supervisor, worker)
    worker.write(Organization(id=organization, name="Harbour House"))
    all_sync(worker, supervisor)
    supervisor.set(Organization, organization, name="Harbour House (moved)")
    all_sync(supervisor, worker)
    for station in (worker, supervisor):
        found = station.get(Organization, organization)
        assert found is not None and found.name == "Harbour House (moved)" and not found.flagged
    assert worker.contents() == supervisor.contents()
    # Receipts are kept by the server's clock, so nothing was let go ten years early.
    assert worker.ask(lambda session: session.scalar(select(func.count()).select_from(OutSegment))) == 1
    dots = supervisor.ask(lambda session: session.scalars(select(LoggedChange.dot).order_by(LoggedChange.seq)).all())
    assert dots[0] > dots[-1], "the supervisor's clock was not dragged along"


def test_a_server_that_went_back_is_told_again(own_server: ServerProcess, recruit: Recruit, tmp_path: Path) -> None:
    agency = own_server.agency()
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    early, late = new_id(one), new_id(two)
    one.write(Organization(id=early, name="Before the copy"))
    all_sync(one, two)
    own_server.copy(tmp_path / "copy")
    case_id = new_id(two)
    two.write(Organization(id=late, name="After the copy"))
    two.write(Case(id=case_id, scope_id=two.scope(ScopeKind.CASE, case_id), assigned_to=two.member_id))
    two.sync()  # `one` has not read it yet
    one.set(Organization, early, name="Changed after the copy")
    one.sync()
    own_server.put_back(tmp_path / "copy")

    late_comer = recruit(agency, "Will Worker", Role.SUP)
    all_sync(one, two, late_comer)
    all_sync(one, two, late_comer)

    assert one.contents() == late_comer.contents()
    assert {row.id for row in one.ask(lambda session: session.scalars(select(Organization)).all())} == {early, late}
    assert one.get(Case, case_id) is not None and two.get(Organization, late) is not None
    assert two.engine.state().counts.only_here == 0


def test_a_server_that_forgot_a_scope_and_went_on_is_told_again(
    own_server: ServerProcess, recruit: Recruit, tmp_path: Path
) -> None:
    agency = own_server.agency()
    one, two = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(one, two, one, two)
    own_server.copy(tmp_path / "copy")
    case_id = new_id(two)
    two.write(Case(id=case_id, scope_id=two.scope(ScopeKind.CASE, case_id), assigned_to=two.member_id))
    two.sync()
    own_server.put_back(tmp_path / "copy")
    for number in range(6):  # the feed ends beyond where it was read to, so its end tells nothing
        one.write(Organization(id=new_id(one), name=f"Written since {number}"))
        one.sync()
    all_sync(two, one, times=3)
    assert one.get(Case, case_id) is not None


def lost_before(real: Transport, call: Call) -> Reply:
    """The message does not arrive."""
    raise Offline("The server could not be reached")


def lost_after(real: Transport, call: Call) -> Reply:
    """The message arrives, its answer does not."""
    real.exchange(call)
    raise Offline("The server could not be reached")


def a_portal(real: Transport, call: Call) -> Reply:
    """A public network wants to be signed in to."""
    return Reply(200, "text/html", b"<html>Accept our terms</html>")


def garbage(real: Transport, call: Call) -> Reply:
    """The answer was damaged on the way."""
    reply = real.exchange(call)
    return Reply(reply.status, reply.content_type, reply.body[: len(reply.body) // 2])


def test_trouble_at_any_message_loses_nothing(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    worker = recruit(agency, "Wanda Worker")
    all_sync(worker, supervisor, worker)
    written: list[str] = []
    sentences: set[str] = set()

    def round_with_trouble(at: int, fault: Callable[[Transport, Call], Reply]) -> bool:
        """One round with new work in which message `at` goes wrong; False when it had fewer messages."""
        written.append(new_id(worker))
        case_id = new_id(worker)
        worker.write(Organization(id=written[-1], name=f"Number {len(written)}"))
        worker.write(Case(id=case_id, scope_id=worker.scope(ScopeKind.CASE, case_id), assigned_to=worker.member_id))
        before = len(worker.transport.calls)
        worker.transport.fault = lambda real, call: (
            fault(real, call) if len(worker.transport.calls) - before == at else real.exchange(call)
        )
        worker.engine = SyncEngine(worker.vault, worker.transport, worker.clock)  # signs in anew
        report = worker.engine.run_once()
        sentences.add(report.trouble)
        assert 0 < worker.engine.next_delay(report) <= 15 * 60
        return report.trouble != ""

    for fault in (lost_before, lost_after, a_portal, garbage):
        at = 1
        while round_with_trouble(at, fault):
            at += 1
        assert at > 5  # challenge, session, feed, keys, segments
    assert len(sentences) == 4  # unreachable, something in between, not understood, and none
    worker.transport.fault = None
    all_sync(worker, supervisor)
    assert supervisor.ask(lambda session: sorted(session.scalars(select(Organization.id)))) == sorted(written)
    assert worker.contents() == supervisor.contents()
    assert len(supervisor.contents()["case_file"]) == len(written)


def test_a_restored_vault_goes_on_without_forking(
    agency: Agency, recruit: Recruit, supervisor: Station, tmp_path: Path
) -> None:
    worker = recruit(agency, "Wanda Worker")
    all_sync(worker, supervisor, worker)
    kept, lost, new = new_id(worker), new_id(worker), new_id(worker)
    worker.write(Organization(id=kept, name="Kept"))
    worker.sync()
    backup = worker.vault.back_up()
    worker.write(Organization(id=lost, name="Written after the backup"))
    worker.set(Organization, kept, name="Changed after the backup")
    worker.sync()
    worker.vault.close()
    restore_backup(worker.vault.folder, backup, PASSPHRASE)
    with open_vault(worker.vault.folder, PASSPHRASE) as vault:
        again = Station(vault, Role.VSU, worker.clock)
        try:
            again.write(Organization(id=new, name="Written before the first contact"))
            all_sync(again, supervisor)
            assert again.contents()["organization"] == supervisor.contents()["organization"]
            assert len(again.contents()["organization"]) == 3
            assert again.engine.state().counts.refused == 0
        finally:
            again.engine.close()


def content_hash(station: Station) -> str:
    """One hash over every record, field by field, and all values that wait for a decision."""
    return hashlib.sha256(repr(sorted(station.contents().items())).encode()).hexdigest()


@pytest.mark.parametrize("seed", range(3))
def test_random_schedules_converge(agency: Agency, recruit: Recruit, seed: int) -> None:
    chance = random.Random(seed)
    first = recruit(agency, "Sam Supervisor", Role.SUP)
    first.sync()
    stations = [first, *(recruit(agency, name, Role.SUP) for name in ("Sue Supervisor", "Stan Supervisor"))]
    all_sync(*stations)
    first.write(Organization(id=new_id(first), name="Common ground"))
    all_sync(*stations)
    places = ["Milton", "Oakville", "Burlington", None]
    for _ in range(40):
        station = chance.choice(stations)
        known = station.ask(lambda session: session.scalars(select(Organization.id).order_by(Organization.id)).all())
        services = station.ask(lambda session: session.scalars(select(Service.id).order_by(Service.id)).all())
        match chance.randrange(8):
            case 0:
                station.write(Organization(id=new_id(station), name=f"Org {chance.random()}"))
            case 1:
                station.write(Service(id=new_id(station), organization_id=chance.choice(known), status="active"))
            case 2 | 3:
                station.set(Organization, chance.choice(known), name=f"Name {chance.randrange(3)}")
            case 4 if services:
                station.set(Service, chance.choice(services), municipality=chance.choice(places))
            case 5:
                removed = station.vault.now() if chance.random() < 0.5 else None
                station.set(Organization, chance.choice(known), removed_at=removed)
            case _:
                station.sync()
    all_sync(*stations, times=3)
    hashes = {content_hash(station) for station in stations}
    assert len(hashes) == 1, f"seed {seed}"
    counts = [station.ask(_applied) for station in stations]
    assert len(set(counts)) == 1 and all(station.engine.state().counts.quarantined == 0 for station in stations)


def _applied(session: Session) -> tuple[int, int]:
    """How many changes the log has, and how many different ones."""
    dots = session.scalars(select(LoggedChange.dot)).all()
    return len(dots), len(set(dots))


def test_record_numbers_are_reserved_before_they_are_needed(
    agency: Agency, recruit: Recruit, supervisor: Station
) -> None:
    worker = recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    numbers: list[str] = []
    for station in (supervisor, worker, supervisor, worker):
        with station.vault.write(station.vault.actor(station.role)) as work:
            for _ in range(20):
                number = work.next_number("VSU")
                assert number is not None
                numbers.append(number)
            work.commit()
        station.sync()
    assert len(set(numbers)) == len(numbers) == 80
    spare = worker.ask(
        lambda session: session.scalar(
            select(func.count()).select_from(NumberBlock).where(NumberBlock.following == NumberBlock.first)
        )
    )
    assert spare >= 2
    floor = (agency.server.folder / FLOOR_FILE).read_text()
    assert opaque(agency.agency_id, "VSU") in floor and "VSU" not in floor


def test_every_scope_can_be_opened_with_the_recovery_key(agency: Agency, recruit: Recruit) -> None:
    officer = recruit(agency, "Olive Officer", Role.OFF)
    request_id = new_id(officer)
    scope = officer.scope(ScopeKind.REQUEST, request_id)
    officer.write(ServiceRequest(id=request_id, scope_id=scope))
    officer.sync()
    with closing(EmbeddedStore(Settings(data=agency.server.folder))) as store, store.reading() as connection:
        body = connection.scalar(
            select(envelopes.c.body).where(envelopes.c.subject_id == scope, envelopes.c.recipient == "recovery")
        )
    assert body is not None
    envelope = protocol.decode(protocol.Envelope, body)
    info = hybrid.bound_to(agency.agency_id, "scope", scope, 1, "recovery", protocol.RECOVERY)
    opened = hybrid.unseal(envelope.sealed, agency.recovery_private, info)
    assert opened is not None
    payload = msgspec.msgpack.decode(opened, type=ScopePayload)
    assert (payload.kind, payload.anchor_id) == ("request", request_id)
    assert hybrid.unseal(envelope.sealed, agency.recovery_private, info + b"?") is None


def test_scopes_are_offered_once(agency: Agency, recruit: Recruit, supervisor: Station) -> None:
    supervisor.write(Organization(name="Once"))
    all_sync(supervisor)
    before = len(supervisor.transport.calls)
    supervisor.sync()
    assert not [url for url in supervisor.transport.calls[before:] if "/v1/push" in url or "/v1/session" in url]
    assert supervisor.ask(lambda session: session.scalars(select(Scope.offered)).all()) == [True]
