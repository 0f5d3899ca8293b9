"""Consents and authorizations as they are on record: what was allowed when, and when it was truly used last."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from idp.domain.grants.tables import consents, grants, refresh_tokens


@dataclass(frozen=True, slots=True)
class Allowed:
    """One consent; one that was withdrawn says since when, and no longer what it allowed."""

    client_id: str
    allowed: tuple[str, ...]
    given_at: int
    withdrawn_at: int | None


@dataclass(frozen=True, slots=True)
class Authorization:
    """One time that a service was let in; times in Unix seconds."""

    client_id: str
    scope: str
    acr: str
    offline: bool
    auth_time: int
    expires_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """When a service was last opened by her, and last came back by itself; `offline_until` as long as it may."""

    opened_at: int | None = None
    came_back_at: int | None = None
    offline_until: int | None = None


def consents_of(connection: Connection, person_id: str) -> Sequence[Allowed]:
    """Every consent, withdrawn ones too, oldest first."""
    mine = select(consents).where(consents.c.person_id == person_id)
    rows = connection.execute(mine.order_by(consents.c.given_at, consents.c.client_id))
    return [Allowed(row.client_id, tuple(row.allowed.split()), row.given_at, row.withdrawn_at) for row in rows]


def authorizations_of(connection: Connection, person_id: str) -> Sequence[Authorization]:
    """Every authorization that is on record, by when it ends."""
    mine = select(grants).where(grants.c.person_id == person_id)
    rows = connection.execute(mine.order_by(grants.c.expires_at, grants.c.id)).all()
    contexts = [json.loads(row.context) for row in rows]
    return [
        Authorization(
            row.client_id,
            context["scope"],
            context["acr"],
            row.offline,
            context["auth_time"],
            row.expires_at,
            row.revoked_at,
        )
        for row, context in zip(rows, contexts, strict=True)
    ]


def uses_of(connection: Connection, person_id: str, now: int, code_lifetime: int) -> Mapping[str, Use]:
    """By client_id. A grant is written each time that a service is opened, a refresh token each time it comes back."""
    mine = grants.c.person_id == person_id
    opened = select(grants.c.client_id, func.max(grants.c.code_expires_at)).where(mine).group_by(grants.c.client_id)
    latest = {client_id: at - code_lifetime for client_id, at in connection.execute(opened)}
    joined = grants.join(refresh_tokens, refresh_tokens.c.grant_id == grants.c.id)
    ends = case(
        (refresh_tokens.c.expires_at < grants.c.expires_at, refresh_tokens.c.expires_at), else_=grants.c.expires_at
    )
    live = (ends > now) & grants.c.revoked_at.is_(None) & refresh_tokens.c.spent_at.is_(None)
    renewed = func.max(refresh_tokens.c.issued_at)
    until = func.max(ends).filter(live)
    came_back = select(grants.c.client_id, renewed, until).select_from(joined).where(mine).group_by(grants.c.client_id)
    offline = {client_id: (at, end) for client_id, at, end in connection.execute(came_back)}
    return {
        client_id: Use(latest.get(client_id), *offline.get(client_id, (None, None)))
        for client_id in latest.keys() | offline.keys()
    }
