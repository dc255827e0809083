"""Later epochs of scopes: who began them, for which groups, keys on their way; and what came in files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room. Whatever is there belongs to a first epoch: there was no other."""
    op.create_table(
        "next_key",
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope_id"),
    )
    op.create_table(
        "carried",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "other_key",
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "epoch", "name"),
    )
    op.add_column("scope_key", sa.Column("groups", sa.Text(), nullable=True))
    op.add_column("scope_key", sa.Column("made_here", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("scope_key", sa.Column("offered", sa.Boolean(), server_default="1", nullable=False))
    op.add_column("in_chain", sa.Column("epoch", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("in_chain", "epoch")
    for name in ("offered", "made_here", "groups"):
        op.drop_column("scope_key", name)
    op.drop_table("other_key")
    op.drop_table("next_key")
    op.drop_table("carried")
