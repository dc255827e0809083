"""The server's tables. Each leads with `agency_id`, so that the store can be partitioned or sharded by it.

Whatever a device wrote is kept as the MessagePack that travelled (`body`), beside the few columns that the server
needs in order to place it, find it and decide who may have it. Instants are milliseconds since 1970, UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)


def _agency() -> Column[str]:
    return Column("agency_id", String(32), primary_key=True)


def _belongs_to_agency() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"])


# `last_place` is the newest place in the agency's feed; whoever writes holds this row until commit.
agencies = Table(
    "agencies",
    metadata,
    _agency(),
    Column("name", String(200), nullable=False),
    Column("server_epoch", String(32), nullable=False),
    Column("recovery_public", LargeBinary),
    Column("lease_days", Integer, nullable=False),
    Column("last_place", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("order_public", LargeBinary),
    Column("oidc_issuer", String(1000)),
    Column("oidc_client", String(1000)),
    Column("oidc_claim", String(64)),
)

# `roles` and `group_names` are JSON lists. `account` is what the agency's provider calls the person; `account_subject`
# the provider's own name for whoever first signed in as that.
persons = Table(
    "persons",
    metadata,
    _agency(),
    Column("person_id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("roles", Text, nullable=False),
    Column("group_names", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("account", String(200)),
    Column("account_subject", String(255)),
    _belongs_to_agency(),
)

devices = Table(
    "devices",
    metadata,
    _agency(),
    Column("device_id", String(32), primary_key=True),
    Column("person_id", String(32), nullable=False),
    Column("device_name", String(200), nullable=False),
    Column("signing_public", LargeBinary, nullable=False),
    Column("kem_public", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    ForeignKeyConstraint(["agency_id", "person_id"], ["persons.agency_id", "persons.person_id"]),
    UniqueConstraint("device_id"),
    Index(None, "agency_id", "person_id"),
)

codes = Table(
    "codes",
    metadata,
    _agency(),
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("person_id", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("device_id", String(32)),
    Column("enrol_hash", LargeBinary(32)),
    ForeignKeyConstraint(["agency_id", "person_id"], ["persons.agency_id", "persons.person_id"]),
    UniqueConstraint("code_hash"),
)

challenges = Table(
    "challenges",
    metadata,
    _agency(),
    Column("nonce_hash", LargeBinary(32), primary_key=True),
    Column("device_id", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    _belongs_to_agency(),
    Index(None, "agency_id", "device_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _agency(),
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("device_id", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    _belongs_to_agency(),
    UniqueConstraint("token_hash"),
    Index(None, "agency_id", "device_id"),
)

groups = Table(
    "groups",
    metadata,
    _agency(),
    Column("name", String(64), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("by_device", String(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    _belongs_to_agency(),
)

# `epoch` is the newest that was begun; `head` is `protocol.scope_head` over the hashes of all segments so far.
scopes = Table(
    "scopes",
    metadata,
    _agency(),
    Column("scope_id", String(32), primary_key=True),
    Column("by_device", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    _belongs_to_agency(),
)

# Every epoch of a scope after its first, and the name of its key.
scope_epochs = Table(
    "scope_epochs",
    metadata,
    _agency(),
    Column("scope_id", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("key_name", LargeBinary(32), nullable=False),
    Column("by_device", String(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["agency_id", "scope_id"], ["scopes.agency_id", "scopes.scope_id"]),
)

envelopes = Table(
    "envelopes",
    metadata,
    _agency(),
    Column("subject", String(8), primary_key=True),
    Column("subject_id", String(64), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("recipient", String(8), primary_key=True),
    Column("recipient_id", String(64), primary_key=True),
    Column("method", String(8), primary_key=True),
    Column("by_device", String(32), primary_key=True),
    Column("held", Boolean, primary_key=True),
    Column("received_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _belongs_to_agency(),
    Index(None, "agency_id", "recipient", "recipient_id", "subject", "subject_id"),
)

segments = Table(
    "segments",
    metadata,
    _agency(),
    Column("scope_id", String(32), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("device_id", String(32), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("server_epoch", String(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("epoch", BigInteger, nullable=False, server_default="1"),
    ForeignKeyConstraint(["agency_id", "scope_id"], ["scopes.agency_id", "scopes.scope_id"]),
    UniqueConstraint("agency_id", "scope_id", "device_id", "first"),
    postgresql_partition_by="HASH (agency_id, scope_id)",
)

# Sealed chunks of attachments by the SHA-256 of their bytes, each kept once. `size` is that of `body`, which stands
# last so that looking for a chunk never reads it.
chunks = Table(
    "chunks",
    metadata,
    _agency(),
    Column("name", LargeBinary(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("by_device", String(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _belongs_to_agency(),
    Index(None, "agency_id", "by_device", "received_at"),
)

# For which scopes a chunk was given, and the epoch whose readers may fetch it. Without any left, the chunk goes.
chunk_scopes = Table(
    "chunk_scopes",
    metadata,
    _agency(),
    Column("name", LargeBinary(32), primary_key=True),
    Column("scope_id", String(32), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    ForeignKeyConstraint(["agency_id", "name"], ["chunks.agency_id", "chunks.name"]),
    ForeignKeyConstraint(["agency_id", "scope_id"], ["scopes.agency_id", "scopes.scope_id"]),
    Index(None, "agency_id", "scope_id"),
)

# What devices said about themselves that supervisors must know. `seen_at` is 0 while nobody has taken note.
flags = Table(
    "flags",
    metadata,
    _agency(),
    Column("flag_id", String(32), primary_key=True),
    Column("device_id", String(32), nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("seen_by", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["agency_id", "device_id"], ["devices.agency_id", "devices.device_id"]),
    Index(None, "agency_id", "device_id", "received_at"),
)

# Orders of two people to destroy scopes, as they came.
orders = Table(
    "orders",
    metadata,
    _agency(),
    Column("order_id", String(32), primary_key=True),
    Column("received_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _belongs_to_agency(),
)

# What is left of a scope that was destroyed: its random id. Nothing under it is ever taken again.
purged_scopes = Table(
    "purged_scopes",
    metadata,
    _agency(),
    Column("scope_id", String(32), primary_key=True),
    Column("order_id", String(32), nullable=False),
    Column("purged_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["agency_id", "order_id"], ["orders.agency_id", "orders.order_id"]),
)

# Orders of the administrator's offline key to single devices. `done_at` is 0 until the device says that it is erased.
wipes = Table(
    "wipes",
    metadata,
    _agency(),
    Column("device_id", String(32), primary_key=True),
    Column("nonce", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("done_at", BigInteger, nullable=False),
    Column("done_body", LargeBinary),
    ForeignKeyConstraint(["agency_id", "device_id"], ["devices.agency_id", "devices.device_id"]),
)

# One row a place. A segment's body is in `segments`; that of anything else is here. `audience` is empty for everybody,
# else "device:<id>", "group:<name>" or "role:<name>"; a segment's audience is whoever holds an envelope of its scope.
# What was destroyed keeps its place, as kind "purged" with audience "nobody" and without its body.
feed = Table(
    "feed",
    metadata,
    _agency(),
    Column("place", BigInteger, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("audience", String(80), nullable=False),
    Column("body", LargeBinary),
    _belongs_to_agency(),
    Index(None, "agency_id", "audience", "place"),
    postgresql_partition_by="HASH (agency_id)",
)

# The complete subtrees of the tree over the feed (`tree.py`); level 0 holds the leaves, place 1 at position 0.
tree_nodes = Table(
    "tree_nodes",
    metadata,
    _agency(),
    Column("level", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
    _belongs_to_agency(),
)

number_blocks = Table(
    "number_blocks",
    metadata,
    _agency(),
    Column("series", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("first", BigInteger, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("device_id", String(32), nullable=False),
    Column("given_at", BigInteger, nullable=False),
    _belongs_to_agency(),
)
