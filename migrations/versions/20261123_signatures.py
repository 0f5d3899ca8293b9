"""Documents to sign, the ceremonies about them, and their activations."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_signatures"
down_revision = "20261123_oversight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "signature_documents",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("frozen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_signature_documents"),
    )
    _create_ceremonies()
    op.create_table(
        "signature_activations",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("ceremony_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_signature_activations"),
    )
    op.create_index("ix_signature_activations_ceremony_id", "signature_activations", ["ceremony_id"])


def downgrade() -> None:
    """Remove them, with every document that was signed here."""
    op.drop_table("signature_activations")
    op.drop_table("signature_ceremonies")
    op.drop_table("signature_documents")


def _create_ceremonies() -> None:
    op.create_table(
        "signature_ceremonies",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text),
        sa.Column("sub", sa.Text),
        sa.Column("terms", sa.LargeBinary, nullable=False),
        sa.Column("return_uri", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.Text, nullable=False),
        sa.Column("signed_sha256", sa.Text),
        sa.Column("decline", sa.LargeBinary),
        sa.Column("idempotency_digest", sa.Text),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("viewed_at", sa.BigInteger),
        sa.Column("signing_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_signature_ceremonies"),
        sa.UniqueConstraint(
            "client_id", "idempotency_digest", name="uq_signature_ceremonies_client_id_idempotency_digest"
        ),
        sa.CheckConstraint(
            "status IN ('awaiting', 'viewed', 'signed', 'declined', 'expired', 'cancelled')",
            name="ck_signature_ceremonies_status",
        ),
        sa.CheckConstraint("status <> 'signed' OR signed_sha256 IS NOT NULL", name="ck_signature_ceremonies_signed"),
        sa.CheckConstraint(
            "status = 'awaiting' OR status IN ('expired', 'cancelled') OR person_id IS NOT NULL",
            name="ck_signature_ceremonies_person",
        ),
    )
    for columns in (["status", "expires_at"], ["document_sha256"], ["signed_sha256"]):
        op.create_index(f"ix_signature_ceremonies_{'_'.join(columns)}", "signature_ceremonies", columns)
