"""Every browser session of a person that is still on record, over or not: for her own copy of what is held."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from idp.domain.sessions.tables import participants, sessions


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser session; times in Unix seconds. `services` are the client_ids that took part, by identifier.

    `handed_over`: it was approved at another device.
    """

    id: str
    device: str
    amr: tuple[str, ...]
    auth_time: int
    created_at: int
    last_seen_at: int
    expires_at: int
    handed_over: bool
    ended_at: int | None
    services: tuple[str, ...]


def of_person(connection: Connection, person_id: str) -> Sequence[Visit]:
    """Oldest first. What ended is swept some time after its end."""
    mine = select(sessions).where(sessions.c.person_id == person_id)
    rows = connection.execute(mine.order_by(sessions.c.created_at, sessions.c.id)).mappings().all()
    joined = select(participants.c.session_id, participants.c.client_id)
    joined = joined.where(participants.c.session_id.in_([row["id"] for row in rows]))
    took_part: dict[str, list[str]] = {}
    for session_id, client_id in connection.execute(joined.order_by(participants.c.client_id)):
        took_part.setdefault(session_id, []).append(client_id)
    kept = ("id", "device", "auth_time", "created_at", "last_seen_at", "expires_at", "handed_over", "ended_at")
    return [
        Visit(
            amr=tuple(row["amr"].split()),
            services=tuple(took_part.get(row["id"], ())),
            **{name: row[name] for name in kept},
        )
        for row in rows
    ]


def devices(connection: Connection, person_id: str) -> dict[str, str]:
    """Session identifier to the kind of device, as far as it is on record."""
    mine = select(sessions.c.id, sessions.c.device).where(sessions.c.person_id == person_id)
    return {row.id: row.device for row in connection.execute(mine)}
