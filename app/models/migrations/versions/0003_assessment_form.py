"""A needs assessment remembers the form and the version of it with which it was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns; what was assessed before was answered with no form."""
    op.add_column("needs_assessment", sa.Column("form_id", sa.Text(), nullable=True))
    op.add_column("needs_assessment", sa.Column("form_version", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("needs_assessment", "form_version")
    op.drop_column("needs_assessment", "form_id")
