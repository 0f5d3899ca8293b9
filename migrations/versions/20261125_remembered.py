"""Browsers that remember somebody, and which of them a session came from."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_remembered"
down_revision = "20261125_handover"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; nobody is remembered yet."""
    op.create_table(
        "remembered_browsers",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("digest_before", sa.Text),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remembered_browsers"),
    )
    op.create_index("ix_remembered_browsers_person_id", "remembered_browsers", ["person_id"])
    op.create_index("ix_remembered_browsers_expires_at", "remembered_browsers", ["expires_at"])
    op.add_column("sessions", sa.Column("remembered_id", sa.Text))


def downgrade() -> None:
    """Take them away: everybody is asked for every factor again."""
    with op.batch_alter_table("sessions") as table:
        table.drop_column("remembered_id")
    op.drop_table("remembered_browsers")
