"""Jobs that commit with the change that asked for them, which courier.py delivers with retry.

A payload is JSON without personal data, or sealed by whoever wrote it. Delivery is at least once: a handler must
tolerate a repeat. A job that fails waits longer each time; each job waits alone, so one dead receiver delays nobody.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, insert

from idp.foundation.randomness import identifier
from idp.foundation.tables import instant, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    instant("created_at"),
    instant("due_at", nullable=True),
    instant("ended_at", nullable=True),
    Index("ix_outbox_due_at", "due_at"),
)
"""`due_at` is NULL once delivered or given up; `last_error` tells which."""

RETRY_AFTER = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
LEASE_SECONDS = 60
KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do after the commit: `kind` names its handler."""

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Mapping[str, Any]], None]


def enqueue(connection: Connection, job: Job, now: int) -> None:
    """Write the job into the caller's transaction."""
    what = {"id": identifier(), "kind": job.kind, "payload": json.dumps(job.payload)}
    connection.execute(insert(outbox), what | {"attempts": 0, "created_at": now, "due_at": now})
