"""What a passkey is: whether it verified its user, can be copied, of which make it proved to be, and if it was."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_assurance"
down_revision = "20261123_signatures"
branch_labels = None
depends_on = None

FLAGS = ("user_verified", "synced", "backed_up", "hardware")
TEXTS = ("model", "transports")


def upgrade() -> None:
    """Passkeys of before are taken for the least they may be."""
    with op.batch_alter_table("authenticators") as table:
        for name in FLAGS:
            table.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("disabled_at", sa.BigInteger))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("authenticators") as table:
        for name in (*FLAGS, *TEXTS, "disabled_at"):
            table.drop_column(name)
