"""Appending to the audit and reading it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, or_, select

from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves
from idp.foundation.prepared import Prepared

_NEW = (leaves.c.name, leaves.c.actor, leaves.c.subject, leaves.c.body, leaves.c.at)
_APPEND = Prepared(insert(leaves).values({column: bindparam(f"the_{column.name}") for column in _NEW}).inline())
"""Nobody needs the new row's number: no round trip to fetch it."""


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
    row = {
        "the_name": event.name,
        "the_actor": event.actor,
        "the_subject": event.subject,
        "the_body": event.leaf(now),
        "the_at": now,
    }
    _APPEND.run(connection, row)


def around(
    connection: Connection,
    person: str,
    *,
    names: Collection[str] | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Leaf]:
    """What was done to one person, by herself or others, newest first; only events of these `names`, if given."""
    wanted = [leaves.c.subject == person]
    if names is not None:
        wanted.append(leaves.c.name.in_(names))
    if before_id is not None:
        wanted.append(leaves.c.id < before_id)
    rows = connection.execute(select(leaves).where(*wanted).order_by(leaves.c.id.desc()).limit(limit)).mappings()
    return [_leaf(row) for row in rows]


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
        None if about is None else or_(leaves.c.subject == about, _to_another(about)),
        None if actor is None else or_(_to_another(actor), _to_oneself(actor)),
        None if name is None else leaves.c.name.startswith(name, autoescape=True),
        None if since is None else leaves.c.at >= since,
        None if until is None else leaves.c.at <= until,
        None if before_id is None else leaves.c.id < before_id,
    )
    wanted = [condition for condition in conditions if condition is not None]
    rows = connection.execute(select(leaves).where(*wanted).order_by(leaves.c.id.desc()).limit(limit)).mappings()
    return [_leaf(row) for row in rows]


def _to_another(actor: str) -> ColumnElement[bool]:
    """What somebody did to another: the index of actors holds nothing else, for most acts are one's own."""
    return and_(leaves.c.actor == actor, leaves.c.actor != leaves.c.subject)


def _to_oneself(actor: str) -> ColumnElement[bool]:
    return and_(leaves.c.subject == actor, leaves.c.actor == leaves.c.subject)


def _leaf(row: Any) -> Leaf:
    facts = json.loads(row["body"])["facts"]
    return Leaf(row["id"], row["position"], row["at"], row["name"], row["actor"], row["subject"], facts)
