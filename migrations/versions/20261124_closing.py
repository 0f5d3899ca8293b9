"""closing."""

revision = "20261124_closing"
down_revision = "20261124_handover"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
