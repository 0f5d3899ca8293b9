"""Which resource server a protected resource belongs to: no two clients may register the same one."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_resources"
down_revision = "20261128_sealed_secrets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody could register a resource before."""
    op.create_table(
        "client_resources",
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("resource", name="pk_client_resources"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_client_resources_client_id_clients", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_client_resources_client_id", "client_resources", ["client_id"])


def downgrade() -> None:
    """The registrations still say it."""
    op.drop_table("client_resources")
