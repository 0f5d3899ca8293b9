"""Staff roles that nobody gives themselves, and licences to look at a record."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_oversight"
down_revision = "20261123_proofing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "staff_roles",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("granted_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_staff_roles"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_staff_roles_person_id_people"),
        sa.CheckConstraint("role IN ('verifier', 'administrator', 'auditor')", name="ck_staff_roles_role"),
        sa.CheckConstraint("granted_by <> person_id", name="ck_staff_roles_not_self"),
    )
    op.create_table(
        "record_viewings",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_viewings"),
    )
    op.create_index("ix_record_viewings_staff_id_person_id", "record_viewings", ["staff_id", "person_id"])
    op.create_index("ix_record_viewings_expires_at", "record_viewings", ["expires_at"])


def downgrade() -> None:
    """Remove them, with every role."""
    op.drop_table("record_viewings")
    op.drop_table("staff_roles")
