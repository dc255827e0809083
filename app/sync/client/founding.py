"""Makes the key of a group that has none yet: its first member founds it. And the next one, when somebody has left.

The private key is in the vault before the server hears of the group, so that no crash orphans it, and the key goes to
its members in the same push: else the group would have a key that nobody holds, if the founder were lost right then.
When two found the same group, the server takes one; the other's key was never used and is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.models.local.tables import OwnKey
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.grant import ENVELOPES, granted
from app.sync.client.readers import NOTICED, Readers
from app.sync.client.rounds import Round
from app.sync.protocol import Envelope, Group, Push, PushResult
from app.vault import identity, noticing, state

_FIRST_EPOCH = 1


def is_due(session: Session, round_: Round) -> bool:
    """Whether there may be a group whose key is missing, or is still to be offered."""
    if round_.is_settled(session, "found_groups"):
        return False
    missing = next(_missing(session), None) or next(_unoffered(session), None)
    if missing is None:
        round_.settled["found_groups"] = noticing.count(session, NOTICED)
    return missing is not None


def found_groups(round_: Round) -> None:
    """Make and offer the keys that are missing."""
    with round_.settling() as session:
        groups = _to_offer(session, round_)
    if not groups:
        return
    envelopes = _for_members(round_, groups)
    result = round_.server.post("/v1/push", Push(groups=groups, envelopes=envelopes), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    refused = {refusal.scope_id for refusal in result.refusals if refusal.about == "group"}
    unsealed = {(one.scope_id, one.first, one.recipient_id) for one in result.refusals if one.about == "envelope"}
    with round_.settling() as session:
        for group in groups:
            _settle(session, group, group.name in refused)
        for envelope in envelopes:
            if (envelope.subject_id, envelope.epoch, envelope.recipient_id) not in unsealed:
                session.merge(granted(envelope))


def _for_members(round_: Round, groups: list[Group]) -> list[Envelope]:
    """The keys sealed to who is in the groups, as far as one push holds; `grant` hands the rest on."""
    offered = {(group.name, group.epoch) for group in groups}
    with round_.vault.read() as session:
        missing = Readers(session, round_.member).wanted()
        wanted = [one for one in missing if one.subject == "group" and (one.subject_id, one.epoch) in offered]
    made = [keys.make(one, round_.member, round_.random, round_.sign) for one in wanted[:ENVELOPES]]
    return [envelope for envelope in made if envelope is not None]


def _to_offer(session: Session, round_: Round) -> list[Group]:
    for name, epoch in list(_missing(session)):
        session.add(identity.new_kem(round_.random, keys.own_key_name(name, epoch)))
        state.put(session, facts.group_made(name, epoch), "new")
    session.flush()
    return [_group(name, epoch, public, round_) for name, epoch, public in _unoffered(session)]


def _missing(session: Session) -> Iterator[tuple[str, int]]:
    """The epochs of the owner's groups that have no key yet."""
    known = keys.group_keys(session)
    own = facts.own_groups(session)
    for name in sorted(own - known.keys()):
        yield name, _FIRST_EPOCH
    for name, (epoch, _) in sorted(known.items()):
        # Any member may: who alone held the key before this one may be the one who was lost.
        if name in own and epoch < facts.group_needs(session, name):
            yield name, epoch + 1


def _unoffered(session: Session) -> Iterator[tuple[str, int, bytes]]:
    """The newest epochs that were made here and that the server has not heard of, and their public keys."""
    for name, (epoch, own) in sorted(keys.group_keys(session).items()):
        if own.private is not None and state.get(session, facts.group_made(name, epoch)) == "new":
            yield name, epoch, own.public


def _group(name: str, epoch: int, public: bytes, round_: Round) -> Group:
    offered = Group(
        name=name, epoch=epoch, public=public, by_device=round_.member.device_id, signature=protocol.UNSIGNED
    )
    return protocol.signed(offered, round_.sign)


def _settle(session: Session, group: Group, refused: bool) -> None:
    fact = facts.group_made(group.name, group.epoch)
    if not refused:
        state.put(session, fact, "offered")
        return
    state.put(session, fact, None)
    own = session.get(OwnKey, keys.own_key_name(group.name, group.epoch))
    if own is not None and own.public == group.public:
        session.delete(own)
