"""contacts."""

revision = "20261124_contacts"
down_revision = "20261124_assurance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
