"""Wrapped data keys, one a person."""

from sqlalchemy import Column, LargeBinary, Table, Text

from idp.foundation.tables import instant, metadata

data_keys = Table(
    "data_keys",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("kek_id", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    instant("created_at"),
)
"""Deleting a row is erasure: what was sealed with the key can never be read again."""
