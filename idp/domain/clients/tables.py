"""Registrations of relying parties."""

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from idp.foundation.tables import instant, metadata

clients = Table(
    "clients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("metadata", Text, nullable=False),
    Column("secret_digest", Text),
    Column("sealed_secret", LargeBinary),
    Column("status", Text, nullable=False),
    instant("created_at"),
    instant("updated_at"),
)
"""`metadata` is the RFC 7591 document as registered; `secret_digest` an HMAC-SHA-256 in hexadecimal.

`sealed_secret` is there only for a client that signs with its secret, which must be read to check what it signed.
"""

resources = Table(
    "client_resources",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("client_id", Text, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""The `resources` of every registration (RFC 8707): one resource server each, so that nobody takes another's."""
