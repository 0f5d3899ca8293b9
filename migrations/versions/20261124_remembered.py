"""remembered."""

revision = "20261124_remembered"
down_revision = "20261124_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
