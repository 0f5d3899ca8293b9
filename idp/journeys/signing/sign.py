"""Making the signature: spend the activation, write down the intent, sign between two transactions, check, release.

A crash in between leaves a ceremony that says so, and no signature; a fresh factor begins again.
"""

from dataclasses import dataclass

from idp.domain.clients.registry import Client
from idp.domain.signatures import activations, ceremonies, documents, pades
from idp.domain.signatures.activations import Activated
from idp.domain.signatures.ceremonies import Ceremony
from idp.domain.signatures.names import Signer
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.journeys.notify import notify
from idp.journeys.provider import Provider
from idp.journeys.signing.review import mine_open, service
from idp.journeys.signing.signer import signer_of


@dataclass(frozen=True, slots=True)
class Intent:
    """What was written down before anything was signed: one spent activation, and everything the signature needs."""

    activated: Activated
    ceremony: Ceremony
    client: Client
    signer: Signer


def sign(provider: Provider, ceremony_id: str, person_id: str, activation: str) -> Ceremony:
    """Sign the ceremony's document once, by the activation that a fresh factor gave; returns the signed ceremony.

    Raises Refusal("signatures.activation_spent"), ("signatures.over"), ("signatures.document_changed"),
    ("signatures.self_check") if what was made does not verify, and what `review.mine_open` raises.
    """
    intent = _intend(provider, ceremony_id, person_id, activation)
    try:
        signed, pages = _make(provider, intent)
    except Refusal as refusal:
        _record_failure(provider, intent, refusal)
        raise
    return _release(provider, intent, signed, pages)


def _intend(provider: Provider, ceremony_id: str, person_id: str, activation: str) -> Intent:
    with provider.transaction() as tx:
        ceremony = ceremonies.get(tx.connection, provider.box, ceremony_id, tx.now)
        activated = activations.spend(tx, ceremony, person_id, activation)
        mine_open(tx.connection, provider, ceremony_id, person_id, tx.now)
        client = service(provider, ceremony)
        ceremonies.begin_signing(tx, ceremony_id, person_id)
        told = {"ceremony": ceremony_id, "sha256": activated.document_sha256, "factor": activated.method}
        tx.record(Event("signatures.signing.begun", person_id, person_id, told))
        return Intent(activated, ceremony, client, signer_of(tx.connection, provider, client, person_id))


def _make(provider: Provider, intent: Intent) -> tuple[bytes, int]:
    """The signed file and its number of pages. Some 50 ms, so outside any transaction; `seal` verifies its own work."""
    sha256, now = intent.activated.document_sha256, provider.store.now()
    with provider.reading() as connection:
        frozen = documents.describe(connection, sha256)
        content = documents.read(connection, provider.box, sha256)
    prepared = pades.prepare(content, intent.signer, provider.certificates, now)
    if prepared.sha256 != sha256:
        raise Refusal("signatures.document_changed", "the activation is for another document")
    signed = pades.seal(prepared, content, provider.timestamps, now, reason=intent.ceremony.reason)
    return signed, frozen.pages


def _release(provider: Provider, intent: Intent, signed: bytes, pages: int) -> Ceremony:
    ceremony, person_id = intent.ceremony, intent.activated.person_id
    with provider.transaction() as tx:
        frozen = documents.freeze(tx, provider.box, signed, pages)
        ceremonies.complete(tx, ceremony, person_id, frozen.sha256)
        link = f"{provider.issuer}/sign/{ceremony.id}/done"
        told = {"service": intent.client.metadata.name(), "code": ceremony.code, "link": link}
        notify(tx, provider, person_id, "document_signed", **told)
        return ceremonies.get(tx.connection, provider.box, ceremony.id, tx.now)


def _record_failure(provider: Provider, intent: Intent, refusal: Refusal) -> None:
    person_id = intent.activated.person_id
    told = {"ceremony": intent.ceremony.id, "sha256": intent.activated.document_sha256, "reason": refusal.code}
    with provider.transaction() as tx:
        tx.record(Event("signatures.signing.failed", person_id, person_id, told))
