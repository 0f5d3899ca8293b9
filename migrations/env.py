"""Runs migrations for `idp db upgrade` and for the tests; Alembic loads this file itself.

The caller gives `config.attributes["connection"]`; a developer at Alembic's own command gives `-x url=sqlite:///file`.
"""

from alembic import context
from sqlalchemy import Connection, text

from idp.foundation.transaction import Store
from migrations import schema

ONE_AT_A_TIME = 0x7E55E7D


def _hold(connection: Connection) -> None:
    """Two nodes that are upgraded together take turns; a lock is waited for briefly, a long copy may take its time.

    On SQLite the engine's BEGIN IMMEDIATE does the same.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))


def _run(connection: Connection) -> None:
    with connection.begin():
        _hold(connection)
        context.configure(
            connection=connection,
            target_metadata=schema.whole(),
            render_as_batch=True,  # SQLite alters a table by making it anew.
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with Store(context.get_x_argument(as_dictionary=True)["url"]).engine.connect() as own:
        _run(own)
