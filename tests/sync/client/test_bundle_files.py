"""Files in a file of work: they come along as far as there is room, only where they are called for, and go on."""

from __future__ import annotations

import errno
import hashlib
import random
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta
from sqlalchemy import func, select

from app import words
from app.errors import EnvironmentProblem, RuleBroken
from app.file_sync import EngineFiles
from app.models.attachments import Attachment
from app.models.changes import Changes
from app.models.crisis import Case
from app.models.local.tables import Carried
from app.models.rules.attachments import Sealed
from app.models.vocab import AttachmentKind, Role
from app.sync import protocol
from app.sync.client import bundle, bundle_files
from app.sync.client.bundle_files import File, Packed, _covers, _runs
from app.sync.client.engine import SyncEngine
from app.sync.client.rounds import Tally
from app.sync.protocol import BundleContent, ChunkHeld, Envelope, ScopeEpoch, ScopeOffer, Segment, Wire
from app.vault import chunks as vault_chunks
from app.vault import unit_of_work
from app.vault.attachments import Attachments
from app.vault.chunks import BODY
from app.vault.files import put as put_whole
from app.vault.problems import DISK_FULL
from app.views.programme import WorkTaken
from tests.sync.client.test_bundle import cut, flipped, longer, without_network
from tests.sync.client.test_chunks import MOST, attach, counts, errands
from tests.sync.client.test_every_step import Died, DyingAt
from tests.sync.conftest import Agency, Recruit, Station
from tests.sync.test_given_to_others import a_case, give
from tests.sync.test_two_vaults import all_sync

Three = tuple[Station, Station, Station]


@pytest.fixture
def three(agency: Agency, recruit: Recruit) -> Three:
    """A supervisor with a network, and two workers on a scene who know each other and have none now."""
    chief = recruit(agency, "Sam Supervisor", Role.SUP)
    one, two = recruit(agency, "Wanda Worker"), recruit(agency, "Will Worker")
    all_sync(chief, one, two)
    for station in (one, two):
        station.transport.fault = without_network
    return chief, one, two


def has(station: Station, sealed: Sealed) -> bool:
    """Whether all of a file is on the disk."""
    return all(station.vault.attachments.here.has(name) for name in sealed.chunks)


def stored(station: Station) -> int:
    """How many chunks are on the disk, named or not."""
    return sum(1 for _ in station.vault.attachments.here.names())


def carried(station: Station) -> int:
    return int(station.ask(lambda session: session.scalar(select(func.count()).select_from(Carried))))


def packing(monkeypatch: pytest.MonkeyPatch, other: Callable[[Packed], Packed]) -> None:
    """A writer that is not ours puts other chunks into its files."""
    honest = bundle_files.pack
    monkeypatch.setattr(bundle_files, "pack", lambda *given: other(honest(*given)))


def held(data: bytes) -> ChunkHeld:
    return ChunkHeld(hashlib.sha256(data).digest(), data)


def test_a_photograph_goes_by_file_to_a_colleague_and_from_there_to_the_server(three: Three) -> None:
    chief, one, two = three
    data = secrets.token_bytes(2 * BODY + 77)
    sealed = attach(one, data, b"small")
    written = one.engine.write_bundle()
    assert (written.files, written.no_room, written.damaged) == (1, 0, 0)
    assert data[:64] not in written.whole and bytes.fromhex(sealed.key) not in written.whole
    taken, changes = two.engine.read_bundle(written.whole)
    assert (taken.files, taken.absent, taken.trouble) == (1, 0, "") and {"attachment"} <= changes.kinds
    assert two.vault.attachments.read_whole(sealed, MOST) == data
    assert counts(two) == (0, 0), "nothing is on its way here, and nothing is only here"
    assert errands(two) == errands(one) == 4, "the server has still to be offered what came"

    two.transport.fault = None
    two.sync()
    assert errands(two) == 0
    chief.sync()
    assert chief.vault.attachments.read_whole(sealed, MOST) == data
    one.transport.fault = None
    one.transport.calls.clear()
    one.sync()
    assert errands(one) == 0 and not any(url.endswith("/v1/chunks") for url in one.transport.calls)


