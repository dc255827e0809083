"""The device's own tables. None of them is a `Record`: none is captured, none is sent as a record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json


class DeviceState(Base):
    """Small facts of this vault by name: device id, owner, agency, server address and epoch, feed place, last clock."""

    __tablename__ = "device_state"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]


class Member(Base):
    """A person of the service, as the server's list or the set-up of this computer gave it. `id` is the person's id."""

    __tablename__ = "member"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(Json)
    badge: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)


class PeerDevice(Base):
    """A device of the agency: whose it is and its public keys."""

    __tablename__ = "peer_device"
    device_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(index=True)
    signing_public: Mapped[bytes] = mapped_column(LargeBinary)
    kem_public: Mapped[bytes] = mapped_column(LargeBinary)
    groups: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(default="active")


class OwnKey(Base):
    """A private key of this device or person (`signing`, `kem`) or of a group it belongs to (`group:NAME:EPOCH`)."""

    __tablename__ = "own_key"
    name: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    private: Mapped[bytes | None] = mapped_column(LargeBinary)


class Scope(Base):
    """A scope that this device knows. `offered`: the server has it. `number`, `head`: place and hash last compared."""

    __tablename__ = "scope"
    __table_args__ = (Index("ix_scope_anchor", "anchor_id", "kind"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    anchor_id: Mapped[str]
    epoch: Mapped[int] = mapped_column(default=1)
    made_here: Mapped[bool] = mapped_column(default=False)
    offered: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes | None] = mapped_column(LargeBinary)


class ScopeKey(Base):
    """The AES-256-GCM key of one epoch of a scope (32 bytes).

    `groups`: the newest epoch of each reading group when the key was made; None: the first of each. `made_here`: this
    device began the epoch. `offered`: the server knows of it, as far as this device was told.
    """

    __tablename__ = "scope_key"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    groups: Mapped[dict[str, int] | None] = mapped_column(Json)
    made_here: Mapped[bool] = mapped_column(default=False, server_default="0")
    offered: Mapped[bool] = mapped_column(default=True, server_default="1")


class OtherKey(Base):
    """A second key of an epoch: after a server had forgotten the epoch, two devices began it. Both open segments."""

    __tablename__ = "other_key"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class NextKey(Base):
    """The key of an epoch that this device is about to begin; it seals nothing before the server has taken it."""

    __tablename__ = "next_key"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    groups: Mapped[dict[str, int] | None] = mapped_column(Json)


class Carried(Base):
    """Work of colleagues that came in a file and is handed on to the server. Its name sorts in the order of a push."""

    __tablename__ = "carried"
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Granted(Base):
    """An envelope that was made or met: this recipient can open this scope or group key from this epoch on."""

    __tablename__ = "granted"
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(primary_key=True)
    recipient_id: Mapped[str] = mapped_column(primary_key=True)


class LoggedChange(Base):
    """One change in this device's log, its own and its colleagues', in order of arrival.

    `device_seq` is the place among the author device's changes of the scope (contiguous from 1). `fields` is
    MessagePack `{field: [value, [seen dots]]}`. `state`: applied, waiting (its kind or record is not known yet),
    quarantined (signature or role did not allow it). What became of own changes stands beside: `UnsealedChange`
    until a segment carries it, then `OutSegment`. A row here is wide, and is written once.
    """

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("scope_id", "device_id", "device_seq"),
        Index("ix_change_record", "record_id"),
        Index("ix_change_device", "device_id", "record_id"),
        Index("ix_change_set_aside", "state", sqlite_where=text("state <> 'applied'")),
    )
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    scope_id: Mapped[str]
    device_id: Mapped[str]
    device_seq: Mapped[int]
    dot: Mapped[str]
    author: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[str]
    fields: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="applied")


class UnsealedChange(Base):
    """The place of an own change that is only in this device's log: no segment carries it yet."""

    __tablename__ = "unsealed_change"
    __table_args__ = ({"sqlite_with_rowid": False},)
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    device_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Sibling(Base):
    """One of several values that people wrote to the same field apart from each other; all of them stay here."""

    __tablename__ = "sibling"
    record_id: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    dot: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str | None] = mapped_column(Json)
    author: Mapped[str]
    arrived_at: Mapped[datetime]


class SupersededEarly(Base):
    """A value that was replaced before it arrived here: when it comes, it is already past."""

    __tablename__ = "superseded_early"
    record_id: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    dot: Mapped[str] = mapped_column(primary_key=True)


