"""Which chunks of attachments are still to be sent or fetched: at first all, as the server has been told of none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FILL = """
    INSERT OR IGNORE INTO chunk_errand (name, scope_id, ours, turn)
    SELECT one.value, a.scope_id, EXISTS (
        SELECT 1 FROM change WHERE change.record_id = a.id AND change.kind = 'attachment'
        AND change.device_id = (SELECT value FROM device_state WHERE name = 'device_id')
    ), {turn}
    FROM attachment AS a, json_each(a.{column}) AS one
    WHERE a.{column} IS NOT NULL AND a.removed_at IS NULL AND length(one.value) = 64
"""


def upgrade() -> None:
    """Make the table and write down every chunk that a record names."""
    op.create_table(
        "chunk_errand",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "scope_id"),
    )
    op.create_index("ix_chunk_errand_ours", "chunk_errand", ["ours"], unique=False)
    for turn, column in enumerate(("preview_chunks", "chunks")):
        op.execute(_FILL.format(column=column, turn=turn))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("chunk_errand")
