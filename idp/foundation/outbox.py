"""Jobs that commit with the change that asked for them, which courier.py delivers with retry.

A payload is JSON without personal data, or sealed by whoever wrote it. Delivery is at least once: a handler must
tolerate a repeat. A job that fails waits longer each time; each job waits alone, so one dead receiver delays nobody.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, insert, select

from idp.foundation.randomness import identifier
from idp.foundation.tables import instant, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    instant("created_at"),
    instant("due_at", nullable=True),
    instant("ended_at", nullable=True),
    Index("ix_outbox_due_at", "due_at"),
    Index("ix_outbox_kind_about", "kind", "about"),
)
"""`due_at` is NULL once delivered or given up; `last_error` tells which. The payload goes then; `about` stays."""

RETRY_AFTER = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
LEASE_SECONDS = 60
KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do after the commit: `kind` names its handler.

    `about` names the receiver: the identifier of a service or the name of a channel, never a person's. Its jobs wait in
    a line of their own. It outlives the payload, for whoever asks what became of the job.
    """

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


Handler = Callable[[Mapping[str, Any]], None]


def enqueue(connection: Connection, job: Job, now: int) -> None:
    """Write the job into the caller's transaction."""
    what = {"id": identifier(), "kind": job.kind, "about": job.about, "payload": json.dumps(job.payload)}
    connection.execute(insert(outbox), what | {"attempts": 0, "created_at": now, "due_at": now})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a job. `due_at` is the next try, None once it ended; `last_error` then says whether in vain."""

    kind: str
    about: str
    attempts: int
    last_error: str | None
    created_at: int
    due_at: int | None
    ended_at: int | None

    @property
    def state(self) -> str:
        """`waiting`, `delivered` or `given_up`."""
        if self.ended_at is None:
            return "waiting"
        return "given_up" if self.last_error else "delivered"


def deliveries(connection: Connection, kind: str, about: str, limit: int = 50) -> Sequence[Delivery]:
    """The newest jobs of one kind about one thing; those that ended are kept for KEPT_SECONDS."""
    mine = select(outbox).where(outbox.c.kind == kind, outbox.c.about == about)
    rows = connection.execute(mine.order_by(outbox.c.created_at.desc(), outbox.c.id).limit(limit)).mappings()
    return [Delivery(**{name: row[name] for name in Delivery.__slots__}) for row in rows]
