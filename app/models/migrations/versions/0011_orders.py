"""Destruction at the end of the time to be kept: runs, holds, tombstones, orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _record(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        *columns,
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
    op.create_index(op.f(f"ix_{name}_scope_id"), name, ["scope_id"], unique=False)


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def upgrade() -> None:
    """Make the tables."""
    proposed = _texts("items", "reason", "proposed_at", "proposed_by", "first_device", "first_signature")
    decided = _texts("approved_at", "approved_by", "second_device", "second_signature", "declined_at", "declined_by")
    _record("destruction_run", *proposed, *decided, *_texts("declined_reason"))
    _record("legal_hold", *_texts("subject_id", "reason", "placed_at", "placed_by", "lifted_at", "lifted_by"))
    op.create_index(op.f("ix_legal_hold_subject_id"), "legal_hold", ["subject_id"], unique=False)
    op.create_table(
        "purged_scope",
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.Text(), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id"),
    )
    op.create_index(op.f("ix_purged_scope_order_id"), "purged_scope", ["order_id"], unique=False)
    op.create_table(
        "known_order",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("known_order", "purged_scope", "legal_hold", "destruction_run"):
        op.drop_table(name)
