"""Flags that devices raise about themselves, for supervisors."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "flags",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("flag_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_by", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "device_id"],
            ["devices.agency_id", "devices.device_id"],
            name=op.f("fk_flags_agency_id_device_id_devices"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "flag_id", name=op.f("pk_flags")),
    )
    op.create_index(
        op.f("ix_flags_agency_id_device_id_received_at"),
        "flags",
        ["agency_id", "device_id", "received_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take the table away. What the feed says of it stays: an older server hands no role's things out."""
    op.drop_index(op.f("ix_flags_agency_id_device_id_received_at"), table_name="flags")
    op.drop_table("flags")
