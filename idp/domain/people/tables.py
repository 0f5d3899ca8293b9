"""The identity record. Everything personal is sealed or blinded."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from idp.foundation.tables import instant, metadata

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("assurance", Text, nullable=False),
    Column("locale", Text, nullable=False),
    instant("created_at"),
)

attributes = Table(
    "person_attributes",
    metadata,
    Column("person_id", Text, ForeignKey("people.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("source", Text, nullable=False),
    instant("updated_at"),
)
"""`name` is an OpenID Connect claim; `value` its JSON, sealed under the person's data key."""

identifiers = Table(
    "person_identifiers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("blind", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("value", LargeBinary, nullable=False),
    instant("verified_at", nullable=True),
    instant("created_at"),
    Index("ix_person_identifiers_person_id", "person_id"),
)
"""What finds a person: unique by kind and blind index, so that no two people hold one e-mail address or document."""

verifications = Table(
    "person_verifications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("level", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    instant("at"),
    Index("ix_person_verifications_person_id_at", "person_id", "at"),
)
"""`record` is the sealed JSON of a protocol.identity_assurance.Verification."""
