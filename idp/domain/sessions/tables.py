"""Browser sessions and sign-ins in progress. Cookies are kept as digests only."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text, false

from idp.foundation.tables import instant, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("person_id", Text, nullable=False),
    Column("amr", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("handed_over", Boolean, nullable=False, server_default=false()),
    Column("device", Text, nullable=False),
    Column("remembered_id", Text),
    instant("auth_time"),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    Index("ix_sessions_person_id", "person_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

remembered = Table(
    "remembered_browsers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("digest_before", Text),
    Column("device", Text, nullable=False),
    instant("created_at"),
    instant("last_used_at"),
    instant("expires_at"),
    Index("ix_remembered_browsers_person_id", "person_id"),
    Index("ix_remembered_browsers_expires_at", "expires_at"),
)

participants = Table(
    "session_participants",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    instant("joined_at"),
)

logins = Table(
    "logins",
    metadata,
    Column("id", Text, primary_key=True),
    Column("browser_digest", Text, nullable=False),
    Column("request", Text),
    Column("return_to", Text),
    Column("facts", Text, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("spent_at", nullable=True),
    Index("ix_logins_expires_at", "expires_at"),
)
"""`request` is the JSON of an AuthorizationRequest; `return_to` a path of ours; `facts` what was established so far."""

handovers = Table(
    "handovers",
    metadata,
    Column("login_id", Text, primary_key=True),
    Column("handle_digest", Text, nullable=False, unique=True),
    Column("code_digest", Text, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("device", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("opener_digest", Text),
    Column("opener_device", Text),
    Column("person_id", Text),
    Column("proof", Text),
    instant("created_at"),
    instant("expires_at"),
    instant("opened_at", nullable=True),
    instant("spent_at", nullable=True),
    Index("ix_handovers_expires_at", "expires_at"),
)
"""A sign-in is handed to one device at a time. `sealed` holds what its own page shows again and again; `opener_...` is
the browser that opened it; `proof` the JSON of what was proved there."""
