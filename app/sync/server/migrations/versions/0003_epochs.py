"""The epochs of scopes after their first, and the epoch that each segment was sealed in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Whatever is stored before it was sealed in the first epoch: there was no other."""
    op.create_table(
        "scope_epochs",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("key_name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("by_device", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "scope_id"],
            ["scopes.agency_id", "scopes.scope_id"],
            name=op.f("fk_scope_epochs_agency_id_scope_id_scopes"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "scope_id", "epoch", name=op.f("pk_scope_epochs")),
    )
    op.add_column("segments", sa.Column("epoch", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    """Take it away. An older server hands every segment to whoever holds any key of its scope."""
    op.drop_column("segments", "epoch")
    op.drop_table("scope_epochs")