def test_the_same_file_again_brings_nothing_and_writes_nothing(three: Three) -> None:
    _, one, two = three
    attach(one, b"a drawing", b"small")
    whole = one.engine.write_bundle().whole
    two.engine.read_bundle(whole)
    before, commits = two.contents(), two.vault.commits
    taken, changes = two.engine.read_bundle(whole)
    assert taken == bundle.Taken(0, 0) and not changes and two.contents() == before
    assert two.vault.commits <= commits + 1 and stored(two) == 2


def test_what_has_no_room_is_left_out_and_counted_and_the_records_go(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small pictures first, then the newest; an older one that fits goes although a newer one does not."""
    _, one, two = three
    size = 200_000
    old, small_old = attach(one, secrets.token_bytes(size), b"small"), attach(one, b"letter")
    large = attach(one, secrets.token_bytes(4 * size), b"small as well")
    new = attach(one, secrets.token_bytes(size))
    everything = one.engine.write_bundle()
    assert everything.files == 4
    limit = len(everything.whole) - 5 * size + 100_000 + bundle._BESIDE_CONTENT
    monkeypatch.setattr(bundle, "MAX_BUNDLE", limit)
    written = one.engine.write_bundle()
    assert (written.files, written.no_room, written.damaged) == (2, 2, 0)
    assert len(written.whole) <= limit
    taken, _ = two.engine.read_bundle(written.whole)
    assert (taken.segments, taken.files, taken.absent) == (everything.segments, 2, 2)
    assert has(two, new) and has(two, small_old) and not has(two, old) and not has(two, large)
    assert stored(two) == 4 and counts(two) == (0, 2)
    previews = two.ask(lambda session: session.scalars(select(Attachment.preview_chunks)).all())
    assert all(two.vault.attachments.here.has(name) for names in previews for name in names or ())

    records = len(bundle._plain(bundle._content(one.engine._begin(Tally()))))
    monkeypatch.setattr(bundle, "MAX_BUNDLE", records + 2000)
    bare_records = one.engine.write_bundle()
    assert (bare_records.segments, bare_records.files, bare_records.no_room) == (everything.segments, 0, 4)
    monkeypatch.setattr(bundle, "MAX_BUNDLE", 2000)
    with pytest.raises(RuleBroken, match="more to hand on"):
        one.engine.write_bundle()
    monkeypatch.undo()
    for station in (one, two):
        station.transport.fault = None
        station.sync()
    two.sync()
    assert has(two, old) and has(two, large) and counts(two) == (0, 0)


def test_a_file_of_work_is_never_longer_than_it_may_be(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, two = three
    chance = random.Random(5)
    for _ in range(30):
        attach(one, chance.randbytes(chance.randrange(1, 60_000)), chance.randbytes(chance.randrange(1, 3000)))
    for limit in range(200_000, 1_400_000, 150_000):
        monkeypatch.setattr(bundle, "MAX_BUNDLE", limit)
        written = one.engine.write_bundle()
        assert written.files + written.no_room == 30 and len(written.whole) <= limit
        assert two.engine.read_bundle(written.whole)[0].trouble == ""
    assert written.files == 30 and counts(two) == (0, 0)


def test_what_cannot_be_read_here_is_left_out_and_counted(three: Three) -> None:
    _, one, two = three
    damaged, missing, good = attach(one, b"damaged"), attach(one, b"missing"), attach(one, b"good")
    here = one.vault.attachments.here
    here.path(damaged.chunks[0]).write_bytes(b"flipped")
    here.path(missing.chunks[0]).unlink()
    written = one.engine.write_bundle()
    assert (written.files, written.no_room, written.damaged) == (1, 0, 2)
    taken, _ = two.engine.read_bundle(written.whole)
    assert (taken.files, taken.absent) == (1, 2) and has(two, good) and stored(two) == 1


def test_a_file_mends_what_is_damaged_here(three: Three) -> None:
    _, one, two = three
    sealed = attach(one, b"a drawing")
    whole = one.engine.write_bundle().whole
    two.engine.read_bundle(whole)
    two.vault.attachments.here.path(sealed.chunks[0]).write_bytes(b"flipped")
    taken, changes = two.engine.read_bundle(whole)
    assert taken == bundle.Taken(0, 0, 1) and {"attachment", "organization"} <= changes.kinds
    assert "somebody" in changes.ids, "windows that show it ask again"
    assert two.vault.attachments.read_whole(sealed, MOST) == b"a drawing"


def test_work_that_came_by_file_goes_on_by_file_with_its_files(three: Three) -> None:
    chief, one, two = three
    sealed = attach(one, b"a drawing", b"small")
    two.engine.read_bundle(one.engine.write_bundle().whole)
    written = two.engine.write_bundle()
    assert written.files == 1
    chief.transport.fault = without_network
    taken, _ = chief.engine.read_bundle(written.whole)
    assert taken.files == 1 and chief.vault.attachments.read_whole(sealed, MOST) == b"a drawing"


def test_a_colleagues_file_that_has_not_come_is_nobodys_damage(three: Three) -> None:
    _, one, two = three
    attach(one, b"a drawing")
    with pytest.MonkeyPatch.context() as patch:
        packing(patch, lambda packed: replace(packed, chunks=[]))
        whole = one.engine.write_bundle().whole
    taken, _ = two.engine.read_bundle(whole)
    assert (taken.files, taken.absent) == (0, 1) and counts(two) == (0, 1)
    written = two.engine.write_bundle()
    assert (written.files, written.no_room, written.damaged) == (0, 0, 0)


def test_files_of_what_others_wrote_and_of_removed_records_stay_here(three: Three) -> None:
    chief, one, two = three
    theirs = attach(chief, b"of the chief")
    mine, gone = attach(one, b"mine"), attach(one, b"gone")
    for station in (chief, one):
        station.transport.fault = None
        station.sync()
    assert has(one, theirs)
    with one.vault.write(one.vault.actor(one.role)) as work:
        asked = select(Attachment).where(Attachment.key == gone.key)
        work.session.scalars(asked).one().removed_at = work.now()
        work.commit()
    one.transport.fault = without_network
    assert one.engine.write_bundle().files == 1
    taken, _ = two.engine.read_bundle(one.engine.write_bundle().whole)
    assert taken.files == 1 and has(two, mine) and stored(two) == 1


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_chunk_that_is_not_what_it_is_called_makes_the_file_a_damaged_one(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that no record calls for: nothing else in the file is believed either."""
    _, one, two = three
    attach(one, b"a drawing")
    before = two.contents()
    for spoiled in (
        lambda packed: replace(packed, chunks=[ChunkHeld(one.name, one.sealed[:-1] + b"!") for one in packed.chunks]),
        lambda packed: replace(packed, chunks=[*packed.chunks, ChunkHeld(bytes(32), b"something else")]),
    ):
        with monkeypatch.context() as patch:
            packing(patch, spoiled)
            whole = one.engine.write_bundle().whole
        with pytest.raises(RuleBroken, match="changed or damaged"):
            two.engine.read_bundle(whole)
    assert two.contents() == before and stored(two) == 0 == carried(two)


def test_nobodys_disk_is_filled_with_what_no_record_calls_for(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, two = three
    sealed = attach(one, b"a drawing")
    packing(monkeypatch, lambda packed: replace(packed, chunks=[*packed.chunks, held(b"a"), held(b"b"), held(b"b")]))
    taken, _ = two.engine.read_bundle(one.engine.write_bundle().whole)
    assert taken.files == 1 and list(two.vault.attachments.here.names()) == list(sealed.chunks)


def test_whoever_may_not_read_the_record_keeps_nothing_of_its_file(three: Three) -> None:
    """The records are handed on to the server by anybody; the file by who may read it."""
    _, one, two = three
    sealed = of_case(one, a_case(one))
    written = one.engine.write_bundle()
    assert written.files == 1
    taken, _ = two.engine.read_bundle(written.whole)
    assert (taken.files, taken.absent) == (0, 0) and stored(two) == 0 and carried(two) > 0
    assert not has(two, sealed)


def of_case(station: Station, case_id: str) -> Sealed:
    """A file of a case."""
    case = station.get(Case, case_id)
    assert case is not None
    sealed = station.vault.attachments.keep_bytes(b"a picture of the door", MOST)
    station.write(
        Attachment(
            scope_id=case.scope_id,
            owner_kind="case_file",
            owner_id=case_id,
            kind=AttachmentKind.FILE,
            media_type="text/plain",
            size=sealed.size,
            chunks=list(sealed.chunks),
            key=sealed.key,
        )
    )
    return sealed


def test_a_case_that_left_this_computer_gets_no_file_back(three: Three) -> None:
    chief, one, two = three
    for station in (one, two):
        station.transport.fault = None
    case_id = a_case(one)
    sealed = of_case(one, case_id)
    all_sync(chief, one, times=2)
    whole = one.engine.write_bundle().whole
    give(chief, case_id, two)
    all_sync(chief, one, two, times=3)
    assert not has(one, sealed) and has(two, sealed)
    later = of_case(two, case_id)
    for file in (whole, two.engine.write_bundle().whole):
        taken, _ = one.engine.read_bundle(file)
        assert (taken.files, taken.absent) == (0, 0) and stored(one) == 0
    assert has(two, later)


def test_a_spoiled_file_with_files_is_refused_with_nothing_half_done(three: Three) -> None:
    _, one, two = three
    attach(one, secrets.token_bytes(50_000), b"small")
    whole = one.engine.write_bundle().whole
    before, chance = two.contents(), random.Random(12)
    for turn in range(180):
        with pytest.raises(RuleBroken, match="Nothing was taken in"):
            two.engine.read_bundle((cut, flipped, longer)[turn % 3](whole, chance))
    assert two.contents() == before and stored(two) == 0 == carried(two)


def test_made_up_contents_are_refused_or_do_nothing(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member's computer that was taken over writes anything at all in a file that is soundly sealed and signed."""
    _, one, two = three
    attach(one, b"a drawing")
    honest = protocol.encode
    chance = random.Random(31)
    before = two.contents()

    def made_up(value: Wire, most: int = protocol.MAX_BODY) -> bytes:
        body = honest(value, most)
        if not isinstance(value, BundleContent):
            return body
        plain = msgspec.msgpack.decode(body)
        plain["chunks"] = chance.choice(
            (
                7,
                "text",
                [None],
                [{"name": b"short", "sealed": b"x"}],
                [{"name": bytes(32), "sealed": b""}],
                [{"name": bytes(32), "sealed": bytes(protocol.MAX_CHUNK + 1)}],
                [{"name": bytes(32)}],
                [[bytes(32), b"x"]],
                {"name": bytes(32), "sealed": b"x"},
            )
        )
        return msgspec.msgpack.encode(plain)

    for _ in range(30):
        with monkeypatch.context() as patch:
            patch.setattr(protocol, "encode", made_up)
            whole = one.engine.write_bundle().whole
        with pytest.raises(RuleBroken, match="changed or damaged"):
            two.engine.read_bundle(whole)
    assert two.contents() == before and stored(two) == 0 == carried(two)


# --- what breaks off ----------------------------------------------------------------------------------------------


def test_dying_anywhere_between_records_and_files_is_mended_by_the_same_file(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one, two = three
    seen: list[str] = []
    kept: list[tuple[Sealed, bytes]] = []
    died, at = True, 0
    while died:
        at += 1
        data = secrets.token_bytes(1000)
        kept.append((attach(one, data, b"small"), data))
        whole = one.engine.write_bundle().whole
        engine = SyncEngine(two.vault, two.transport, two.clock, step=DyingAt(at, seen))
        try:
            engine.read_bundle(whole)
            died = False
        except Died:
            two.engine.read_bundle(whole)
        assert all(two.vault.attachments.read_whole(sealed, MOST) == data for sealed, data in kept)
        assert counts(two) == (0, 0)
    assert seen == ["bundle saving", "bundle saved"] * 2

    for after in range(4):  # and between the chunks themselves
        files = [attach(one, secrets.token_bytes(1000)) for _ in range(3)]
        whole = one.engine.write_bundle().whole
        with monkeypatch.context() as patch:
            patch.setattr(vault_chunks, "put", breaking(after, Died()))
            try:
                two.engine.read_bundle(whole)
            except Died:
                assert sum(has(two, sealed) for sealed in files) == after < 3
        taken, _ = two.engine.read_bundle(whole)
        assert taken.files == 3 - after and all(has(two, sealed) for sealed in files)
    assert one.contents() == two.contents()


def breaking(after: int, problem: BaseException) -> Callable[[Path, bytes], None]:
    """Puts some files, then no more."""
    left = [after]
    honest = put_whole

    def put(path: Path, content: bytes) -> None:
        if not left[0]:
            raise problem
        left[0] -= 1
        honest(path, content)

    return put


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "Free some space and take the same file in again"), (errno.EIO, "disk works")]
)
def test_a_disk_that_refuses_files_keeps_the_records_and_says_so(
    three: Three, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    _, one, two = three
    files = [attach(one, secrets.token_bytes(1000)) for _ in range(4)]
    whole = one.engine.write_bundle().whole
    with monkeypatch.context() as patch:
        patch.setattr(vault_chunks, "put", breaking(2, OSError(number, "no")))
        taken, changes = two.engine.read_bundle(whole)
    assert said in taken.trouble and (taken.files, taken.absent) == (2, 2) and "attachment" in changes.kinds
    assert two.contents() == one.contents() and sum(has(two, sealed) for sealed in files) == 2
    taken, _ = two.engine.read_bundle(whole)
    assert taken == bundle.Taken(0, 0, 2) and all(has(two, sealed) for sealed in files) and counts(two) == (0, 0)


def test_a_disk_that_cannot_even_be_read_keeps_the_records(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, two = three
    attach(one, b"a drawing")
    whole = one.engine.write_bundle().whole

    def broken(_folder: vault_chunks.ChunkFolder, _name: str) -> bool:
        raise OSError(errno.EIO, "no")

    with monkeypatch.context() as patch:
        patch.setattr(vault_chunks.ChunkFolder, "is_sound", broken)
        taken, _ = two.engine.read_bundle(whole)
    assert taken.trouble == bundle_files.NOT_KEPT and two.contents() == one.contents()
    assert two.engine.read_bundle(whole)[0].files == 1


def test_windows_are_told_what_came_and_why_not_all_in_their_language(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one, two = three
    told: list[Changes] = []
    for data in (b"a drawing", b"another"):
        attach(one, data)
    written = EngineFiles(one.engine, told.append).write()
    assert (written.files, written.no_room, written.damaged) == (2, 0, 0) and not told
    words.use("fr")
    try:
        with monkeypatch.context() as patch:
            patch.setattr(vault_chunks, "put", breaking(1, OSError(errno.ENOSPC, "no")))
            taken = EngineFiles(two.engine, told.append).read(written.whole)
    finally:
        words.use("en")
    assert "Libérez de la place" in taken.trouble
    assert (taken.parts, taken.set_aside, taken.files, taken.absent) == (1, 0, 1, 1)
    taken = EngineFiles(two.engine, told.append).read(written.whole)
    assert taken == WorkTaken(files=1) and [bool(changes.ids) for changes in told] == [True, True]


def test_no_room_for_the_note_that_files_came_loses_neither(three: Three) -> None:
    _, one, two = three
    sealed = attach(one, secrets.token_bytes(1000))
    whole = one.engine.write_bundle().whole
    step = FullAt("bundle saving", 2)
    engine = SyncEngine(two.vault, two.transport, two.clock, step=step)
    taken, _ = engine.read_bundle(whole)
    assert "too full" in taken.trouble and taken.files == 1 and has(two, sealed)
    two.engine.read_bundle(whole)
    assert counts(two) == (0, 0) and errands(two) == 1


class FullAt:
    """The disk is full at the nth saving of that name."""

    def __init__(self, name: str, at: int) -> None:
        self._name, self._left = name, at

    def __call__(self, name: str) -> None:
        self._left -= name == self._name
        if name == self._name and not self._left:
            raise EnvironmentProblem(DISK_FULL)


def test_a_file_that_is_removed_while_it_is_kept_leaves_no_bytes(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, two = three
    attach(one, b"a drawing")
    whole = one.engine.write_bundle().whole
    honest = Attachments.accept_all

    def removing(self: Attachments, some: Any) -> None:
        with two.vault.write(two.vault.actor(two.role)) as work:
            work.session.scalars(select(Attachment)).one().removed_at = work.now()
            work.commit()
        honest(self, some)

    monkeypatch.setattr(Attachments, "accept_all", removing)
    two.engine.read_bundle(whole)
    assert stored(two) == 0


# --- older and newer versions -------------------------------------------------------------------------------------


class Older(msgspec.Struct, frozen=True):
    """`BundleContent` as it was before files came along. No `Wire`: what is one stands on the protocol's page."""

    scopes: Annotated[list[ScopeOffer], Meta(max_length=100_000)] = msgspec.field(default_factory=list)
    envelopes: Annotated[list[Envelope], Meta(max_length=100_000)] = msgspec.field(default_factory=list)
    segments: Annotated[list[Segment], Meta(max_length=100_000)] = msgspec.field(default_factory=list)
    epochs: Annotated[list[ScopeEpoch], Meta(max_length=100_000)] = msgspec.field(default_factory=list)


def test_an_older_version_takes_the_records_and_passes_the_files_over(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one, two = three
    sealed = attach(one, b"a drawing")
    whole = one.engine.write_bundle().whole
    head, packed = bundle._parsed(whole)
    with monkeypatch.context() as patch:
        honest = protocol.decode

        def as_then(kind: Any, body: Any, most: int = protocol.MAX_BODY) -> Any:
            if kind is not BundleContent:
                return honest(kind, body, most)
            old = msgspec.msgpack.decode(body, type=Older)
            return BundleContent(old.scopes, old.envelopes, old.segments, old.epochs)

        patch.setattr(protocol, "decode", as_then)
        taken, _ = two.engine.read_bundle(whole)
    assert head.by_device == one.vault.device_id and len(packed) > 0
    assert taken.files == 0 and two.contents() == one.contents() and not has(two, sealed)
    assert two.engine.read_bundle(whole)[0].files == 1, "once it is newer, the same file brings the rest"


def test_a_file_of_an_older_version_is_taken_as_ever(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    _, one, two = three
    sealed = attach(one, b"a drawing")
    with monkeypatch.context() as patch:
        honest = protocol.encode

        def as_then(value: Wire, most: int = protocol.MAX_BODY) -> bytes:
            if not isinstance(value, BundleContent):
                return honest(value, most)
            return msgspec.msgpack.encode(Older(value.scopes, value.envelopes, value.segments, value.epochs))

        patch.setattr(protocol, "encode", as_then)
        whole = one.engine.write_bundle().whole
    taken, _ = two.engine.read_bundle(whole)
    assert (taken.files, taken.absent) == (0, 1) and two.contents() == one.contents() and not has(two, sealed)
    assert counts(two) == (0, 1)


# --- the parts ----------------------------------------------------------------------------------------------------


def test_segments_cover_the_places_from_their_first_to_their_last() -> None:
    segment = Segment("0" * 32, "1" * 32, 5, 9, 1, protocol.NO_HASH, b"x", protocol.UNSIGNED)
    runs = _runs([replaced(segment, 20, 30), segment, replaced(segment, 6, 7), replaced(segment, 12, 12)])
    found = runs["0" * 32, "1" * 32]
    assert [place for place in range(35) if _covers(found, place)] == [*range(5, 10), 12, *range(20, 31)]
    assert not _covers(runs.get(("0" * 32, "2" * 32)), 5)


def replaced(segment: Segment, first: int, last: int) -> Segment:
    return msgspec.structs.replace(segment, first=first, last=last)


def test_a_chunk_that_two_files_share_goes_once(three: Three) -> None:
    _, one, _ = three
    sealed = attach(one, b"a drawing")
    twice = [File(record_id, sealed, None, own=True) for record_id in ("a", "b")]
    packed = bundle_files.pack(one.vault.attachments, twice, 1000)
    assert packed.files == 2 and len(packed.chunks) == 1


def test_names_that_are_none_hold_nothing_up(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile computer looks at nothing before it saves; whoever takes its work in has to."""
    _, one, two = three
    sealed = attach(one, b"a drawing")
    with monkeypatch.context() as patch:
        patch.setattr(unit_of_work, "_chunks", lambda written: (set(), set()))
        for names in (["../../etc/passwd"], ["Z" * 64], [None, 7, [1], "a" * 63], {"a": 1}, "text", 5, []):
            one.write(Attachment(owner_kind="organization", owner_id="x", chunks=names, key="00" * 32, size=1))
    taken, _ = two.engine.read_bundle(one.engine.write_bundle().whole)
    assert (taken.files, taken.absent) == (1, 0) and has(two, sealed)
    two.transport.fault = None
    two.sync()
    assert counts(two) == (0, 0) == (errands(two), 0)
