"""The identity record. Everything personal is sealed or blinded."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, text

from idp.foundation.tables import digest, instant, metadata

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

contact_changes = Table(
    "contact_changes",
    metadata,
    Column("person_id", Text, ForeignKey("people.id"), primary_key=True),
    Column("act", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("old", LargeBinary),
    Column("new", LargeBinary),
    Column("taken", Boolean, nullable=False),
    Column("code_id", Text, nullable=False),
    instant("old_proved_at", nullable=True),
    instant("sent_at", nullable=True),
    instant("expires_at"),
    Index("ix_contact_changes_expires_at", "expires_at"),
)
"""At most one for each person. `code_id` is that of the code that was sent last; every earlier one is dead."""

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

_LIVE = text("spent_at IS NULL")
closings = Table(
    "person_closings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("outcome", Text),
    instant("requested_at"),
    instant("remind_at", nullable=True),
    instant("due_at"),
    instant("spent_at", nullable=True),
    Index("uq_person_closings_live", "person_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_person_closings_due_at", "due_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_person_closings_remind_at", "remind_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
)
"""An account that is being closed. `remind_at` is NULL once she was reminded; `spent_at` and `outcome` say how it
ended: one conditional UPDATE, whoever comes first."""

closing_links = Table(
    "person_closing_links",
    metadata,
    digest(),
    Column("closing_id", Text, ForeignKey("person_closings.id"), nullable=False),
    instant("created_at"),
    Index("ix_person_closing_links_closing_id", "closing_id"),
)
"""Links in letters, by which an account is kept. They go when the waiting ends."""
