"""assurance."""

revision = "20261124_assurance"
down_revision = "20261123_signatures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
