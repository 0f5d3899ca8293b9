"""recovery."""

revision = "20261124_recovery"
down_revision = "20261124_remembered"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
