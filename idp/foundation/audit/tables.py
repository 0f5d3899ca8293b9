"""Leaves and checkpoints."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from idp.foundation.tables import instant, metadata

leaves = Table(
    "audit_leaves",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("position", BigInteger, unique=True),
    Column("name", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    instant("at"),
    Index("ix_audit_leaves_subject_at", "subject", "at"),
    Index(
        "ix_audit_leaves_actor_at",
        "actor",
        "at",
        sqlite_where=text("actor <> subject"),
        postgresql_where=text("actor <> subject"),
    ),
)
"""`body` is what is hashed; the other columns repeat parts of it for searching.

`position` is the place in the tree, NULL until a checkpoint gives it; its unique index finds the pending leaves too.
"""

checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", Text, nullable=False),
    Column("frontier", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Text, nullable=False),
    instant("at"),
)
