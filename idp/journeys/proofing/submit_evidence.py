"""A citizen gives what a case needs, one thing at a time: document, data, names, pictures."""

from datetime import UTC, date, datetime
from typing import Final

from idp.domain.proofing import cases, evidence
from idp.domain.proofing.cases import Case
from idp.domain.proofing.details import Details, Document
from idp.domain.proofing.images import clean
from idp.domain.proofing.levels import reachable_with
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.proofing import progress
from idp.journeys.provider import Provider
from idp.protocol import mrz

UPLOADS: Final = Limit("proofing.uploads", 40, 3600)
SHORTEST_SIDE: Final = {"portrait": 400, "document": 600}
"""Pixels below which nobody could compare a face or read a document."""


def choose_document(provider: Provider, person_id: str, document: Document) -> None:
    """Which document will be used. Raises Refusal("proofing.document_too_weak") if it cannot reach the case's level."""
    with provider.transaction() as tx:
        case = _open_case(tx, provider, person_id)
        if reachable_with(document) < case.level:
            raise Refusal("proofing.document_too_weak", "high assurance needs a machine-readable zone")
        cases.choose_document(tx, case, document)


def read_zone(provider: Provider, person_id: str, lines: str) -> None:
    """Keep what a machine-readable zone says.

    Raises Refusal `mrz.unreadable` (faults), `proofing.other_document` if it is of another kind than chosen,
    `proofing.dates_unknown`, or `proofing.document_expired`.
    """
    with provider.transaction() as tx:
        case = _open_case(tx, provider, person_id)
        zone = mrz.parse(lines, _today(tx))
        if case.document is None or zone.document_type != case.document.kind:
            raise Refusal("proofing.other_document", "the zone is not of the kind of document that was chosen")
        if zone.birth_date is None or zone.expiry_date is None:
            raise Refusal("proofing.dates_unknown", "the zone leaves the date of birth or of expiry open")
        details = Details(
            document_number=zone.document_number,
            birthdate=zone.birth_date.isoformat(),
            expires_on=_valid(zone.expiry_date, _today(tx)),
            issuing_state=zone.issuing_state,
            mrz=zone.lines,
            mrz_names=(zone.given_names, zone.surname),
            mrz_cut=zone.names_may_be_cut,
        )
        cases.keep_details(tx, provider.vault, case, details)


def keep_card_data(provider: Provider, person_id: str, number: str, birthdate: date, expires_on: date) -> None:
    """Keep the data of a card whose zone is not typed. Raises Refusal("proofing.document_expired")."""
    with provider.transaction() as tx:
        case = _open_case(tx, provider, person_id)
        known = cases.details(tx.connection, provider.vault, case)
        details = Details(
            document_number=number,
            birthdate=birthdate.isoformat(),
            expires_on=_valid(expires_on, _today(tx)),
            given_name=known.given_name,
            family_name=known.family_name,
        )
        cases.keep_details(tx, provider.vault, case, details)


def keep_names(provider: Provider, person_id: str, given_name: str, family_name: str) -> None:
    """Keep the names as the document prints them."""
    with provider.transaction() as tx:
        case = _open_case(tx, provider, person_id)
        known = cases.details(tx.connection, provider.vault, case)
        cases.keep_details(tx, provider.vault, case, known.with_names(given_name, family_name))


def upload(provider: Provider, person_id: str, kind: str, content: bytes) -> None:
    """Clean a picture and keep it. Raises what `images.clean` raises, and Refusal("too_many_attempts")."""
    with provider.transaction() as tx:
        _open_case(tx, provider, person_id)
        limits.take(tx, UPLOADS, person_id)
    picture = clean(content, SHORTEST_SIDE[kind])  # Up to a second of decoding, so between transactions.
    with provider.transaction() as tx:
        evidence.put(tx, provider.vault, _open_case(tx, provider, person_id), kind, picture)


def _open_case(tx: Tx, provider: Provider, person_id: str) -> Case:
    return progress.read(tx.connection, provider, person_id).open_case


def _valid(expires_on: date, today: date) -> str:
    if expires_on < today:
        raise Refusal("proofing.document_expired", "the document is no longer valid")
    return expires_on.isoformat()


def _today(tx: Tx) -> date:
    return datetime.fromtimestamp(tx.now, UTC).date()
