"""Makes the key of a group that has none yet: its first member founds it. And the next one, when somebody has left.

The private key is in the vault before the server hears of the group, so that no crash orphans it. When two found the
same group, the server takes one; the other's key was never used and is dropped.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models.local.tables import OwnKey
from app.sync import protocol
from app.sync.client import facts, keys
from app.sync.client.rounds import Round
from app.sync.protocol import Group, Push, PushResult
from app.vault import identity, state

_FIRST_EPOCH = 1


def found_groups(round_: Round) -> None:
    """Make and offer the keys that are missing."""
    with round_.settling() as session:
        groups = _to_offer(session, round_)
    if not groups:
        return
    result = round_.server.post("/v1/push", Push(groups=groups), PushResult)
    round_.noted(result.server_epoch, result.server_time)
    refused = {refusal.scope_id for refusal in result.refusals if refusal.about == "group"}
    with round_.settling() as session:
        for group in groups:
            _settle(session, group, group.name in refused)


def _to_offer(session: Session, round_: Round) -> list[Group]:
    known = keys.group_keys(session)
    for name in sorted(facts.own_groups(session) - known.keys()):
        session.add(identity.new_kem(round_.random, keys.own_key_name(name, _FIRST_EPOCH)))
        state.put(session, facts.group_made(name, _FIRST_EPOCH), "new")
    for name, (epoch, own) in sorted(known.items()):
        if name in facts.own_groups(session) and own.private is not None and epoch < facts.group_needs(session, name):
            session.add(identity.new_kem(round_.random, keys.own_key_name(name, epoch + 1)))
            state.put(session, facts.group_made(name, epoch + 1), "new")
    session.flush()
    return [
        _group(name, epoch, own.public, round_)
        for name, (epoch, own) in sorted(keys.group_keys(session).items())
        if own.private is not None and state.get(session, facts.group_made(name, epoch)) == "new"
    ]


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
