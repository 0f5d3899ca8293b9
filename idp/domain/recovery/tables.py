"""Links by which somebody says that something was not she, and accounts that are about to be taken back."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text

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

_LIVE = text("spent_at IS NULL")
reclaims = Table(
    "reclaims",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("claimant_id", Text, ForeignKey("people.id"), nullable=False),
    Column("reference", Text, nullable=False),
    Column("outcome", Text),
    instant("requested_at"),
    instant("remind_at", nullable=True),
    instant("ripe_at"),
    instant("spent_at", nullable=True),
    Index("uq_reclaims_live_person", "person_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("uq_reclaims_live_claimant", "claimant_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_reclaims_remind_at", "remind_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
)
"""`claimant_id` is the account that she made to prove who she is; `reference` that of its case. One at a time."""
