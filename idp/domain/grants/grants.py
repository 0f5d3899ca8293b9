"""One authorization: a code spent once, the tokens made from it, and their common end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, or_, select, update

from idp.domain.grants.tables import access_tokens, consents, grants, refresh_tokens
from idp.foundation.once import first_sight, spend_by, spending, was_seen
from idp.foundation.prepared import Prepared
from idp.foundation.transaction import Tx
from idp.protocol.access_token import digest
from idp.protocol.confirmation import UNBOUND, Confirmation

# Built once: making a statement costs as much as running it, and these run in every request.
_INSERT_GRANT = Prepared(insert(grants).inline())
_INSERT_ACCESS = Prepared(insert(access_tokens).inline())
_INSERT_REFRESH = Prepared(insert(refresh_tokens).inline())
_BY_ID = Prepared(select(grants).where(grants.c.id == bindparam("the_id")))
_SPEND_CODE = spending(grants, grants.c.id == bindparam("the_id"))
_SPEND_REFRESH = spending(refresh_tokens, refresh_tokens.c.digest == bindparam("the_digest"))
_RENEW_REFRESH = Prepared(
    update(refresh_tokens)
    .where(
        refresh_tokens.c.digest == bindparam("the_digest"),
        refresh_tokens.c.spent_at.is_(None),
        refresh_tokens.c.expires_at > bindparam("now"),
    )
    .values(issued_at=bindparam("now"), expires_at=bindparam("later"))
    .returning(refresh_tokens.c.grant_id)
)
_OF_GRANT = tuple((column.name, f"of_{column.name}") for column in grants.c)
_ACTIVE = Prepared(
    select(access_tokens, *(grants.c[name].label(labelled) for name, labelled in _OF_GRANT))
    .outerjoin(grants, grants.c.id == access_tokens.c.grant_id)
    .where(
        access_tokens.c.digest == bindparam("the_digest"),
        access_tokens.c.expires_at > bindparam("now"),
        access_tokens.c.revoked_at.is_(None),
        grants.c.revoked_at.is_(None),
        or_(access_tokens.c.grant_id.is_(None), grants.c.expires_at > bindparam("now")),
    )
)
REVOKED = "revoked_access_token"
KEPT_LONGER = 60
"""Seconds a revocation is remembered beyond the token's expiry, for clocks that disagree."""


class Context(NamedTuple):
    """What was agreed at the authorization endpoint and must hold at the token endpoint.

    Like what else is read from a row at every request a named tuple, which is made in a third of the time.
    """

    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    claims: str | None
    acr: str
    amr: tuple[str, ...]
    auth_time: int
    jkt: str | None = None
    """The DPoP key that the code is bound to (RFC 9449 section 10), or a public client's refresh tokens (section 5)."""
    x5t: str | None = None
    """The certificate that a public client's refresh tokens are bound to (RFC 8705 section 4)."""
    resource: tuple[str, ...] = ()
    details: str | None = None
    """`authorization_details` (RFC 9396) as JSON."""


class Grant(NamedTuple):
    """An authorization as stored."""

    id: str
    person_id: str
    client_id: str
    session_id: str
    offline: bool
    context: Context
    code_expires_at: int
    spent_at: int | None
    revoked_at: int | None
    expires_at: int
    """The end of everything that was issued from it, swept or not."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one access token besides its scope."""

    confirmation: Confirmation = UNBOUND
    """Whose key it is bound to."""
    audience: tuple[str, ...] = ()
    """For which resources it is, all of one resource server; empty for our own (RFC 8707)."""
    actors: tuple[str, ...] = ()
    """Who acts for the person, by client_id, newest first (RFC 8693 section 4.1)."""
    details: tuple[int, ...] | None = None
    """For which of the grant's details it is, by their places (RFC 9396 section 6); None for all."""


BEARER = Terms()


class AccessToken(NamedTuple):
    """An access token that is active now. `grant` is None for a client's own token."""

    client_id: str
    scope: str
    issued_at: int
    expires_at: int
    grant: Grant | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Parties:
    """Between whom a grant stands, and in which browser session it was given."""

    person_id: str
    client_id: str
    session_id: str


def open_grant(
    tx: Tx, code: str, parties: Parties, context: Context, *, offline: bool, lifetime: int, code_lifetime: int
) -> str:
    """Write an authorization whose code may be redeemed once, soon; returns its id."""
    row = {
        "id": digest(code),
        "person_id": parties.person_id,
        "client_id": parties.client_id,
        "session_id": parties.session_id,
        "offline": offline,
        "context": _agreed(context),
        "code_expires_at": tx.now + code_lifetime,
        "expires_at": tx.now + lifetime,
        "spent_at": None,
        "revoked_at": None,
    }
    _INSERT_GRANT.run(tx.connection, row)
    return str(row["id"])


