"""Personal attributes by their OpenID Connect claim names, sealed one by one."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from idp.domain.people.tables import attributes
from idp.foundation.prepared import Prepared
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault

TABLE = "person_attributes"
UPDATED_AT: Final = "updated_at"
"""No attribute, but a claim about all of them: when any last changed (OpenID Connect Core section 5.1)."""
# Built once, because every service that is told of somebody runs it.
_ALL = Prepared(
    select(attributes.c.name, attributes.c.value, attributes.c.updated_at).where(
        attributes.c.person_id == bindparam("person")
    )
)


def put(tx: Tx, vault: Vault, person_id: str, values: Mapping[str, object], source: str) -> None:
    """Set attributes, replacing those of the same name. `source` says who vouches: "person", "register", "import"."""
    names = list(values)
    tx.execute(delete(attributes).where(attributes.c.person_id == person_id, attributes.c.name.in_(names)))
    rows = [
        {
            "person_id": person_id,
            "name": name,
            "value": vault.seal(tx.connection, person_id, TABLE, name, json.dumps(value)),
            "source": source,
            "updated_at": tx.now,
        }
        for name, value in values.items()
    ]
    if rows:
        tx.execute(insert(attributes), rows)


def drop(tx: Tx, person_id: str, names: Iterable[str]) -> None:
    """Forget attributes; those that are not there are no error."""
    tx.execute(delete(attributes).where(attributes.c.person_id == person_id, attributes.c.name.in_(list(names))))


def read(connection: Connection, vault: Vault, person_id: str, names: Iterable[str] | None = None) -> dict[str, object]:
    """Claim name to JSON value, of those asked for (all if None) that the record holds."""
    statement = select(attributes.c.name, attributes.c.value).where(attributes.c.person_id == person_id)
    if names is not None:
        statement = statement.where(attributes.c.name.in_(list(names)))
    return _opened(connection, vault, person_id, connection.execute(statement).mappings())


def claims(connection: Connection, vault: Vault, person_id: str) -> dict[str, object]:
    """All that can be told: what the record holds, and UPDATED_AT."""
    rows = _ALL.all(connection, {"person": person_id})
    changed = {UPDATED_AT: max(row[UPDATED_AT] for row in rows)} if rows else {}
    return {**_opened(connection, vault, person_id, rows), **changed}


def sources(connection: Connection, person_id: str) -> dict[str, tuple[str, int]]:
    """Claim name to (who vouches for it, since when), for the citizen's own page."""
    statement = select(attributes.c.name, attributes.c.source, attributes.c.updated_at)
    rows = connection.execute(statement.where(attributes.c.person_id == person_id))
    return {row.name: (row.source, row.updated_at) for row in rows}


def _opened(
    connection: Connection, vault: Vault, person_id: str, rows: Iterable[Mapping[Any, Any]]
) -> dict[str, object]:
    return {
        row["name"]: json.loads(vault.open(connection, person_id, TABLE, row["name"], row["value"])) for row in rows
    }
