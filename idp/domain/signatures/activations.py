"""Signature activation: one fresh factor lets one signature be made, over one document, for one service, soon."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from idp.domain.signatures.ceremonies import Ceremony
from idp.domain.signatures.tables import activations
from idp.foundation.audit.event import Event
from idp.foundation.once import spend as spend_once
from idp.foundation.randomness import token
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.box import Box
from idp.protocol.access_token import digest

LIFETIME: Final = 120


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation that was spent just now: the power to make one signature, and nothing else has it."""

    ceremony_id: str
    person_id: str
    client_id: str
    document_sha256: str
    method: str


def challenge(ceremony: Ceremony, nonce: str) -> bytes:
    """What a passkey is to sign: SHA-256 of the canonical JSON of the ceremony, its document's hash and a nonce."""
    told = {"ceremony": ceremony.id, "nonce": nonce, "sha256": ceremony.document_sha256}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).digest()


def issue(tx: Tx, box: Box, ceremony: Ceremony, person_id: str, proof: Mapping[str, object]) -> str:
    """The secret that activates one signature of this ceremony's document by this person within LIFETIME seconds.

    `proof` is the JSON of the factor that was just checked, kept as evidence; its `method` names the factor.
    """
    secret, method = token(), str(proof["method"])
    row = {
        "digest": digest(secret),
        "ceremony_id": ceremony.id,
        "person_id": person_id,
        "client_id": ceremony.client_id,
        "document_sha256": ceremony.document_sha256,
        "method": method,
        "evidence": box.seal(_context(ceremony.id), json.dumps(dict(proof)).encode()),
        "created_at": tx.now,
        "expires_at": tx.now + LIFETIME,
        "spent_at": None,
    }
    tx.execute(insert(activations), row)
    told = {"ceremony": ceremony.id, "sha256": ceremony.document_sha256, "factor": method}
    tx.record(Event("signatures.activation.issued", person_id, person_id, told))
    return secret


def spend(tx: Tx, ceremony: Ceremony, person_id: str, secret: str) -> Activated:
    """Use the activation, once. Raises Refusal("signatures.activation_spent").

    It must have been made for this ceremony, person, service and document, all in the one statement that spends it.
    """
    bound = (
        activations.c.digest == digest(secret),
        activations.c.ceremony_id == ceremony.id,
        activations.c.person_id == person_id,
        activations.c.client_id == ceremony.client_id,
        activations.c.document_sha256 == ceremony.document_sha256,
        activations.c.expires_at > tx.now,
    )
    row = spend_once(tx, activations, *bound)
    if row is None:
        raise Refusal("signatures.activation_spent", "the activation is unknown, expired, used, or for something else")
    return Activated(row["ceremony_id"], row["person_id"], row["client_id"], row["document_sha256"], row["method"])


def evidence(connection: Connection, box: Box, ceremony_id: str) -> tuple[Mapping[str, object], ...]:
    """The proofs given within a ceremony, oldest first: what an auditor of a disputed signature asks for."""
    mine = select(activations.c.evidence).where(activations.c.ceremony_id == ceremony_id)
    rows = connection.execute(mine.order_by(activations.c.created_at, activations.c.digest)).scalars()
    return tuple(json.loads(box.open(_context(ceremony_id), sealed)) for sealed in rows)


def _context(ceremony_id: str) -> str:
    return f"signature_activations|{ceremony_id}"
