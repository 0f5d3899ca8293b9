"""A service asks how a ceremony stands, fetches the signed document, or takes its request back."""

from dataclasses import dataclass

from idp.domain.clients.registry import Client
from idp.domain.signatures import ceremonies, documents
from idp.domain.signatures.ceremonies import Ceremony, Status
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.journeys.signing.agency import own

TOLD_WHO = (Status.SIGNED, Status.DECLINED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A ceremony, and who signed or declined it, by the service's own name for the person; None before."""

    ceremony: Ceremony
    sub: str | None


def standing(provider: Provider, client: Client, ceremony_id: str) -> Standing:
    """How the ceremony stands. Raises Refusal("signatures.unknown")."""
    with provider.reading() as connection:
        ceremony = own(connection, provider, client, ceremony_id, provider.store.now())
    told = ceremony.status in TOLD_WHO and ceremony.person_id is not None
    return Standing(ceremony, subject_for(provider, client, ceremony.person_id or "") if told else None)


def signed_document(provider: Provider, client: Client, ceremony_id: str) -> bytes:
    """The signed PDF. Raises Refusal("signatures.unknown"), ("signatures.not_signed"), ("signatures.document_gone")."""
    with provider.reading() as connection:
        ceremony = own(connection, provider, client, ceremony_id, provider.store.now())
        if ceremony.signed_sha256 is None:
            raise Refusal("signatures.not_signed", f"the document is not signed: the request is {ceremony.status}")
        return documents.read(connection, provider.box, ceremony.signed_sha256)


def cancel(provider: Provider, client: Client, ceremony_id: str) -> None:
    """Take the request back. Raises Refusal("signatures.unknown"), or ("signatures.over") once it ended."""
    with provider.transaction() as tx:
        ceremonies.cancel(tx, own(tx.connection, provider, client, ceremony_id, tx.now))
