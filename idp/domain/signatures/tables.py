"""Documents to sign, the ceremonies about them, and the activations that let one signature be made."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from idp.foundation.tables import digest, instant, metadata

documents = Table(
    "signature_documents",
    metadata,
    digest("sha256"),
    Column("sealed", LargeBinary, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    instant("frozen_at"),
)
"""Bytes named by their SHA-256, so that nobody can put others in their place; sealed, because forms are personal."""

ceremonies = Table(
    "signature_ceremonies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("person_id", Text),
    Column("sub", Text),
    Column("terms", LargeBinary, nullable=False),
    Column("return_uri", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),
    Column("signed_sha256", Text),
    Column("decline", LargeBinary),
    Column("idempotency_digest", Text),
    Column("request_digest", Text, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("viewed_at", nullable=True),
    instant("signing_at", nullable=True),
    instant("ended_at", nullable=True),
    CheckConstraint("status IN ('awaiting', 'viewed', 'signed', 'declined', 'expired', 'cancelled')", name="status"),
    CheckConstraint("status <> 'signed' OR signed_sha256 IS NOT NULL", name="signed"),
    CheckConstraint(
        "status = 'awaiting' OR status IN ('expired', 'cancelled') OR person_id IS NOT NULL", name="person"
    ),
    UniqueConstraint("client_id", "idempotency_digest"),
    Index("ix_signature_ceremonies_status_expires_at", "status", "expires_at"),
    Index("ix_signature_ceremonies_person_id", "person_id"),
    Index("ix_signature_ceremonies_document_sha256", "document_sha256"),
    Index("ix_signature_ceremonies_signed_sha256", "signed_sha256"),
)
"""`person_id` is NULL until the first citizen opens it; `sub`, if the service named the signer, is the only person who
may. `terms` is the sealed JSON of title and reason, `decline` of why it was declined. `signing_at` without
`signed_sha256` is a signature that was begun and not finished.
"""

activations = Table(
    "signature_activations",
    metadata,
    digest(),
    Column("ceremony_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_signature_activations_ceremony_id", "ceremony_id"),
)
"""`evidence` is the sealed JSON of the proof: which factor, when, and for a passkey the assertion itself."""
