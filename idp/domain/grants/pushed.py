"""Authorization requests that clients pushed: found as often as a browser asks, spent once, when one succeeds."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from idp.domain.grants.tables import pushed_requests
from idp.foundation.once import spend_by, spending
from idp.foundation.prepared import Prepared
from idp.foundation.transaction import Tx

KEPT_LONGER = 3600
"""Seconds a request stays after nobody may begin with it: who began in time may take longer to sign in."""

_INSERT = Prepared(insert(pushed_requests).inline())
_FIND = Prepared(
    select(pushed_requests.c.request).where(
        pushed_requests.c.digest == bindparam("the_digest"),
        pushed_requests.c.client_id == bindparam("the_client"),
        pushed_requests.c.expires_at > bindparam("now"),
        pushed_requests.c.spent_at.is_(None),
    )
)
_SPEND = spending(
    pushed_requests,
    pushed_requests.c.digest == bindparam("the_digest"),
    pushed_requests.c.client_id == bindparam("the_client"),
)


def keep(tx: Tx, digest: str, client_id: str, request: str, lifetime: int) -> None:
    """Keep the `request` of a client under the digest of the request_uri that it will be asked for by."""
    row = {
        "digest": digest,
        "client_id": client_id,
        "request": request,
        "expires_at": tx.now + lifetime,
        "spent_at": None,
    }
    _INSERT.run(tx.connection, row)


def find(connection: Connection, digest: str, client_id: str, now: int) -> str | None:
    """The request, if this client pushed it, it has not expired and none succeeded with it."""
    row = _FIND.one(connection, {"the_digest": digest, "the_client": client_id, "now": now})
    return None if row is None else str(row["request"])


def spend(tx: Tx, digest: str, client_id: str) -> bool:
    """Whether the caller is the one and only whose authorization succeeds with it."""
    return spend_by(tx, _SPEND, the_digest=digest, the_client=client_id) is not None


def sweep(tx: Tx) -> None:
    """Drop what can lead nowhere any more."""
    tx.execute(delete(pushed_requests).where(pushed_requests.c.expires_at < tx.now - KEPT_LONGER))
