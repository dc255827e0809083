"""Which own changes no segment carries yet stands in a narrow table, so that sealing does not write the log anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_UNSEALED = """
INSERT INTO unsealed_change (scope_id, device_seq)
SELECT scope_id, device_seq FROM change
WHERE segment_first IS NULL AND device_id = (SELECT value FROM device_state WHERE name = 'device_id')
"""
_SEALED = """
UPDATE change SET segment_first = coalesce(
    (SELECT max(first) FROM out_segment WHERE out_segment.scope_id = change.scope_id AND first <= device_seq),
    device_seq)
WHERE device_id = (SELECT value FROM device_state WHERE name = 'device_id') AND NOT EXISTS (
    SELECT 1 FROM unsealed_change
    WHERE unsealed_change.scope_id = change.scope_id AND unsealed_change.device_seq = change.device_seq)
"""


def upgrade() -> None:
    """Move what the wide rows said."""
    op.create_table(
        "unsealed_change",
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("device_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "device_seq"),
        sqlite_with_rowid=False,
    )
    op.execute(_UNSEALED)
    op.drop_index("ix_change_sealed", table_name="change")
    op.drop_column("change", "segment_first")


def downgrade() -> None:
    """Back to what it was."""
    op.add_column("change", sa.Column("segment_first", sa.Integer(), nullable=True))
    op.execute(_SEALED)
    op.create_index("ix_change_sealed", "change", ["device_id", "segment_first"])
    op.drop_table("unsealed_change")
