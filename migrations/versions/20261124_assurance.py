"""What a passkey is: whether it verified its user, can be copied, and of which make it proved to be."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_assurance"
down_revision = "20261123_signatures"
branch_labels = None
depends_on = None

FLAGS = ("user_verified", "synced", "hardware")


def upgrade() -> None:
    """Passkeys of before are taken for the least they may be."""
    with op.batch_alter_table("authenticators") as table:
        for name in FLAGS:
            table.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("model", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("authenticators") as table:
        for name in (*FLAGS, "model"):
            table.drop_column(name)
