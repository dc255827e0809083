"""The first tables: agencies, people, devices, sign-in, scopes, envelopes, segments, the feed, number blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = {"segments": 16, "feed": 8}


def _make_parts(table: str) -> None:
    """PostgreSQL keeps a large table in parts, each small enough to be looked after and moved on its own."""
    if op.get_bind().dialect.name == "postgresql":
        for part in range(_PARTS[table]):
            values = f"WITH (MODULUS {_PARTS[table]}, REMAINDER {part})"
            op.execute(f"CREATE TABLE {table}_{part:02} PARTITION OF {table} FOR VALUES {values}")


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("server_epoch", sa.String(length=32), nullable=False),
        sa.Column("recovery_public", sa.LargeBinary(), nullable=True),
        sa.Column("lease_days", sa.Integer(), nullable=False),
        sa.Column("last_place", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agencies")),
    )
    op.create_table(
        "challenges",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("nonce_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_challenges_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "nonce_hash", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_agency_id_device_id"), "challenges", ["agency_id", "device_id"], unique=False)
    op.create_table(
        "envelopes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=8), nullable=False),
        sa.Column("recipient_id", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("by_device", sa.String(length=32), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_envelopes_agency_id_agencies")),
        sa.PrimaryKeyConstraint(
            "agency_id",
            "subject",
            "subject_id",
            "epoch",
            "recipient",
            "recipient_id",
            "method",
            "by_device",
            "held",
            name=op.f("pk_envelopes"),
        ),
    )
    op.create_index(
        op.f("ix_envelopes_agency_id_recipient_recipient_id_subject_subject_id"),
        "envelopes",
        ["agency_id", "recipient", "recipient_id", "subject", "subject_id"],
        unique=False,
    )
    op.create_table(
        "feed",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.String(length=80), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_feed_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "place", name=op.f("pk_feed")),
        postgresql_partition_by="HASH (agency_id)",
    )
    _make_parts("feed")
    op.create_index(op.f("ix_feed_agency_id_audience_place"), "feed", ["agency_id", "audience", "place"], unique=False)
    op.create_table(
        "groups",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("by_device", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_groups_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "name", "epoch", name=op.f("pk_groups")),
    )
    op.create_table(
        "number_blocks",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.agency_id"], name=op.f("fk_number_blocks_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("agency_id", "series", "year", "first", name=op.f("pk_number_blocks")),
    )
    op.create_table(
        "persons",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("group_names", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_persons_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "person_id", name=op.f("pk_persons")),
    )
    op.create_table(
        "scopes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.String(length=32), nullable=False),
        sa.Column("by_device", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_scopes_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "scope_id", name=op.f("pk_scopes")),
    )
    op.create_table(
        "sessions",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_sessions_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "token_hash", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_agency_id_device_id"), "sessions", ["agency_id", "device_id"], unique=False)
    op.create_table(
        "codes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=True),
        sa.Column("enrol_hash", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "person_id"],
            ["persons.agency_id", "persons.person_id"],
            name=op.f("fk_codes_agency_id_person_id_persons"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "code_hash", name=op.f("pk_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_codes_code_hash")),
    )
    op.create_table(
        "devices",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("device_name", sa.String(length=200), nullable=False),
        sa.Column("signing_public", sa.LargeBinary(), nullable=False),
        sa.Column("kem_public", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "person_id"],
            ["persons.agency_id", "persons.person_id"],
            name=op.f("fk_devices_agency_id_person_id_persons"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "device_id", name=op.f("pk_devices")),
        sa.UniqueConstraint("device_id", name=op.f("uq_devices_device_id")),
    )
    op.create_index(op.f("ix_devices_agency_id_person_id"), "devices", ["agency_id", "person_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("server_epoch", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "scope_id"],
            ["scopes.agency_id", "scopes.scope_id"],
            name=op.f("fk_segments_agency_id_scope_id_scopes"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "scope_id", "number", name=op.f("pk_segments")),
        sa.UniqueConstraint(
            "agency_id", "scope_id", "device_id", "first", name=op.f("uq_segments_agency_id_scope_id_device_id_first")
        ),
        postgresql_partition_by="HASH (agency_id, scope_id)",
    )
    _make_parts("segments")


def downgrade() -> None:
    """Remove everything."""
    op.drop_table("segments")
    op.drop_index(op.f("ix_devices_agency_id_person_id"), table_name="devices")
    op.drop_table("devices")
    op.drop_table("codes")
    op.drop_index(op.f("ix_sessions_agency_id_device_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("scopes")
    op.drop_table("persons")
    op.drop_table("number_blocks")
    op.drop_table("groups")
    op.drop_index(op.f("ix_feed_agency_id_audience_place"), table_name="feed")
    op.drop_table("feed")
    op.drop_index(op.f("ix_envelopes_agency_id_recipient_recipient_id_subject_subject_id"), table_name="envelopes")
    op.drop_table("envelopes")
    op.drop_index(op.f("ix_challenges_agency_id_device_id"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_table("agencies")
