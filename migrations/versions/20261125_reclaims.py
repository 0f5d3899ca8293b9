"""Accounts that somebody who proved her identity anew is about to have back."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_reclaims"
down_revision = "20261125_remembered"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; no case so far was about a former account."""
    op.create_table(
        "reclaims",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("claimant_id", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("remind_at", sa.BigInteger),
        sa.Column("ripe_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_reclaims"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reclaims_person_id_people"),
        sa.ForeignKeyConstraint(["claimant_id"], ["people.id"], name="fk_reclaims_claimant_id_people"),
    )
    live = {"sqlite_where": sa.text("spent_at IS NULL"), "postgresql_where": sa.text("spent_at IS NULL")}
    op.create_index("uq_reclaims_live_person", "reclaims", ["person_id"], unique=True, **live)
    op.create_index("uq_reclaims_live_claimant", "reclaims", ["claimant_id"], unique=True, **live)
    op.create_index("ix_reclaims_remind_at", "reclaims", ["remind_at"], **live)
    op.add_column("proofing_cases", sa.Column("former", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("proofing_cases") as table:
        table.drop_column("former")
    op.drop_table("reclaims")
