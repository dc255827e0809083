"""What waits to be sealed, sent or looked at is found without looking through all that does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes, and drop one that nothing was ever looked for in."""
    op.drop_index("ix_change_unsealed", table_name="change")
    op.create_index("ix_change_sealed", "change", ["device_id", "segment_first"])
    op.create_index(
        "ix_out_segment_unreceived", "out_segment", ["scope_id", "first"], sqlite_where=sa.text("receipt IS NULL")
    )
    op.create_index("ix_out_segment_refused", "out_segment", ["refusal"], sqlite_where=sa.text("refusal IS NOT NULL"))


def downgrade() -> None:
    """Back to what it was."""
    op.drop_index("ix_out_segment_refused", table_name="out_segment")
    op.drop_index("ix_out_segment_unreceived", table_name="out_segment")
    op.drop_index("ix_change_sealed", table_name="change")
    op.create_index("ix_change_unsealed", "change", ["scope_id", "device_seq"])
