"""What happened around a citizen, from the audit: her own acts, and who looked at her record and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.domain.people import attributes, identifiers, records, verifications
from idp.domain.people.identifiers import Identifier
from idp.domain.people.records import Person
from idp.foundation.audit import log
from idp.foundation.audit.log import Leaf
from idp.journeys.provider import Provider
from idp.protocol.identity_assurance import Verification

PAGE = 30
HIDDEN = ("keyring.",)


@dataclass(frozen=True, slots=True)
class Details:
    """Everything we hold about a person, for her own eyes."""

    person: Person
    attributes: dict[str, object]
    sources: dict[str, tuple[str, int]]
    identifiers: tuple[Identifier, ...]
    verification: Verification | None


def of(provider: Provider, person_id: str, before_id: int | None = None) -> Sequence[Leaf]:
    """One page of activity, newest first."""
    with provider.reading() as connection:
        leaves = log.search(connection, about=person_id, before_id=before_id, limit=PAGE)
    return [leaf for leaf in leaves if not leaf.name.startswith(HIDDEN)]


def details(provider: Provider, person_id: str) -> Details:
    """The record as it is held."""
    with provider.reading() as connection:
        return Details(
            records.get(connection, person_id),
            attributes.read(connection, provider.vault, person_id),
            attributes.sources(connection, person_id),
            identifiers.of(connection, provider.vault, person_id),
            verifications.latest(connection, provider.vault, person_id),
        )
