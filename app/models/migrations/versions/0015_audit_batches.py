"""Runs of audit entries with signed checkpoints, as they travel to who reads the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_KIND = "audit_batch"
_TEXTS = ("device_id", "previous", "head", "entries", "signature")
_NUMBERS = ("first_seq", "last_seq")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        _KIND,
        *(sa.Column(name, sa.Text(), nullable=True) for name in _TEXTS),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _NUMBERS),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.Text(), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("device_id", "scope_id"):
        op.create_index(op.f(f"ix_{_KIND}_{column}"), _KIND, [column], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table(_KIND)