class OutSegment(Base):
    """A sealed segment of this device, kept until its receipt is 35 days old. `refusal`: the server's code."""

    __tablename__ = "out_segment"
    __table_args__ = (
        Index("ix_out_segment_unreceived", "scope_id", "first", sqlite_where=text("receipt IS NULL")),
        Index("ix_out_segment_refused", "refusal", sqlite_where=text("refusal IS NOT NULL")),
    )
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime | None]
    refusal: Mapped[str | None]


class InChain(Base):
    """The last segment applied of each device in each scope: the next one must name its hash. `epoch`: its key's."""

    __tablename__ = "in_chain"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    epoch: Mapped[int] = mapped_column(default=1, server_default="1")


class WaitingItem(Base):
    """Something that came and cannot be opened or judged yet (no key, unknown author); nothing is dropped."""

    __tablename__ = "waiting_item"
    place: Mapped[int] = mapped_column(primary_key=True)
    scope_id: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PurgedScope(Base):
    """What is left here of a scope that two people destroyed: its random id. Nothing under it is ever taken in again.

    `unsent`: own changes in it that no server had. `told`: the owner of this computer has read that they went with it.
    """

    __tablename__ = "purged_scope"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(index=True)
    purged_at: Mapped[datetime]
    unsent: Mapped[int] = mapped_column(default=0)
    told: Mapped[bool] = mapped_column(default=False)


class LeavingCase(Base):
    """A case that was given to others and is still here. `waits_for`: why (`Waits`), "" when nothing is known yet.

    `held`: it came with so many others that the owner looks first; `approved_by`: the member who did.
    """

    __tablename__ = "leaving_case"
    case_id: Mapped[str] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime]
    held: Mapped[bool] = mapped_column(default=False)
    approved_by: Mapped[str | None]
    waits_for: Mapped[str] = mapped_column(default="")


class PartedScope(Base):
    """What is left here of a scope of a case that was given to others: its random id, and up to which key it was read.

    Only the key of a later `epoch` opens it again here: what was sealed to this device before is passed over. `told`:
    the owner has read that the case is no longer on this computer.
    """

    __tablename__ = "parted_scope"
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    kind: Mapped[str]
    epoch: Mapped[int]
    parted_at: Mapped[datetime]
    told: Mapped[bool] = mapped_column(default=False)


class KeptSealed(Base):
    """Own work in a parted scope as the server has it, without any key to open it: for a server that forgets.

    Kept for 35 days by the server's clock. `owed`: the server may have forgotten it and is told again; `refusal`: what
    it last said to that.
    """

    __tablename__ = "kept_sealed"
    name: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]
    owed: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None]


class KnownOrder(Base):
    """An order to purge, kept for ever: a server that was put back to an older copy is told of it again.

    `offered`: the server has it, as far as this device was told.
    """

    __tablename__ = "known_order"
    order_id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    offered: Mapped[bool] = mapped_column(default=False)


class ChunkErrand(Base):
    """A chunk of an attachment that the server is not known to have, or that is not here: it is sent or fetched.

    One row a scope whose records name it. `ours`: it was attached on this device, and until the row is gone perhaps
    nobody else has it. `turn`: what goes first; 0 for the small pictures that lists and cards show.
    """

    __tablename__ = "chunk_errand"
    __table_args__ = (Index("ix_chunk_errand_ours", "ours"),)
    name: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[str] = mapped_column(primary_key=True)
    ours: Mapped[bool] = mapped_column(default=False)
    turn: Mapped[int] = mapped_column(default=1)


class NumberBlock(Base):
    """A block of record numbers reserved for this device. `following` is the next to give out."""

    __tablename__ = "number_block"
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    following: Mapped[int]


class Draft(Base):
    """Typing that is not saved yet: which form, its values, where the cursor stood."""

    __tablename__ = "draft"
    form: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[dict[str, object]] = mapped_column(Json)
    focus: Mapped[str | None]
    kept_at: Mapped[datetime]


class AuditEntry(Base):
    """One line of this device's audit chain: what was done, never with what values. `hash` covers all the rest."""

    __tablename__ = "audit_entry"
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime]
    member_id: Mapped[str]
    role: Mapped[str]
    device_id: Mapped[str]
    action: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[str] = mapped_column(index=True)
    fields: Mapped[list[str]] = mapped_column(Json)
    outcome: Mapped[str]
    reason: Mapped[str]
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Captured(Base):
    """Written by the capture triggers within a transaction, turned into changes and emptied by the unit of work.

    One row the first time a record is written in a transaction: `before` is its columns as JSON, NULL when it was new.
    """

    __tablename__ = "captured"
    kind: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    before: Mapped[str | None]


class CaptureSwitch(Base):
    """One row. `on` = 0 only inside the transaction that merges colleagues' changes."""

    __tablename__ = "capture_switch"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=True)
