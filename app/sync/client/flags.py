"""Flags: what happened on this computer goes to supervisors, and what happened on others comes to them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy.orm import Session

from app.models.local import flags
from app.models.local.flags import KnownFlag, Use
from app.models.local.tables import PeerDevice
from app.sync import protocol
from app.sync.client import keys
from app.sync.client.facts import Membership
from app.sync.client.keys import Opening
from app.sync.client.problems import ServerProblem
from app.sync.client.rounds import Round, finds
from app.sync.protocol import Flag, FlagRaised, FlagSeen, FlagTaken, ProblemCode

_OF_NO_USE = (ProblemCode.NOT_FOUND, ProblemCode.MALFORMED, ProblemCode.BAD_SIGNATURE, ProblemCode.NOT_ALLOWED)
"""The server is older, or will never take it: no reason for the rest of a round to fail, or for a window to say so."""


_UNTOLD = "SELECT 1 FROM device_state WHERE (name GLOB ? OR name GLOB ?) AND value IS NOT NULL"


def is_due(session: Session, _round: Round) -> bool:
    """Whether there is anything of which the server may not have heard."""
    return finds(session, _UNTOLD, f"{flags.USE}*", f"{flags.FLAG}*") and any(_untold(session))


def tell(round_: Round) -> None:
    """Raise what the server has not acknowledged, and say of which flags somebody here took note."""
    with round_.vault.read() as session:
        uses, noted = _untold(session)
    raise_flags(round_, uses)
    for flag in noted:
        if _answered(round_, "/v1/flag/seen", FlagSeen(flag.flag_id)):
            with round_.settling() as session:
                flags.keep_flag(session, msgspec.structs.replace(flag, noted_told=True))


def _untold(session: Session) -> tuple[list[Use], list[KnownFlag]]:
    uses = [use for use in flags.uses(session) if use.told is None]
    return uses, [flag for flag in flags.flags(session) if flag.noted_at is not None and not flag.noted_told]


def raise_flags(round_: Round, uses: Iterable[Use]) -> None:
    """Tell the server of these uses; repeating is free."""
    for use in uses:
        raised = FlagRaised(
            flag_id=use.flag_id,
            device_id=round_.member.device_id,
            kind=protocol.DURESS,
            at=max(int(use.at.timestamp() * 1000), 0),
            signature=protocol.UNSIGNED,
        )
        if _answered(round_, "/v1/flag", protocol.signed(raised, round_.sign)) and use.told is None:
            with round_.settling() as session:
                flags.note_told(session, [use.flag_id], round_.vault.now())


def take_in(session: Session, told: Flag, member: Membership) -> Opening:
    """Keep a flag that the feed brought; only what its device signed itself is believed."""
    raised = told.raised
    author = session.get(PeerDevice, raised.device_id)
    if author is None:
        return Opening.WAITS
    if author.member_id != told.person_id or not keys.is_signed_by(
        author.signing_public, raised.signature, protocol.canonical(raised)
    ):
        return Opening.REFUSED
    known = next((flag for flag in flags.flags(session) if flag.flag_id == raised.flag_id), None)
    fresh = KnownFlag(
        flag_id=raised.flag_id,
        kind=raised.kind,
        device_id=raised.device_id,
        member_id=told.person_id,
        at=flags.moment(raised.at),
        received_at=flags.moment(told.received_at),
        seen_at=flags.moment(told.seen_at) if told.seen_at else None,
        seen_by=told.seen_by,
        noted_at=known.noted_at if known is not None else None,
        noted_told=known.noted_told if known is not None else False,
    )
    if known is not None and known.seen_at is not None:
        return Opening.KNOWN
    flags.keep_flag(session, fresh)
    return Opening.OPENED


def _answered(round_: Round, path: str, message: FlagRaised | FlagSeen) -> bool:
    """Whether the server took it. Raises what stands in the way of any request."""
    try:
        taken = round_.server.post(path, message, FlagTaken)
    except ServerProblem as problem:
        if problem.code in _OF_NO_USE:
            return False
        raise
    round_.tally.server_time = max(round_.tally.server_time, taken.server_time)
    return True
