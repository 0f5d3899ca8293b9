"""Links by which somebody says that something was not she."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_recovery"
down_revision = "20261124_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "alarms",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("authenticator_id", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_alarms"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_alarms_person_id_people"),
    )
    op.create_index("ix_alarms_expires_at", "alarms", ["expires_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("alarms")
