"""Sign-ins handed to another device by a QR code, and sessions that began so."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_handover"
down_revision = "20261124_closing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; every session so far began with a proof at its own browser."""
    handed_over = sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("sessions", handed_over)
    op.create_table(
        "handovers",
        sa.Column("login_id", sa.Text, nullable=False),
        sa.Column("handle_digest", sa.Text, nullable=False),
        sa.Column("code_digest", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("opener_digest", sa.Text),
        sa.Column("opener_device", sa.Text),
        sa.Column("person_id", sa.Text),
        sa.Column("proof", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("login_id", name="pk_handovers"),
        sa.UniqueConstraint("handle_digest", name="uq_handovers_handle_digest"),
        sa.UniqueConstraint("code_digest", name="uq_handovers_code_digest"),
    )
    op.create_index("ix_handovers_expires_at", "handovers", ["expires_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("handovers")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("handed_over")
