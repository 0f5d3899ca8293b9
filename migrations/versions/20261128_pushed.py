"""Authorization requests that clients pushed over the back channel (RFC 9126)."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_pushed"
down_revision = "20261128_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "pushed_requests",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("spent_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_pushed_requests"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pushed_requests_expires_at", "pushed_requests", ["expires_at"])


def downgrade() -> None:
    """Who has just pushed a request pushes it again."""
    op.drop_table("pushed_requests")
