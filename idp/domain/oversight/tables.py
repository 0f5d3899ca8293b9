"""Who holds which role, and who looked at whose record for what."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from idp.foundation.tables import instant, metadata

staff_roles = Table(
    "staff_roles",
    metadata,
    Column("person_id", Text, ForeignKey("people.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("granted_by", Text, nullable=False),
    instant("granted_at"),
    CheckConstraint("role IN ('verifier', 'administrator', 'auditor')", name="role"),
    CheckConstraint("granted_by <> person_id", name="not_self"),
)
"""Roles held now; the audit remembers the rest. No statement can write a role that somebody gave themselves."""

viewings = Table(
    "record_viewings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("staff_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reference", Text, nullable=False),
    instant("opened_at"),
    instant("expires_at"),
    Index("ix_record_viewings_staff_id_person_id", "staff_id", "person_id"),
    Index("ix_record_viewings_expires_at", "expires_at"),
)
"""A licence to look at one record for a while; swept when it is over, because its audit leaf stays."""
