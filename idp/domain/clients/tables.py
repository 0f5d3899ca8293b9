"""Registrations of relying parties, and who may make one over the network."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

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

invitations = Table(
    "registration_invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("policy", Text, nullable=False),
    Column("uses_left", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("withdrawn_at", nullable=True),
)
"""Initial access tokens (RFC 7591), as digests. They stay when they are used up: they say how much a client may ask."""

registrations = Table(
    "registrations",
    metadata,
    Column("client_id", Text, ForeignKey("clients.id"), primary_key=True),
    Column("invitation_id", Text, ForeignKey("registration_invitations.id"), nullable=False),
    Column("token_digest", Text, nullable=False),
    Column("statement", Text),
    Column("proposed", Text),
    Column("proposed_secret", Text),
    Column("fingerprint", Text),
    instant("proposed_at", nullable=True),
    Column("refusal", Text),
    Column("note", Text),
    Column("decided_by", Text),
    instant("decided_at", nullable=True),
    Index("ix_registrations_fingerprint", "fingerprint"),
)
"""What was registered over the network. `proposed` waits for approval as long as there is a `fingerprint` of it;
`proposed_secret` is the digest that goes with it. `refusal` and `note` say why the last one was not approved."""
