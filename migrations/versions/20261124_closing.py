"""Accounts that are being closed, the links that keep them, and finding a person's signatures."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_closing"
down_revision = "20261124_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "person_closings",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("remind_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_person_closings"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_closings_person_id_people"),
    )
    live = sa.text("spent_at IS NULL")
    op.create_index(
        "uq_person_closings_live",
        "person_closings",
        ["person_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    for moment in ("due_at", "remind_at"):
        op.create_index(
            f"ix_person_closings_{moment}", "person_closings", [moment], sqlite_where=live, postgresql_where=live
        )
    op.create_table(
        "person_closing_links",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("closing_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_person_closing_links"),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["person_closings.id"], name="fk_person_closing_links_closing_id_person_closings"
        ),
    )
    op.create_index("ix_person_closing_links_closing_id", "person_closing_links", ["closing_id"])
    op.create_index("ix_signature_ceremonies_person_id", "signature_ceremonies", ["person_id"])


def downgrade() -> None:
    """Take them away; who was closing her account is as she was."""
    op.drop_index("ix_signature_ceremonies_person_id", "signature_ceremonies")
    op.drop_table("person_closing_links")
    op.drop_table("person_closings")
    op.execute("UPDATE people SET status = 'active' WHERE status = 'closing'")
