"""Files between two vaults: they follow their records, in pieces, whole or not at all, and hold nothing up."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.errors import EnvironmentProblem
from app.models.agency import Organization
from app.models.attachments import Attachment
from app.models.local.tables import ChunkErrand
from app.models.rules.attachments import Sealed
from app.models.vocab import AttachmentKind, Role
from app.queries import outbox
from app.sync import protocol
from app.sync.client import chunks, problems
from app.sync.client.engine import SyncEngine
from app.sync.client.problems import Offline
from app.sync.client.transport import Call, Reply, Transport
from app.vault.chunks import BODY, Missing
from tests.sync.client.test_every_step import Died, DyingAt
from tests.sync.conftest import Agency, Recruit, ServerProcess, Station
from tests.sync.test_two_vaults import all_sync

MOST = 64 * BODY


def attach(station: Station, data: bytes, small: bytes = b"") -> Sealed:
    """A file of an organization, with a small picture if there is one."""
    kept = station.vault.attachments
    sealed, preview = kept.keep_bytes(data, MOST), kept.keep_bytes(small, MOST) if small else None
    station.write(
        Attachment(
            owner_kind="organization",
            owner_id="somebody",
            kind=AttachmentKind.FILE,
            media_type="text/plain",
            size=sealed.size,
            chunks=list(sealed.chunks),
            key=sealed.key,
            preview_size=preview.size if preview else None,
            preview_chunks=list(preview.chunks) if preview else None,
            preview_key=preview.key if preview else None,
        )
    )
    return sealed


def errands(station: Station) -> int:
    return len(station.ask(lambda session: session.scalars(select(ChunkErrand.name)).all()))


def counts(station: Station) -> tuple[int, int]:
    found = station.ask(outbox.counts)
    return found.files, found.coming


@pytest.fixture
def pair(agency: Agency, recruit: Recruit) -> tuple[Station, Station]:
    """Two people who read the agency's scope."""
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    return supervisor, worker


def test_a_file_follows_its_record_and_is_read_without_a_restart(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    data = secrets.token_bytes(2 * BODY + 77)
    sealed = attach(worker, data, b"small")
    assert counts(worker) == (1, 0)
    worker.sync()
    assert counts(worker) == (0, 0) == (errands(worker), 0)
    report = supervisor.sync()
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == data
    assert {"attachment", "organization"} <= report.changes.kinds and "somebody" in report.changes.ids
    assert errands(supervisor) == 0


def test_the_record_is_there_although_the_file_is_not(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair

    def no_files(real: Transport, call: Call) -> Reply:
        if "/v1/chunks" in call.url:
            raise Offline(problems.UNREACHABLE)
        return real.exchange(call)

    worker.transport.fault = no_files
    sealed = attach(worker, b"a drawing")
    assert worker.engine.run_once().offline
    supervisor.sync()
    assert supervisor.ask(lambda session: session.scalar(select(Attachment.chunks))) == list(sealed.chunks)
    assert counts(worker) == (1, 0) and counts(supervisor) == (0, 1)
    delays = []
    for _ in range(7):
        report = supervisor.sync()
        assert report.awaited == 1
        delays.append(supervisor.engine.next_delay(report))
    assert delays[0] <= 5 < 45 <= delays[-1], "a file mostly follows soon; one that does not is asked for now and then"
    with pytest.raises(Missing):
        supervisor.vault.attachments.read_whole(sealed, MOST)
    worker.transport.fault = None
    all_sync(worker, supervisor, times=1)
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == b"a drawing"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, protocol.ProblemCode.NOT_FOUND),
        (429, protocol.ProblemCode.TOO_MANY),
        (507, protocol.ProblemCode.STORE_FULL),
    ],
)
def test_a_server_that_takes_no_files_is_no_trouble(pair: tuple[Station, Station], status: int, code: str) -> None:
    supervisor, worker = pair
    problem = protocol.encode_problem(protocol.Problem("urn:haven:problem", "No files.", status, code))

    def refuse(real: Transport, call: Call) -> Reply:
        if "/v1/chunks" in call.url:
            return Reply(status, protocol.PROBLEM_TYPE, problem, 3600)
        return real.exchange(call)

    worker.transport.fault = refuse
    attach(worker, b"a drawing")
    worker.write(Organization(name="Shelter"))
    report = worker.sync()
    assert not report.retry_after and counts(worker) == (1, 0)
    supervisor.sync()
    assert supervisor.ask(lambda session: session.scalar(select(Organization.name))) == "Shelter"
    worker.transport.fault = None
    worker.sync()
    assert counts(worker) == (0, 0)


