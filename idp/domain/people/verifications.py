"""How identity was verified: kept for auditors and for relying parties that ask for verified claims."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from idp.domain.people.tables import verifications
from idp.foundation.randomness import identifier
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import Check, Evidence, Verification

TABLE = "person_verifications"


def keep(tx: Tx, vault: Vault, person_id: str, level: Level, verification: Verification) -> None:
    """Add one verification; earlier ones stay."""
    record = vault.seal(tx.connection, person_id, TABLE, "record", json.dumps(asdict(verification)))
    row = {"id": identifier(), "person_id": person_id, "level": level.word, "record": record, "at": tx.now}
    tx.execute(insert(verifications), row)


@dataclass(frozen=True, slots=True)
class Kept:
    """One verification, the level that it led to, and when it was kept (Unix seconds)."""

    level: Level
    at: int
    verification: Verification


def every(connection: Connection, vault: Vault, person_id: str) -> tuple[Kept, ...]:
    """All of them, oldest first."""
    mine = select(verifications).where(verifications.c.person_id == person_id)
    rows = connection.execute(mine.order_by(verifications.c.at, verifications.c.id)).all()
    return tuple(
        Kept(
            Level.of(row.level) or Level.LOW,
            row.at,
            _read(vault.open(connection, person_id, TABLE, "record", row.record)),
        )
        for row in rows
    )


def latest(connection: Connection, vault: Vault, person_id: str) -> Verification | None:
    """The most recent verification, or None for somebody who never verified."""
    statement = (
        select(verifications.c.record)
        .where(verifications.c.person_id == person_id)
        .order_by(verifications.c.at.desc(), verifications.c.id)
        .limit(1)
    )
    record = connection.execute(statement).scalar_one_or_none()
    return None if record is None else _read(vault.open(connection, person_id, TABLE, "record", record))


def _read(text: str) -> Verification:
    document = json.loads(text)
    evidence = tuple(
        Evidence(**item | {"checks": tuple(Check(**check) for check in item["checks"])})
        for item in document["evidence"]
    )
    return Verification(**document | {"claims": tuple(document["claims"]), "evidence": evidence})
