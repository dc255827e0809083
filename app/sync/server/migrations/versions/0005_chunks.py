"""Sealed chunks of attachments, and the scopes that they were given for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chunks",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("by_device", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_chunks_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "name", name=op.f("pk_chunks")),
    )
    op.create_index(
        op.f("ix_chunks_agency_id_by_device_received_at"),
        "chunks",
        ["agency_id", "by_device", "received_at"],
        unique=False,
    )
    op.create_table(
        "chunk_scopes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scope_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "name"],
            ["chunks.agency_id", "chunks.name"],
            name=op.f("fk_chunk_scopes_agency_id_name_chunks"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "scope_id"],
            ["scopes.agency_id", "scopes.scope_id"],
            name=op.f("fk_chunk_scopes_agency_id_scope_id_scopes"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "name", "scope_id", name=op.f("pk_chunk_scopes")),
    )
    op.create_index(op.f("ix_chunk_scopes_agency_id_scope_id"), "chunk_scopes", ["agency_id", "scope_id"], unique=False)


def downgrade() -> None:
    """Take them away, with the chunks in them. Devices keep theirs, and offer them again after the next upgrade."""
    op.drop_table("chunk_scopes")
    op.drop_table("chunks")