def test_a_round_carries_so_much_and_the_next_one_goes_on(
    pair: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ROUND_BYTES", BODY)
    supervisor, worker = pair
    data = secrets.token_bytes(9 * BODY)
    sealed = attach(worker, data)
    for station in (worker, supervisor):
        report = station.sync()
        assert report.more and station.engine.next_delay(report) <= 2 and errands(station)
        while station.sync().more:
            pass
        assert errands(station) == 0
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == data


def test_small_pictures_go_before_large_files(pair: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ROUND_BYTES", 1)
    supervisor, worker = pair
    attach(worker, secrets.token_bytes(6 * BODY), b"small")
    while worker.sync().more:
        pass
    supervisor.sync()
    small = supervisor.ask(lambda session: session.scalar(select(Attachment.preview_chunks)))
    large = supervisor.ask(lambda session: session.scalar(select(Attachment.chunks)))
    here = supervisor.vault.attachments.here
    assert small and all(here.has(name) for name in small) and not all(here.has(name) for name in large)


def test_a_transfer_that_breaks_off_goes_on_at_the_next_chunk(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    data = secrets.token_bytes(9 * BODY)
    sealed = attach(worker, data)
    given: list[int] = []

    def breaking(path: str) -> Callable[[Transport, Call], Reply]:
        seen = []

        def fault(real: Transport, call: Call) -> Reply:
            if call.url.endswith(path):
                seen.append(call)
                if len(seen) == 2:
                    raise Offline(problems.UNREACHABLE)
                given.append(len(call.body or b""))
            return real.exchange(call)

        return fault

    worker.transport.fault, supervisor.transport.fault = breaking("/v1/chunks"), breaking("/v1/chunks/fetch")
    assert worker.engine.run_once().offline
    left = errands(worker)
    assert 0 < left < 9
    worker.sync()
    assert sum(given) < 9 * (BODY + 1000)  # nothing that was answered was sent again
    assert supervisor.engine.run_once().offline
    assert 0 < errands(supervisor) < 9
    supervisor.sync()
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == data


def test_a_wrong_byte_is_never_kept(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    sealed = attach(worker, b"a drawing")
    worker.sync()

    def lying(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if not call.url.endswith("/fetch"):
            return reply
        handed = protocol.decode(protocol.ChunksHanded, reply.body)
        wrong = [protocol.ChunkHeld(one.name, one.sealed[:-1] + b"!") for one in handed.chunks]
        spoiled = protocol.ChunksHanded(wrong, [], handed.server_epoch, handed.server_time)
        return Reply(200, protocol.MEDIA_TYPE, protocol.encode(spoiled))

    supervisor.transport.fault = lying
    assert supervisor.engine.run_once().trouble == problems.NONSENSE
    assert not supervisor.vault.attachments.here.has(sealed.chunks[0]) and errands(supervisor) == 1
    supervisor.transport.fault = None
    supervisor.sync()
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == b"a drawing"


def test_a_server_that_says_nothing_about_what_was_asked_ends_the_round(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    attach(worker, b"a drawing")
    worker.sync()

    def empty(real: Transport, call: Call) -> Reply:
        reply = real.exchange(call)
        if not call.url.endswith("/fetch"):
            return reply
        handed = protocol.decode(protocol.ChunksHanded, reply.body)
        nothing = protocol.ChunksHanded([], [], handed.server_epoch, handed.server_time)
        return Reply(200, protocol.MEDIA_TYPE, protocol.encode(nothing))

    supervisor.transport.fault = empty
    assert supervisor.engine.run_once().trouble == problems.NONSENSE


def test_a_removed_file_is_carried_nowhere(pair: tuple[Station, Station]) -> None:
    _, worker = pair
    sealed = attach(worker, b"a drawing")
    with worker.vault.write(worker.vault.actor(worker.role)) as work:
        work.session.scalars(select(Attachment)).one().removed_at = work.now()
        work.commit()
    assert counts(worker) == (0, 0) == (errands(worker), 0)
    worker.sync()
    assert not any("/v1/chunks" in url for url in worker.transport.calls)
    assert not worker.vault.attachments.here.has(sealed.chunks[0])


def test_nothing_to_carry_asks_nothing(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    attach(worker, b"a drawing")
    all_sync(worker, supervisor)
    for station in pair:
        station.transport.calls.clear()
        station.sync()
        assert not any("/v1/chunks" in url for url in station.transport.calls)


def test_a_file_damaged_here_is_given_to_nobody(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    bad, good = attach(worker, b"bad"), attach(worker, b"good")
    worker.vault.attachments.here.path(bad.chunks[0]).write_bytes(b"flipped")
    all_sync(worker, supervisor)
    assert supervisor.vault.attachments.read_whole(good, MOST) == b"good"
    with pytest.raises(EnvironmentProblem):
        supervisor.vault.attachments.read_whole(bad, MOST)
    assert counts(worker) == (1, 0)


def test_a_server_put_back_to_an_older_copy_is_given_the_files_again(
    own_server: ServerProcess, recruit: Recruit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    agency = own_server.agency()
    supervisor, worker = recruit(agency, "Sam Supervisor", Role.SUP), recruit(agency, "Wanda Worker")
    all_sync(supervisor, worker)
    copy = tmp_path_factory.mktemp("older") / "copy"
    own_server.copy(copy)
    sealed = attach(worker, b"a drawing")
    worker.sync()
    own_server.put_back(copy)
    worker.sync()
    supervisor.sync()
    assert supervisor.vault.attachments.read_whole(sealed, MOST) == b"a drawing"


def test_a_colleague_who_holds_the_file_gives_it_too(pair: tuple[Station, Station], agency: Agency) -> None:
    """The bytes came by another way: whoever has them lets the server have them."""
    supervisor, worker = pair
    sealed = attach(worker, b"a drawing")
    worker.transport.fault = lambda real, call: (
        (_ for _ in ()).throw(Offline(problems.UNREACHABLE)) if ("/v1/chunks" in call.url) else real.exchange(call)
    )
    worker.engine.run_once()
    supervisor.sync()
    supervisor.vault.attachments.accept(sealed.chunks[0], worker.vault.attachments.carried(sealed.chunks[0]))
    supervisor.sync()
    assert errands(supervisor) == 0
    worker.transport.fault = None
    worker.transport.calls.clear()
    worker.sync()
    assert errands(worker) == 0 and not any(url.endswith("/v1/chunks") for url in worker.transport.calls)


def test_hostile_names_hold_nothing_up(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    for names in (["../../etc/passwd"], ["Z" * 64], [None, 7, "a" * 63], []):
        worker.write(
            Attachment(owner_kind="organization", owner_id="x", chunks=names, key="00" * 32, size=1), then=bare
        )
    all_sync(worker, supervisor)
    assert counts(supervisor) == (0, 0) == (errands(supervisor), 0)


def bare(work: object) -> None:
    """A hostile client does not ask whether its bytes are there."""
    work._attachments.refuse_missing = lambda names: None  # type: ignore[attr-defined]
    work._attachments.now_named = lambda names: None  # type: ignore[attr-defined]


def test_a_round_that_dies_at_any_saving_of_files_goes_on(pair: tuple[Station, Station]) -> None:
    supervisor, worker = pair
    seen: list[str] = []
    kept: list[tuple[Sealed, bytes]] = []
    for station in (worker, supervisor):
        at, died = 0, True
        while died:
            at += 1
            data = secrets.token_bytes(1000)
            kept.append((attach(worker, data, b"small"), data))
            if station is supervisor:
                worker.sync()
            try:
                SyncEngine(station.vault, station.transport, station.clock, step=DyingAt(at, seen)).run_once()
                died = False
            except Died:
                pass
    all_sync(worker, supervisor, times=1)
    assert {"carry_chunks saving", "carry_chunks saved"} <= set(seen), seen
    for sealed, data in kept:
        assert supervisor.vault.attachments.read_whole(sealed, MOST) == data
    assert errands(worker) == 0 == errands(supervisor)
