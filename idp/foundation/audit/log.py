"""Appending to the audit and reading it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves

_append = insert(leaves).inline()  # Nobody needs the new row's number: no round trip to fetch it.


@dataclass(frozen=True, slots=True)
class Leaf:
    """One recorded event; `position` is None until the next checkpoint places it in the tree."""

    id: int
    position: int | None
    at: int
    name: str
    actor: str
    subject: str
    facts: dict[str, Any]


def append(connection: Connection, event: Event, now: int) -> None:
    """Write one leaf into the caller's transaction."""
    row = {"name": event.name, "actor": event.actor, "subject": event.subject, "body": event.leaf(now), "at": now}
    connection.execute(_append, row)


def search(
    connection: Connection,
    *,
    about: str | None = None,
    actor: str | None = None,
    name: str | None = None,
    since: int | None = None,
    until: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Leaf]:
    """Newest first. `about` matches actor or subject; `name` is a prefix such as `signin.`; pages by `before_id`."""
    conditions = (
        None if about is None else or_(leaves.c.subject == about, leaves.c.actor == about),
        None if actor is None else leaves.c.actor == actor,
        None if name is None else leaves.c.name.startswith(name, autoescape=True),
        None if since is None else leaves.c.at >= since,
        None if until is None else leaves.c.at <= until,
        None if before_id is None else leaves.c.id < before_id,
    )
    wanted = [condition for condition in conditions if condition is not None]
    rows = connection.execute(select(leaves).where(*wanted).order_by(leaves.c.id.desc()).limit(limit)).mappings()
    return [_leaf(row) for row in rows]


def _leaf(row: Any) -> Leaf:
    facts = json.loads(row["body"])["facts"]
    return Leaf(row["id"], row["position"], row["at"], row["name"], row["actor"], row["subject"], facts)
