"""Verification cases and what decides them. The database itself holds the four-eyes rule: see `outcomes`.

What a citizen typed, uploaded or was found in the register is sealed under the citizen's data key.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from idp.foundation.tables import instant, metadata

cases = Table(
    "proofing_cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("details", LargeBinary),
    Column("found", LargeBinary),
    Column("identity_blind", Text),
    Column("verdicts", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("login_id", Text),
    Column("former", Boolean, nullable=False, server_default=false()),
    Column("claimed_by", Text),
    instant("claimed_until", nullable=True),
    Column("revision", Integer, nullable=False),
    instant("opened_at"),
    instant("submitted_at", nullable=True),
    instant("decided_at", nullable=True),
    UniqueConstraint("id", "person_id", "level", name="uq_proofing_cases_id_person_id_level"),
    UniqueConstraint("id", "manifest", name="uq_proofing_cases_id_manifest"),
    Index("ix_proofing_cases_state_submitted_at", "state", "submitted_at"),
    Index("ix_proofing_cases_person_id", "person_id"),
    Index("ix_proofing_cases_identity_blind", "identity_blind"),
    Index(
        "uq_proofing_cases_live",
        "person_id",
        unique=True,
        sqlite_where=text("state IN ('open', 'waiting')"),
        postgresql_where=text("state IN ('open', 'waiting')"),
    ),
)
"""`details` is what the citizen typed, `found` the register's entry, both sealed JSON; `verdicts` is JSON without
personal data; `former` says that she wants a former account back; `manifest` is the digest of all evidence, fixed when
the case is submitted, '' before."""

evidence = Table(
    "proofing_evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    instant("uploaded_at"),
    UniqueConstraint("case_id", "kind", name="uq_proofing_evidence_case_id_kind"),
    ForeignKeyConstraint(["case_id"], ["proofing_cases.id"], name="fk_proofing_evidence_case_id_proofing_cases"),
)
"""`content` is sealed; `sha256` is of what was sealed, hexadecimal."""

decisions = Table(
    "proofing_decisions",
    metadata,
    Column("case_id", Text, nullable=False),
    Column("verifier_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("note", LargeBinary),
    instant("at"),
    PrimaryKeyConstraint("case_id", "verifier_id", name="pk_proofing_decisions"),
    UniqueConstraint("case_id", "verifier_id", "verdict", name="uq_proofing_decisions_case_id_verifier_id_verdict"),
    CheckConstraint("verdict IN ('approved', 'refused')", name="verdict"),
    CheckConstraint("verifier_id <> person_id", name="not_self"),
    ForeignKeyConstraint(
        ["case_id", "person_id", "level"],
        ["proofing_cases.id", "proofing_cases.person_id", "proofing_cases.level"],
        name="fk_proofing_decisions_case_id_proofing_cases",
    ),
    ForeignKeyConstraint(
        ["case_id", "manifest"],
        ["proofing_cases.id", "proofing_cases.manifest"],
        name="fk_proofing_decisions_manifest_proofing_cases",
    ),
)
"""One row for each verifier and case, by primary key: nobody decides twice, and nobody decides on themselves."""

outcomes = Table(
    "proofing_outcomes",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("first_verifier_id", Text),
    Column("second_verifier_id", Text),
    instant("at"),
    CheckConstraint("verdict IN ('approved', 'refused')", name="verdict"),
    CheckConstraint("first_verifier_id <> second_verifier_id", name="four_eyes"),
    CheckConstraint("verdict = 'refused' OR first_verifier_id IS NOT NULL", name="someone_approved"),
    CheckConstraint(
        "verdict = 'refused' OR level = 'substantial' OR (level = 'high' AND second_verifier_id IS NOT NULL)",
        name="high_needs_two",
    ),
    ForeignKeyConstraint(
        ["case_id", "person_id", "level"],
        ["proofing_cases.id", "proofing_cases.person_id", "proofing_cases.level"],
        name="fk_proofing_outcomes_case_id_proofing_cases",
    ),
    ForeignKeyConstraint(
        ["case_id", "first_verifier_id", "verdict"],
        ["proofing_decisions.case_id", "proofing_decisions.verifier_id", "proofing_decisions.verdict"],
        name="fk_proofing_outcomes_first_verifier_id_proofing_decisions",
    ),
    ForeignKeyConstraint(
        ["case_id", "second_verifier_id", "verdict"],
        ["proofing_decisions.case_id", "proofing_decisions.verifier_id", "proofing_decisions.verdict"],
        name="fk_proofing_outcomes_second_verifier_id_proofing_decisions",
    ),
)
"""An approval points at the decisions that made it: one for substantial, two by different verifiers for high, each of
them an approval of this very case. No statement, ours or typed by hand, can write an approval without them."""
