"""Links by which somebody says that something was not she."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from idp.foundation.tables import digest, instant, metadata

alarms = Table(
    "alarms",
    metadata,
    digest(),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("about", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("authenticator_id", Text),
    instant("created_at"),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_alarms_expires_at", "expires_at"),
)
"""`about` is the name of the letter that carries the link; `authenticator_id` what was bound, to be undone."""
