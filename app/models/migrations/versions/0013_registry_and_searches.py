"""Indexes for a registry of twenty thousand persons; places on search cards, notices of searches, their hand-over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_registration_born": ["dob"],
    "ix_registration_name": ["legal_last", "legal_first", "id"],
    "ix_registration_standing": ["removed_at", "expires_on", "submitted_on", "id", "status"],
}
_RECORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "search_notice": (("card_id", "number", "occurrence_no", "drill", "call_at", "closed_at"), ("card_id",)),
    "battery_notice": (("client_id", "installed_on", "due_on"), ("client_id",)),
    "search_hand_over": (
        (
            "activation_id", "registration_id", "given_to", "receiver", "parts", "authority", "way", "approved_by",
            "given_at", "given_by", "note",
        ),
        ("activation_id", "registration_id"),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Make them."""
    for name, indexed in _INDEXES.items():
        op.create_index(name, "registration", indexed)
    op.add_column("search_card", sa.Column("places", sa.Text(), nullable=True))
    for kind, (columns, looked_up) in _RECORDS.items():
        op.create_table(
            kind,
            *(sa.Column(name, sa.Boolean() if name == "drill" else sa.Text(), nullable=True) for name in columns),
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
        for column in (*looked_up, "scope_id"):
            op.create_index(op.f(f"ix_{kind}_{column}"), kind, [column], unique=False)


def downgrade() -> None:
    """Take them away."""
    for kind in _RECORDS:
        op.drop_table(kind)
    op.drop_column("search_card", "places")
    for name in _INDEXES:
        op.drop_index(name, "registration")
