"""The provider with which an agency's people sign in before they enrol, and what it calls them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No agency has a provider, and nobody an account, until an administrator says so."""
    op.add_column("agencies", sa.Column("oidc_issuer", sa.String(length=1000)))
    op.add_column("agencies", sa.Column("oidc_client", sa.String(length=1000)))
    op.add_column("agencies", sa.Column("oidc_claim", sa.String(length=64)))
    op.add_column("persons", sa.Column("account", sa.String(length=200)))
    op.add_column("persons", sa.Column("account_subject", sa.String(length=255)))


def downgrade() -> None:
    """Enrolment asks for the code alone again."""
    for table, names in (
        ("persons", ("account_subject", "account")),
        ("agencies", ("oidc_claim", "oidc_client", "oidc_issuer")),
    ):
        for name in names:
            op.drop_column(table, name)
