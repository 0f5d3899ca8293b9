"""Authenticators and what they need to be checked. Secrets are hashed, sealed or digests."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, false

from idp.foundation.tables import digest, instant, metadata

authenticators = Table(
    "authenticators",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    Column("method", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("verifier", Text),
    Column("sealed", LargeBinary),
    Column("credential_id", Text, unique=True),
    Column("sign_count", BigInteger, nullable=False),
    Column("user_verified", Boolean, nullable=False, server_default=false()),
    Column("synced", Boolean, nullable=False, server_default=false()),
    Column("backed_up", Boolean, nullable=False, server_default=false()),
    Column("hardware", Boolean, nullable=False, server_default=false()),
    Column("model", Text, nullable=False, server_default=""),
    Column("transports", Text, nullable=False, server_default=""),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    instant("disabled_at", nullable=True),
    instant("removed_at", nullable=True),
    Index("ix_authenticators_person_id", "person_id"),
)
"""`verifier` is an Argon2 string or a public key; `sealed` a TOTP secret; `credential_id` a passkey's, base64url,
`model` its AAGUID, empty if it was made before this was kept, and `transports` how it is reached, joined by spaces.
What is disabled counts for nothing, but stands until its owner removes it."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    digest(),
    Column("person_id", Text, ForeignKey("people.id"), nullable=False),
    instant("created_at"),
    instant("spent_at", nullable=True),
    Index("ix_recovery_codes_person_id", "person_id"),
)

challenges = Table(
    "webauthn_challenges",
    metadata,
    Column("id", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("person_id", Text),
    Column("challenge", LargeBinary, nullable=False),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_webauthn_challenges_expires_at", "expires_at"),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("binding", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_one_time_codes_expires_at", "expires_at"),
)
"""`digest` is keyed by the row's identifier; six digits have no strength of their own, the tries do the rest."""
