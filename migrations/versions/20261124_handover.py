"""handover."""

revision = "20261124_handover"
down_revision = "20261124_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
