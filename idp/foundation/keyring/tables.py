"""The state of every key, shared by all nodes."""

from sqlalchemy import Column, Table, Text

from idp.foundation.tables import instant, metadata

keys = Table(
    "keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
    instant("published_at"),
    instant("changed_at"),
)
"""`published_at` is 0 for keys in the first JWKS ever served: no cache can lack them."""
