"""The secret of a client that signs with it, sealed; of every other client a digest is enough."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_sealed_secrets"
down_revision = "20261128_pushed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody signs with a secret yet."""
    op.add_column("clients", sa.Column("sealed_secret", sa.LargeBinary))


def downgrade() -> None:
    """Who signs with a secret can no longer authenticate."""
    with op.batch_alter_table("clients") as table:
        table.drop_column("sealed_secret")
