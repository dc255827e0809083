"""Indexes for a registry of twenty thousand persons: its list, its choosers, and who may be entered twice."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_registration_born": ["dob"],
    "ix_registration_name": ["legal_last", "legal_first", "id"],
    "ix_registration_standing": ["removed_at", "expires_on", "submitted_on", "id", "status"],
}


def upgrade() -> None:
    """Make them."""
    for name, columns in _INDEXES.items():
        op.create_index(name, "registration", columns)


def downgrade() -> None:
    """Take them away."""
    for name in _INDEXES:
        op.drop_index(name, "registration")
