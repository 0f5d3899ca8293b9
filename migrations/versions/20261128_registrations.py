"""Who may register over the network, and what was registered so: invitations, and proposals that wait for approval."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_registrations"
down_revision = "20261128_resources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; nobody is invited yet."""
    op.create_table(
        "registration_invitations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("uses_left", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_registration_invitations"),
        sa.UniqueConstraint("digest", name="uq_registration_invitations_digest"),
    )
    op.create_table(
        "registrations",
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("invitation_id", sa.Text, nullable=False),
        sa.Column("token_digest", sa.Text, nullable=False),
        sa.Column("statement", sa.Text),
        sa.Column("proposed", sa.Text),
        sa.Column("proposed_secret", sa.Text),
        sa.Column("fingerprint", sa.Text),
        sa.Column("proposed_at", sa.BigInteger),
        sa.Column("refusal", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("client_id", name="pk_registrations"),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_registrations_client_id_clients"),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["registration_invitations.id"],
            name="fk_registrations_invitation_id_registration_invitations",
        ),
    )
    op.create_index("ix_registrations_fingerprint", "registrations", ["fingerprint"])


def downgrade() -> None:
    """Take them away: clients that were approved stay, those that never were go."""
    op.drop_table("registrations")
    op.drop_table("registration_invitations")
    op.execute("DELETE FROM clients WHERE status NOT IN ('active', 'suspended')")
