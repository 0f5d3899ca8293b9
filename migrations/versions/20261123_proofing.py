"""Verification cases, evidence, and decisions that the database itself lets only four eyes make."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_proofing"
down_revision = "20261123_sessions"
branch_labels = None
depends_on = None

LIVE = "state IN ('open', 'waiting')"
VERDICT = "verdict IN ('approved', 'refused')"
ONE_CASE = ["proofing_cases.id", "proofing_cases.person_id", "proofing_cases.level"]
ONE_DECISION = ["proofing_decisions.case_id", "proofing_decisions.verifier_id", "proofing_decisions.verdict"]


def upgrade() -> None:
    """Add them."""
    _cases()
    _evidence()
    _decisions()
    _outcomes()


def _cases() -> None:
    op.create_table(
        "proofing_cases",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("details", sa.LargeBinary),
        sa.Column("found", sa.LargeBinary),
        sa.Column("identity_blind", sa.Text),
        sa.Column("verdicts", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("login_id", sa.Text),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("submitted_at", sa.BigInteger),
        sa.Column("decided_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_proofing_cases"),
        sa.UniqueConstraint("reference", name="uq_proofing_cases_reference"),
        sa.UniqueConstraint("id", "person_id", "level", name="uq_proofing_cases_id_person_id_level"),
        sa.UniqueConstraint("id", "manifest", name="uq_proofing_cases_id_manifest"),
    )
    op.create_index("ix_proofing_cases_state_submitted_at", "proofing_cases", ["state", "submitted_at"])
    op.create_index("ix_proofing_cases_person_id", "proofing_cases", ["person_id"])
    op.create_index("ix_proofing_cases_identity_blind", "proofing_cases", ["identity_blind"])
    live = sa.text(LIVE)
    op.create_index(
        "uq_proofing_cases_live",
        "proofing_cases",
        ["person_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _evidence() -> None:
    op.create_table(
        "proofing_evidence",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("uploaded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proofing_evidence"),
        sa.UniqueConstraint("case_id", "kind", name="uq_proofing_evidence_case_id_kind"),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_cases.id"], name="fk_proofing_evidence_case_id_proofing_cases"),
    )


def _decisions() -> None:
    op.create_table(
        "proofing_decisions",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("verifier_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("note", sa.LargeBinary),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "verifier_id", name="pk_proofing_decisions"),
        sa.UniqueConstraint(
            "case_id", "verifier_id", "verdict", name="uq_proofing_decisions_case_id_verifier_id_verdict"
        ),
        sa.CheckConstraint(VERDICT, name="ck_proofing_decisions_verdict"),
        sa.CheckConstraint("verifier_id <> person_id", name="ck_proofing_decisions_not_self"),
        sa.ForeignKeyConstraint(
            ["case_id", "person_id", "level"], ONE_CASE, name="fk_proofing_decisions_case_id_proofing_cases"
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "manifest"],
            ["proofing_cases.id", "proofing_cases.manifest"],
            name="fk_proofing_decisions_manifest_proofing_cases",
        ),
    )


def _outcomes() -> None:
    op.create_table(
        "proofing_outcomes",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("first_verifier_id", sa.Text),
        sa.Column("second_verifier_id", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_proofing_outcomes"),
        sa.CheckConstraint(VERDICT, name="ck_proofing_outcomes_verdict"),
        sa.CheckConstraint("first_verifier_id <> second_verifier_id", name="ck_proofing_outcomes_four_eyes"),
        sa.CheckConstraint(
            "verdict = 'refused' OR first_verifier_id IS NOT NULL", name="ck_proofing_outcomes_someone_approved"
        ),
        sa.CheckConstraint(
            "verdict = 'refused' OR level = 'substantial' OR (level = 'high' AND second_verifier_id IS NOT NULL)",
            name="ck_proofing_outcomes_high_needs_two",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "person_id", "level"], ONE_CASE, name="fk_proofing_outcomes_case_id_proofing_cases"
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "first_verifier_id", "verdict"],
            ONE_DECISION,
            name="fk_proofing_outcomes_first_verifier_id_proofing_decisions",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "second_verifier_id", "verdict"],
            ONE_DECISION,
            name="fk_proofing_outcomes_second_verifier_id_proofing_decisions",
        ),
    )


def downgrade() -> None:
    """Remove them, with every case."""
    for table in ("proofing_outcomes", "proofing_decisions", "proofing_evidence", "proofing_cases"):
        op.drop_table(table)
