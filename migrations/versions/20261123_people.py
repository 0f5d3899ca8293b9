"""People, clients and grants."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_people"
down_revision = "20261123_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the nouns that tokens are made of."""
    _people()
    op.create_table(
        "clients",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )
    _grants()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("assurance", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "person_attributes",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "name", name="pk_person_attributes"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_attributes_person_id_people"),
    )
    op.create_table(
        "person_identifiers",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("blind", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("verified_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kind", "blind", name="pk_person_identifiers"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_identifiers_person_id_people"),
    )
    op.create_index("ix_person_identifiers_person_id", "person_identifiers", ["person_id"])
    op.create_table(
        "person_verifications",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person_verifications"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_verifications_person_id_people"),
    )
    op.create_index("ix_person_verifications_person_id_at", "person_verifications", ["person_id", "at"])


def _grants() -> None:
    op.create_table(
        "consents",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("allowed", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("person_id", "client_id", name="pk_consents"),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("offline", sa.Boolean, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("code_expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_grants_person_id_session_id", "grants", ["person_id", "session_id"])
    op.create_index("ix_grants_expires_at", "grants", ["expires_at"])
    _tokens()


def _tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("grant_id", sa.Text),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_access_tokens"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("grant_id", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_refresh_tokens_grant_id_grants", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_refresh_tokens_grant_id", "refresh_tokens", ["grant_id"])


def downgrade() -> None:
    """Remove them."""
    for table in (
        "refresh_tokens",
        "access_tokens",
        "grants",
        "consents",
        "clients",
        "person_verifications",
        "person_identifiers",
        "person_attributes",
        "people",
    ):
        op.drop_table(table)
