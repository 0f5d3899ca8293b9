"""Which services a browser session signed in to: whom to tell when it ends."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.domain.sessions.tables import participants
from idp.foundation.prepared import Prepared
from idp.foundation.transaction import Tx

_JOIN = {
    "postgresql": Prepared(postgresql.insert(participants).on_conflict_do_nothing().inline()),
    "sqlite": Prepared(sqlite.insert(participants).on_conflict_do_nothing().inline()),
}


def join(tx: Tx, session_id: str, client_id: str) -> None:
    """Remember that the service takes part; once is enough."""
    _JOIN[tx.dialect].run(tx.connection, {"session_id": session_id, "client_id": client_id, "joined_at": tx.now})


def of(connection: Connection, session_id: str) -> tuple[str, ...]:
    """The services' client_ids, in the order they joined."""
    mine = select(participants.c.client_id).where(participants.c.session_id == session_id)
    return tuple(connection.execute(mine.order_by(participants.c.joined_at, participants.c.client_id)).scalars())


def leave_all(tx: Tx, client_id: str) -> int:
    """The service takes part in no session any more, because it is no more; returns in how many it did."""
    return tx.execute(delete(participants).where(participants.c.client_id == client_id)).rowcount
