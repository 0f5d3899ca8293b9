"""Consents, pushed requests, grants and their tokens. Codes and tokens are kept as digests only."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from idp.foundation.tables import digest, instant, metadata

consents = Table(
    "consents",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("allowed", Text, nullable=False),
    instant("given_at"),
    instant("used_at"),
    instant("withdrawn_at", nullable=True),
)
"""`allowed` lists scopes and claims by name, separated by spaces."""

grants = Table(
    "grants",
    metadata,
    digest("id"),
    Column("person_id", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("offline", Boolean, nullable=False),
    Column("context", Text, nullable=False),
    instant("code_expires_at"),
    instant("spent_at", nullable=True),
    instant("revoked_at", nullable=True),
    instant("expires_at"),
    Index("ix_grants_person_id_session_id", "person_id", "session_id"),
    Index("ix_grants_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)
"""One authorization. Its id is the digest of its code; `spent_at` says when the code was redeemed."""

access_tokens = Table(
    "access_tokens",
    metadata,
    digest(),
    Column("grant_id", Text),
    Column("client_id", Text, nullable=False),
    Column("scope", Text, nullable=False),
    instant("issued_at"),
    instant("expires_at"),
    instant("revoked_at", nullable=True),
    Column("terms", Text),
    Index("ix_access_tokens_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)
"""`terms` is NULL for a bearer token for anybody, else JSON: `cnf`, `aud`, `act`, `details`. `grant_id` is NULL for a
client's own token (client credentials). It is no foreign key: tokens are swept long before their grants, and every
authorization would pay for the check."""

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    digest(),
    Column("grant_id", Text, ForeignKey("grants.id", ondelete="CASCADE"), nullable=False),
    instant("issued_at"),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_refresh_tokens_grant_id", "grant_id"),
    sqlite_with_rowid=False,
)
"""The family of a refresh token is its grant: revoking the grant kills every token of the family."""

pushed_requests = Table(
    "pushed_requests",
    metadata,
    digest(),
    Column("client_id", Text, nullable=False),
    Column("request", Text, nullable=False),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_pushed_requests_expires_at", "expires_at"),
    sqlite_with_rowid=False,
)
"""`request` is the JSON of an AuthorizationRequest, checked when it was pushed; `digest` is that of its request_uri."""
