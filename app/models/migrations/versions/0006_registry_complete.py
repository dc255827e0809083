"""The registry's history, disputes and lists, what followed the opening of a card, and how a submitter is reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REGISTRATION = (
    "submitter_way",
    "submitter_safe",
    "submitter_note",
    "letter_language",
    "consent_form",
    "decision_capacity",
    "facility",
    "batch_id",
)
_KINDS = {
    "card_follow_up": ("view_id", "occurrence_no", "without", "outcome", "helped", "told_at"),
    "registry_batch": ("facility", "contact", "phone", "file_name", "received_on", "taken", "refused"),
    "registry_dispute": (
        "registration_id",
        "field",
        "first",
        "first_by",
        "second",
        "second_by",
        "opened_on",
        "decided_on",
        "decided_by",
        "side",
        "reason",
    ),
    "registry_event": ("registration_id", "act", "on_day", "before", "after", "checked", "note"),
}
_INDEXED = {
    "card_follow_up": ("view_id",),
    "registry_batch": (),
    "registry_dispute": ("registration_id",),
    "registry_event": ("registration_id", "on_day"),
}


def upgrade() -> None:
    """Create them."""
    for name in _REGISTRATION:
        op.add_column("registration", sa.Column(name, sa.Text(), nullable=True))
    for name in ("facility", "batch_id"):
        op.create_index(op.f(f"ix_registration_{name}"), "registration", [name], unique=False)
    op.add_column("emergency_card", sa.Column("disputed", sa.Text(), nullable=True))
    for kind, fields in _KINDS.items():
        op.create_table(
            kind,
            *(sa.Column(name, sa.Boolean() if name == "checked" else sa.Text(), nullable=True) for name in fields),
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("scope_id", sa.Text(), nullable=False),
            *(
                sa.Column(name, sa.Text(), nullable=True)
                for name in ("created_at", "created_by", "removed_at", "removed_reason", "clock")
            ),
            sa.Column("flagged", sa.Boolean(), server_default="0", nullable=False),
            sa.Column("unknown", sa.Text(), nullable=True),
            sa.PrimaryKeyConstraint("id"),
        )
        for name in (*_INDEXED[kind], "scope_id"):
            op.create_index(op.f(f"ix_{kind}_{name}"), kind, [name], unique=False)


def downgrade() -> None:
    """Drop them."""
    for kind in _KINDS:
        op.drop_table(kind)
    op.drop_column("emergency_card", "disputed")
    for name in ("facility", "batch_id"):
        op.drop_index(op.f(f"ix_registration_{name}"), table_name="registration")
    for name in _REGISTRATION:
        op.drop_column("registration", name)
