"""The files of the work in a bundle: which of their sealed chunks go along, and which are taken into the store.

Records go first, always. Chunks fill the room that is left (`pack`): small pictures before files, newer before older, a
file whole or not at all. What has no room, or is damaged here, is left out and counted, and makes no writing fail.

A reader takes only chunks that its records call for, after these were merged (`take_in`), so nobody's disk can be
filled with bytes that belong to nothing. Dying between the two, or a disk without room, costs nothing: the same file
again brings the rest, and whatever is not here is asked of the server as ever. What came is offered to the server with
the next round, since its record's errand stands until the server says that it keeps the chunk.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.models.rules.attachments import Sealed, sealed_of
from app.sync.client import chunks as wire
from app.sync.client.rounds import Round
from app.sync.protocol import MAX_BUNDLE_THINGS, ChunkHeld, Segment
from app.vault import asking, errands
from app.vault.attachments import Attachments
from app.vault.chunks import Missing
from app.vault.problems import explained, is_full
from app.words import mark

NO_ROOM = mark(
    "The records were taken in, but the disk is too full for all of their files. "
    "Free some space and take the same file in again."
)
NOT_KEPT = mark(
    "The records were taken in, but not all of their files could be kept. "
    "Check that the disk works and take the same file in again."
)
_BESIDE_CHUNK = 64
"""Bytes that a chunk takes beside its content: its name and the names of the fields."""
_AT_ONCE = 500
"""Chunks after which their folders are made to last: once for many, as a registry has thousands of small pictures."""
_SPOKEN_OF = (
    "SELECT a.id, a.key, a.chunks, a.size, a.preview_key, a.preview_chunks, a.preview_size,"
    " c.scope_id, c.device_id, c.device_seq, c.dot"
    " FROM attachment AS a JOIN change AS c ON c.record_id = a.id AND c.kind = 'attachment'"
    " WHERE a.removed_at IS NULL ORDER BY c.dot DESC"
)


@dataclass(frozen=True)
class File:
    """An attachment that work speaks of; `own` when this device attached or changed it."""

    record_id: str
    whole: Sealed
    preview: Sealed | None
    own: bool

    def is_here(self, kept: Attachments) -> bool:
        """Whether all of it is on this computer."""
        return all(kept.here.has(name) for name in self.whole.chunks)


@dataclass(frozen=True)
class Packed:
    """The chunks that go along, and files (not chunks): that go, that have no room, that cannot be read here."""

    chunks: list[ChunkHeld]
    files: int = 0
    no_room: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class Came:
    """Files that are whole here now and were not before, and files of the same work that are not here yet.

    `trouble`: what stood in the way of keeping what came, a text for people; empty when nothing did.
    """

    files: int = 0
    absent: int = 0
    trouble: str = ""


def spoken_of(session: Session, segments: Sequence[Segment], own_device: str) -> list[File]:
    """The files whose records these segments write, as far as they can be read here; the newest first."""
    runs = _runs(segments)
    found: dict[str, File] = {}
    own: set[str] = set()
    for row in asking.rows(session, _SPOKEN_OF):
        record_id, key, chunks, size, preview_key, preview_chunks, preview_size, scope_id, device_id, seq, _ = row
        if not _covers(runs.get((scope_id, device_id)), seq):
            continue
        whole = sealed_of(key, _list(chunks), size)
        if whole is not None and record_id not in found:
            preview = sealed_of(preview_key, _list(preview_chunks), preview_size)
            found[record_id] = File(record_id, whole, preview, own=False)
        if device_id == own_device:
            own.add(record_id)
    return [File(one.record_id, one.whole, one.preview, one.record_id in own) for one in found.values()]


_Runs = tuple[list[int], list[int]]
"""Where runs of changes begin, and the farthest that any of those up to there goes."""


def _runs(segments: Sequence[Segment]) -> Mapping[tuple[str, str], _Runs]:
    by_chain: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for segment in segments:
        by_chain[segment.scope_id, segment.device_id].append((segment.first, segment.last))
    return {
        chain: ([first for first, _ in sorted(runs)], list(accumulate((last for _, last in sorted(runs)), max)))
        for chain, runs in by_chain.items()
    }


def _covers(runs: _Runs | None, place: int) -> bool:
    if runs is None:
        return False
    at = bisect_right(runs[0], place) - 1
    return at >= 0 and runs[1][at] >= place


def _list(text: str | None) -> list[str] | None:
    """A column of names as it is stored; a colleague may have written anything there that is JSON."""
    said = json.loads(text or "[]")
    return said if isinstance(said, list) else None


# --- writing ------------------------------------------------------------------------------------------------------


def pack(kept: Attachments, files: Sequence[File], room: int) -> Packed:
    """As many chunks as fit into `room` bytes, in the order that the module says. Never raises for a bad file."""
    box = _Box(kept, room)
    for file in files:
        if file.preview is not None:
            box.put(file, file.preview)
    box.no_room.clear()  # whose small picture had no room is counted by the file itself
    went = sum(box.put(file, file.whole) for file in files)
    chunks = [ChunkHeld(bytes.fromhex(name), content) for name, content in box.chunks.items()]
    return Packed(chunks, went, len(box.no_room), len(box.damaged))


class _Box:
    """What fits, file by file."""

    def __init__(self, kept: Attachments, room: int) -> None:
        self._kept = kept
        self._room = room
        self.chunks: dict[str, bytes] = {}
        self.no_room: set[str] = set()
        self.damaged: set[str] = set()

    def put(self, file: File, sealed: Sealed) -> bool:
        """Put all chunks of `sealed` in, or none; whether they are in."""
        try:
            found = self._fitting(sealed)
        except Missing:
            if file.own:  # a colleague's file that is not here has not come yet
                self.damaged.add(file.record_id)
            return False
        except EnvironmentProblem:
            self.damaged.add(file.record_id)
            return False
        if found is None:
            self.no_room.add(file.record_id)
            return False
        self.chunks |= found
        self._room -= sum(len(content) + _BESIDE_CHUNK for content in found.values())
        return True

    def _fitting(self, sealed: Sealed) -> dict[str, bytes] | None:
        """The chunks that are not in yet; None when they do not fit. What is far too large is not even read."""
        new = [name for name in dict.fromkeys(sealed.chunks) if name not in self.chunks]
        if new and (sealed.size > self._room or len(self.chunks) + len(new) > MAX_BUNDLE_THINGS):
            return None
        found: dict[str, bytes] = {}
        left = self._room
        for name in new:
            found[name] = self._kept.carried(name)
            left -= len(found[name]) + _BESIDE_CHUNK
            if left < 0:
                return None
        return found


# --- reading ------------------------------------------------------------------------------------------------------


def take_in(round_: Round, chunks: Collection[ChunkHeld], segments: Sequence[Segment]) -> Came:
    """Keep those chunks that records here call for; what became of the files of `segments`, which are merged."""
    kept = round_.vault.attachments
    offered = {chunk.name.hex(): chunk.sealed for chunk in chunks}
    with round_.vault.read() as session:
        wanted = errands.named(session, offered) if offered else set()
    missing: dict[str, bytes] = {}
    trouble = ""
    try:
        with explained():
            missing |= {name: offered[name] for name in sorted(wanted) if not kept.here.is_sound(name)}
            for some in _batches(missing):
                kept.accept_all(some)
            _note(round_, [name for name in wanted if kept.here.has(name)])
    except EnvironmentProblem as problem:
        trouble = NO_ROOM if is_full(problem) else NOT_KEPT
    came = {name for name in missing if kept.here.has(name)}
    _let_go_of_unnamed(round_, came)
    wire.announce(round_, sorted(came))
    with round_.vault.read() as session:
        files = spoken_of(session, segments, round_.member.device_id)
    whole = [file for file in files if file.is_here(kept)]
    return Came(sum(not came.isdisjoint(file.whole.chunks) for file in whole), len(files) - len(whole), trouble)


def _batches(chunks: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    names = list(chunks)
    for at in range(0, len(names), _AT_ONCE):
        yield {name: chunks[name] for name in names[at : at + _AT_ONCE]}


def _note(round_: Round, names: Collection[str]) -> None:
    """What is here is no longer on its way here; the server has still to be offered it."""
    with round_.vault.read() as session:
        awaited = errands.awaited(session, names)
    if awaited:
        with round_.settling() as session:
            errands.only_offer(session, awaited)


def _let_go_of_unnamed(round_: Round, came: Collection[str]) -> None:
    """A window may have removed a file while its chunks were written."""
    if came:
        with round_.vault.read() as session:
            gone = set(came) - errands.named(session, came)
        with suppress(OSError):  # the next tidying removes them then
            round_.vault.attachments.destroy(gone)