def spend_code(tx: Tx, code: str) -> Grant | None:
    """Redeem the code: the grant for the one caller who was first, None for everybody else."""
    row = spend_by(tx, _SPEND_CODE, the_id=digest(code))
    return None if row is None else _grant(row)


def bind(tx: Tx, grant: Grant, keys: Confirmation) -> Grant:
    """From now on the grant is of use only to whoever holds these `keys`."""
    context = grant.context._replace(jkt=keys.jkt, x5t=keys.x5t)
    tx.execute(update(grants).where(grants.c.id == grant.id).values(context=_agreed(context)))
    return grant._replace(context=context)


def of_code(connection: Connection, code: str) -> Grant | None:
    """The grant a code belongs to, spent or not: for finding what a replayed code must revoke."""
    row = connection.execute(select(grants).where(grants.c.id == digest(code))).mappings().one_or_none()
    return None if row is None else _grant(row)


def add_access_token(
    tx: Tx, token: str, client_id: str, scope: str, lifetime: int, grant_id: str | None, terms: Terms = BEARER
) -> None:
    """Keep an access token's digest."""
    row = {
        "digest": digest(token),
        "grant_id": grant_id,
        "client_id": client_id,
        "scope": scope,
        "issued_at": tx.now,
        "expires_at": tx.now + lifetime,
        "revoked_at": None,
        "terms": _written(terms),
    }
    _INSERT_ACCESS.run(tx.connection, row)


def add_refresh_token(tx: Tx, token: str, grant_id: str, expires_at: int) -> None:
    """Keep a refresh token's digest, as the newest of its family."""
    row = {
        "digest": digest(token),
        "grant_id": grant_id,
        "issued_at": tx.now,
        "expires_at": expires_at,
        "spent_at": None,
    }
    _INSERT_REFRESH.run(tx.connection, row)


def spend_refresh_token(tx: Tx, token: str) -> tuple[Grant, int] | None:
    """Rotate: (grant, expiry) for the one caller who was first, None for everybody else."""
    row = spend_by(tx, _SPEND_REFRESH, the_digest=digest(token))
    if row is None:
        return None
    grant = _BY_ID.one(tx.connection, {"the_id": row["grant_id"]})
    return None if grant is None else (_grant(grant), row["expires_at"])


def give_back_refresh_token(tx: Tx, token: str) -> None:
    """Undo what `spend_refresh_token` did in this very transaction: for everybody else it was never spent."""
    spent = (refresh_tokens.c.digest == digest(token), refresh_tokens.c.spent_at == tx.now)
    tx.execute(update(refresh_tokens).where(*spent).values(spent_at=None))


def renew_refresh_token(tx: Tx, token: str, expires_at: int) -> Grant | None:
    """Use without rotation: its grant, and until when it rests now; None if it is unknown, spent or over.

    `issued_at` says from then on when it was used last.
    """
    row = _RENEW_REFRESH.one(tx.connection, {"the_digest": digest(token), "now": tx.now, "later": expires_at})
    if row is None:
        return None
    grant = _BY_ID.one(tx.connection, {"the_id": row["grant_id"]})
    return None if grant is None else _grant(grant)


def of_refresh_token(connection: Connection, token: str) -> Grant | None:
    """The family a refresh token belongs to, spent or not."""
    joined = select(grants).join(refresh_tokens, refresh_tokens.c.grant_id == grants.c.id)
    row = connection.execute(joined.where(refresh_tokens.c.digest == digest(token))).mappings().one_or_none()
    return None if row is None else _grant(row)


def active_access_token(connection: Connection, token: str, now: int) -> AccessToken | None:
    """The one answer to whether an access token counts: known, neither it nor its grant over or revoked."""
    row = _ACTIVE.one(connection, {"the_digest": digest(token), "now": now})
    return None if row is None else _access_token(row)


def revoke(tx: Tx, grant_id: str) -> bool:
    """End a grant and with it every token of its family; False if it had ended."""
    return _revoke_where(tx, grants.c.id == grant_id) == 1


def revoke_access_token(tx: Tx, token: str, client_id: str) -> bool:
    """End one access token of this client; False if there was none."""
    mine = (access_tokens.c.digest == digest(token), access_tokens.c.client_id == client_id)
    ended = update(access_tokens).where(*mine, access_tokens.c.revoked_at.is_(None)).values(revoked_at=tx.now)
    return tx.execute(ended).rowcount == 1


