"""Changes of addresses and telephone numbers that wait for their codes."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_contacts"
down_revision = "20261124_assurance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "contact_changes",
        sa.Column("person_id", sa.Text(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("old", sa.LargeBinary()),
        sa.Column("new", sa.LargeBinary()),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("old_proved_at", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_contact_changes_expires_at", "contact_changes", ["expires_at"])


def downgrade() -> None:
    """Forget what waits."""
    op.drop_table("contact_changes")
