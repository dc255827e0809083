"""Carries the sealed chunks of attachments, in both directions, after everything else of a round.

What has to be carried stands in `chunk_errand` (`vault/errands.py`). A chunk that is here is offered for each scope
whose records name it; one that is not here is asked for. A row goes once the server has said that it keeps the chunk,
or the chunk has come and is what it is called. So a round that dies anywhere goes on at the next chunk, and one that
nobody has yet (a colleague's laptop is still on the road) is simply asked for again.

A round carries so many bytes and no more, each way; the next one comes soon. No trouble with files is trouble of the
round: records went before them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from app.errors import EnvironmentProblem
from app.models.attachments import Attachment
from app.models.changes import Changes
from app.models.local.tables import ChunkErrand
from app.models.rules.attachments import is_name
from app.sync.client import problems
from app.sync.client.problems import BadAnswer, ServerProblem
from app.sync.client.progress import Doing
from app.sync.client.rounds import Round, finds
from app.sync.protocol import (
    MAX_CHUNK_NAMES,
    MAX_CHUNK_SCOPES,
    MAX_CHUNKS,
    Chunk,
    ChunkName,
    ChunksAsked,
    ChunksGiven,
    ChunksHanded,
    ChunksMissing,
    ChunksNamed,
    ChunksTaken,
    ProblemCode,
)
from app.vault import errands

ROUND_BYTES = 32 * 1024 * 1024
"""Bytes of chunks that one round carries, each way."""
_MESSAGE_BYTES = 4 * 1024 * 1024
_NOT_NOW = frozenset(
    {
        ProblemCode.NOT_FOUND,
        ProblemCode.TOO_MANY,
        ProblemCode.STORE_FULL,
        ProblemCode.TOO_LARGE,
        ProblemCode.NOT_ALLOWED,
    }
)
"""A server that knows no files, or has no room for them now: they wait, and nothing else has to."""


@dataclass(frozen=True)
class _Errand:
    name: str
    scope_id: str

    @property
    def named(self) -> ChunkName:
        return ChunkName(bytes.fromhex(self.name), self.scope_id)


def is_due(session: Session, _round: Round) -> bool:
    """Whether anything has to be carried."""
    return finds(session, "SELECT 1 FROM chunk_errand")


def carry_chunks(round_: Round) -> None:
    """Send what the server has not, fetch what is not here."""
    waiting = _waiting(round_)
    if not waiting:
        return
    here = round_.vault.attachments.here
    held = {name: here.has(name) for name in {one.name for one in waiting}}
    with _patiently():
        _send(round_, [one for one in waiting if held[one.name]])
    with _patiently():
        _fetch(round_, list(dict.fromkeys(one.name for one in waiting if not held[one.name])))


@contextmanager
def _patiently() -> Iterator[None]:
    """Whatever concerns files alone is tried again with a later round."""
    try:
        yield
    except ServerProblem as problem:
        if problem.code not in _NOT_NOW:
            raise


def _waiting(round_: Round) -> list[_Errand]:
    """What has to be carried, in its order; what no record names any more is forgotten first."""
    asked = select(ChunkErrand.name, ChunkErrand.scope_id).order_by(ChunkErrand.turn, ChunkErrand.name)
    with round_.settling() as session:
        errands.forget_unnamed(session)
        rows = session.execute(asked).all()
    return [_Errand(row.name, row.scope_id) for row in rows if is_name(row.name)]


# --- sending ------------------------------------------------------------------------------------------------------


def _send(round_: Round, offered: Sequence[_Errand]) -> None:
    left = ROUND_BYTES
    for at in range(0, len(offered), MAX_CHUNK_NAMES):
        missing = _missing(round_, offered[at : at + MAX_CHUNK_NAMES])
        for batch in _batches(round_, missing):
            if left <= 0:
                round_.tally.more = True
                return
            left -= sum(len(chunk.sealed) for chunk in batch)
            _give(round_, batch)
            round_.meter.note(Doing.FILES, min(at + MAX_CHUNK_NAMES, len(offered)), len(offered))


def _missing(round_: Round, some: Sequence[_Errand]) -> dict[str, list[str]]:
    """Of these, what the server has not, with the scopes; the others are done."""
    named = [one.named for one in some]
    answer = round_.server.post("/v1/chunks/missing", ChunksNamed(named), ChunksMissing)
    round_.noted(answer.server_epoch, answer.server_time)
    missing = {_Errand(one.name.hex(), one.scope_id) for one in answer.missing}
    _done(round_, [one for one in some if one not in missing])
    scopes: dict[str, list[str]] = {}
    for one in some:
        if one in missing:
            scopes.setdefault(one.name, []).append(one.scope_id)
    return scopes


def _batches(round_: Round, missing: dict[str, list[str]]) -> Iterator[list[Chunk]]:
    batch: list[Chunk] = []
    size = 0
    for name, scopes in missing.items():
        try:
            sealed = round_.vault.attachments.carried(name)
        except EnvironmentProblem:  # damaged here: nobody is given it, and whoever opens it is told
            continue
        for at in range(0, len(scopes), MAX_CHUNK_SCOPES):
            if batch and (len(batch) == MAX_CHUNKS or size + len(sealed) > _MESSAGE_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(Chunk(bytes.fromhex(name), scopes[at : at + MAX_CHUNK_SCOPES], sealed))
            size += len(sealed)
    if batch:
        yield batch


def _give(round_: Round, batch: list[Chunk]) -> None:
    taken = round_.server.post("/v1/chunks", ChunksGiven(batch), ChunksTaken)
    round_.noted(taken.server_epoch, taken.server_time)
    given = {(chunk.name, scope_id) for chunk in batch for scope_id in chunk.scopes}
    _done(round_, [_Errand(one.name.hex(), one.scope_id) for one in taken.taken if (one.name, one.scope_id) in given])


def _done(round_: Round, carried: Sequence[_Errand]) -> None:
    pairs = [(one.name, one.scope_id) for one in carried]
    if pairs:
        with round_.settling() as session:
            session.execute(delete(ChunkErrand).where(tuple_(ChunkErrand.name, ChunkErrand.scope_id).in_(pairs)))


# --- fetching -----------------------------------------------------------------------------------------------------


def _fetch(round_: Round, wanted: Sequence[str]) -> None:
    arrived: list[str] = []
    left = ROUND_BYTES
    try:
        for at in range(0, len(wanted), MAX_CHUNK_NAMES):
            asked = list(wanted[at : at + MAX_CHUNK_NAMES])
            while asked:
                if left <= 0:
                    round_.tally.more = True
                    return
                came, size, asked = _fetch_some(round_, asked)
                arrived += came
                left -= size
                round_.meter.note(Doing.FILES, len(arrived), len(wanted))
    finally:
        announce(round_, arrived)


def _fetch_some(round_: Round, asked: list[str]) -> tuple[list[str], int, list[str]]:
    """What came, how many bytes of it, and what is still to be asked for. Raises BadAnswer for a wrong byte."""
    answer = round_.server.post("/v1/chunks/fetch", ChunksAsked([bytes.fromhex(name) for name in asked]), ChunksHanded)
    round_.noted(answer.server_epoch, answer.server_time)
    handed = {chunk.name.hex(): chunk.sealed for chunk in answer.chunks}
    known = set(asked)
    if not handed.keys() <= known or not (handed or answer.absent):
        raise BadAnswer(problems.NONSENSE)
    for name, sealed in handed.items():
        if hashlib.sha256(sealed).hexdigest() != name:
            raise BadAnswer(problems.NONSENSE)
        round_.vault.attachments.accept(name, sealed)
    if handed:
        with round_.settling() as session:
            errands.forget(session, handed)
    round_.tally.absent += len(answer.absent)
    settled = handed.keys() | {name.hex() for name in answer.absent}
    return list(handed), sum(map(len, handed.values())), [name for name in asked if name not in settled]


def announce(round_: Round, names: Sequence[str]) -> None:
    """Tell the windows whose files have come: they show what was missing, without being opened anew."""
    if names:
        with round_.vault.read() as session:
            round_.tally.touch(_touched(session, set(names)))


def _touched(session: Session, names: set[str]) -> Changes:
    rows = session.execute(
        select(
            Attachment.id, Attachment.owner_kind, Attachment.owner_id, Attachment.chunks, Attachment.preview_chunks
        ).where(Attachment.removed_at.is_(None))
    )
    kinds, ids = {Attachment.__tablename__}, set()
    for row in rows:
        if not names.isdisjoint(_texts(row.chunks) + _texts(row.preview_chunks)):
            kinds |= {row.owner_kind} if row.owner_kind else set()
            ids |= {row.id, *([row.owner_id] if row.owner_id else [])}
    return Changes(frozenset(kinds), frozenset(ids))


def _texts(said: object) -> list[str]:
    """The texts in a column that a colleague may have filled with anything."""
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
