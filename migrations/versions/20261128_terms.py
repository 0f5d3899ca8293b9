"""What holds for an access token besides its scope: whose key it is bound to, for whom it is, and who acts."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_terms"
down_revision = "20261125_reclaims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens that are out already are bearer tokens for anybody."""
    op.add_column("access_tokens", sa.Column("terms", sa.Text))


def downgrade() -> None:
    """Bound tokens become bearer tokens: end them first."""
    op.execute("DELETE FROM access_tokens WHERE terms IS NOT NULL")
    with op.batch_alter_table("access_tokens") as table:
        table.drop_column("terms")
