"""The citizen looks at what she is asked to sign: who asks, what for, every page, and how her name will be printed."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from idp.domain.clients.registry import Client
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.signatures import ceremonies, documents, render
from idp.domain.signatures.ceremonies import Ceremony
from idp.domain.signatures.documents import Frozen
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.journeys.signing.signer import printed_name, signer_of
from idp.protocol.assurance import Level, Strength

REQUIRED: Final = Level.SUBSTANTIAL
AUTHENTICATION: Final = Strength.TWO_FACTORS
PAGE_WIDTH: Final = 1200


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the pages of a ceremony show. `signer` is the name as the signature will carry it."""

    ceremony: Ceremony
    client: Client
    document: Frozen
    signer: str


def open_for(provider: Provider, ceremony_id: str, person_id: str) -> Review:
    """Open the ceremony; whoever does so first is the one who may sign it, unless the service named somebody.

    Raises Refusal("signatures.unknown"), ("signatures.not_yours") or ("signing.identity_not_verified").
    """
    with provider.transaction() as tx:
        ceremony = ceremonies.get(tx.connection, provider.box, ceremony_id, tx.now)
        if ceremony.person_id != person_id:
            _lock(tx, provider, ceremony, person_id)
    return review(provider, ceremony_id, person_id)


def review(provider: Provider, ceremony_id: str, person_id: str) -> Review:
    """The ceremony as its own citizen sees it. Raises Refusal("signatures.unknown") or ("signatures.not_yours")."""
    with provider.reading() as connection:
        ceremony = mine(connection, provider, ceremony_id, person_id, provider.store.now())
        document = documents.describe(connection, ceremony.document_sha256)
        client = service(provider, ceremony)
        name = printed_name(signer_of(connection, provider, client, person_id))
    return Review(ceremony, client, document, name)


def page(provider: Provider, ceremony_id: str, person_id: str, number: int) -> bytes:
    """One page as PNG, from 1. Raises as `review`, and Refusal("signatures.no_such_page")."""
    content, document = _content(provider, ceremony_id, person_id)
    if not 1 <= number <= document.pages:
        raise Refusal("signatures.no_such_page", f"the document has {document.pages} pages")
    return render.page(content, number, PAGE_WIDTH)


def original(provider: Provider, ceremony_id: str, person_id: str) -> bytes:
    """The document as the service sent it. Raises as `review`."""
    return _content(provider, ceremony_id, person_id)[0]


def signed(provider: Provider, ceremony_id: str, person_id: str) -> bytes:
    """The citizen's own copy of what she signed. Raises as `review`, and Refusal("signatures.not_signed")."""
    with provider.reading() as connection:
        ceremony = mine(connection, provider, ceremony_id, person_id, provider.store.now())
        if ceremony.signed_sha256 is None:
            raise Refusal("signatures.not_signed", "the document is not signed")
        return documents.read(connection, provider.box, ceremony.signed_sha256)


def mine(connection: Connection, provider: Provider, ceremony_id: str, person_id: str, now: int) -> Ceremony:
    """The ceremony, for the one citizen it is locked to."""
    ceremony = ceremonies.get(connection, provider.box, ceremony_id, now)
    if ceremony.person_id != person_id:
        raise Refusal("signatures.not_yours", "this signing request is somebody else's")
    return ceremony


def mine_open(connection: Connection, provider: Provider, ceremony_id: str, person_id: str, now: int) -> Ceremony:
    """As `mine`, if it can still be signed, by somebody who may. Raises Refusal("signatures.over") and more."""
    ceremony = mine(connection, provider, ceremony_id, person_id, now)
    if not ceremony.open:
        raise Refusal("signatures.over", f"this signing request is {ceremony.status}")
    require_signer(connection, person_id)
    return ceremony


def require_signer(connection: Connection, person_id: str) -> None:
    """A certificate vouches for a name, so the name must have been verified.

    Raises Refusal("signing.identity_not_verified"), or ("signing.inactive") for who may not act any more.
    """
    person = records.get(connection, person_id)
    if person.status is not Status.ACTIVE:
        raise Refusal("signing.inactive", "this person cannot sign")
    if person.assurance < REQUIRED:
        raise Refusal("signing.identity_not_verified", f"signing needs an identity verified at {REQUIRED.word}")


def service(provider: Provider, ceremony: Ceremony) -> Client:
    """Who asks. Raises Refusal("signing.service_gone") if it was suspended meanwhile."""
    client = provider.clients.find(ceremony.client_id)
    if client is None or not client.active:
        raise Refusal("signing.service_gone", "the service that asks is not registered any more")
    return client


def _lock(tx: Tx, provider: Provider, ceremony: Ceremony, person_id: str) -> None:
    require_signer(tx.connection, person_id)
    client = service(provider, ceremony)
    if ceremony.sub is not None and subject_for(provider, client, person_id) != ceremony.sub:
        raise Refusal("signatures.not_yours", "the service named somebody else")
    ceremonies.lock_to(tx, ceremony.id, person_id)


def _content(provider: Provider, ceremony_id: str, person_id: str) -> tuple[bytes, Frozen]:
    with provider.reading() as connection:
        ceremony = mine(connection, provider, ceremony_id, person_id, provider.store.now())
        document = documents.describe(connection, ceremony.document_sha256)
        return documents.read(connection, provider.box, ceremony.document_sha256), document