def revoke_self_contained(tx: Tx, jti: str, expires_at: int) -> bool:
    """End an access token that is kept nowhere, by remembering that it ended; False if it had ended."""
    return first_sight(tx, REVOKED, jti, expires_at + KEPT_LONGER)


def is_revoked(connection: Connection, jti: str) -> bool:
    """Whether an access token that is kept nowhere was ended before its time."""
    return was_seen(connection, REVOKED, jti)


def revoke_session(tx: Tx, person_id: str, session_id: str) -> int:
    """End what was granted within a person's browser session that is over; offline access stays until withdrawn."""
    online = (grants.c.person_id == person_id, grants.c.session_id == session_id, grants.c.offline.is_(False))
    return _revoke_where(tx, *online)


def revoke_person(tx: Tx, person_id: str) -> int:
    """End everything a person granted: after a lock, a recovery, a death."""
    return _revoke_where(tx, grants.c.person_id == person_id)


def revoke_client(tx: Tx, client_id: str) -> int:
    """End everything that was granted to a client, and its own tokens: it is no more.

    Those of its own that are kept nowhere end with its registration, which they name.
    """
    own = (access_tokens.c.client_id == client_id, access_tokens.c.revoked_at.is_(None))
    tx.execute(update(access_tokens).where(*own).values(revoked_at=tx.now))
    return _revoke_where(tx, grants.c.client_id == client_id)


def sweep(tx: Tx, limit: int = 1000) -> int:
    """Drop grants and tokens whose time is over; returns how many grants."""
    tx.execute(delete(access_tokens).where(access_tokens.c.expires_at < tx.now - 3600))
    over = select(grants.c.id).where(grants.c.expires_at < tx.now - 3600).order_by(grants.c.expires_at).limit(limit)
    _remember_use(tx, over)
    return tx.execute(delete(grants).where(grants.c.id.in_(over))).rowcount


def _remember_use(tx: Tx, over: Select[Any]) -> None:
    """What goes was the only trace of when a service was last used: the consent keeps it, to within a minute."""
    used_at = func.max(grants.c.code_expires_at).label("at")
    parties = (grants.c.person_id, grants.c.client_id)
    last = select(*parties, used_at).where(grants.c.id.in_(over)).group_by(*parties)
    for row in tx.execute(last).all():
        theirs = (consents.c.person_id == row.person_id, consents.c.client_id == row.client_id)
        tx.execute(update(consents).where(*theirs, consents.c.used_at < row.at).values(used_at=row.at))


def _revoke_where(tx: Tx, *where: ColumnElement[bool]) -> int:
    return tx.execute(update(grants).where(*where, grants.c.revoked_at.is_(None)).values(revoked_at=tx.now)).rowcount


def _access_token(row: Mapping[Any, Any]) -> AccessToken:
    grant = None
    if row["grant_id"] is not None:
        grant = _grant({name: row[labelled] for name, labelled in _OF_GRANT})
    terms = _terms(row["terms"])
    return AccessToken(row["client_id"], row["scope"], row["issued_at"], row["expires_at"], grant, terms)


def _agreed(context: Context) -> str:
    return json.dumps(context._asdict())


def _written(terms: Terms) -> str | None:
    """A plain bearer token, the commonest of all, costs nothing."""
    if terms == BEARER:
        return None
    kept = {"cnf": terms.confirmation.document(), "aud": terms.audience, "act": terms.actors}
    chosen = {} if terms.details is None else {"details": terms.details}
    return json.dumps({name: value for name, value in kept.items() if value} | chosen)


def _terms(text: str | None) -> Terms:
    if text is None:
        return BEARER
    kept = orjson.loads(text)
    details = tuple(kept["details"]) if "details" in kept else None
    key = Confirmation.from_document(kept.get("cnf"))
    return Terms(key, tuple(kept.get("aud", ())), tuple(kept.get("act", ())), details)


def _grant(row: Mapping[Any, Any]) -> Grant:
    context = orjson.loads(row["context"])
    context |= {name: tuple(context.get(name, ())) for name in ("amr", "resource")}
    return Grant(
        row["id"],
        row["person_id"],
        row["client_id"],
        row["session_id"],
        row["offline"],
        Context(**context),
        row["code_expires_at"],
        row["spent_at"],
        row["revoked_at"],
        row["expires_at"],
    )
