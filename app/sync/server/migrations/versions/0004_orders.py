"""Orders: scopes that two people destroyed, and devices that an administrator told to erase themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. An agency that is there already has no order key yet."""
    op.add_column("agencies", sa.Column("order_public", sa.LargeBinary(), nullable=True))
    op.create_table(
        "orders",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name=op.f("fk_orders_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "order_id", name=op.f("pk_orders")),
    )
    op.create_table(
        "purged_scopes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("purged_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "order_id"],
            ["orders.agency_id", "orders.order_id"],
            name=op.f("fk_purged_scopes_agency_id_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "scope_id", name=op.f("pk_purged_scopes")),
    )
    op.create_table(
        "wipes",
        sa.Column("agency_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.Column("done_body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "device_id"],
            ["devices.agency_id", "devices.device_id"],
            name=op.f("fk_wipes_agency_id_device_id_devices"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "device_id", name=op.f("pk_wipes")),
    )


def downgrade() -> None:
    """Take them away. An older server does not know what was destroyed: devices refuse it all the same."""
    op.drop_table("wipes")
    op.drop_table("purged_scopes")
    op.drop_table("orders")
    op.drop_column("agencies", "order_public")
