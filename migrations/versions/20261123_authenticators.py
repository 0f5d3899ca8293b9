"""Authenticators, recovery codes, challenges and one-time codes."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_authenticators"
down_revision = "20261123_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "authenticators",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("verifier", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("credential_id", sa.Text),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_authenticators"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_authenticators_person_id_people"),
        sa.UniqueConstraint("credential_id", name="uq_authenticators_credential_id"),
    )
    op.create_index("ix_authenticators_person_id", "authenticators", ["person_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_recovery_codes_person_id_people"),
    )
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])
    _short_lived()


def _short_lived() -> None:
    op.create_table(
        "webauthn_challenges",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text),
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_webauthn_challenges"),
    )
    op.create_index("ix_webauthn_challenges_expires_at", "webauthn_challenges", ["expires_at"])
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("binding", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_codes"),
    )
    op.create_index("ix_one_time_codes_expires_at", "one_time_codes", ["expires_at"])


def downgrade() -> None:
    """Remove them."""
    for table in ("one_time_codes", "webauthn_challenges", "recovery_codes", "authenticators"):
        op.drop_table(table)
