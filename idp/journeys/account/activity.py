"""What happened around a citizen, from the audit: her own acts, and who looked at her record and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from idp.domain.people import attributes, identifiers, records, verifications
from idp.domain.people.identifiers import Identifier
from idp.domain.people.records import Person
from idp.domain.sessions import history
from idp.foundation.audit import log
from idp.foundation.audit.log import Leaf
from idp.journeys.provider import Provider
from idp.protocol.identity_assurance import Verification

PAGE = 30


@dataclass(frozen=True, slots=True)
class Details:
    """Everything we hold about a person, for her own eyes."""

    person: Person
    attributes: dict[str, object]
    sources: dict[str, tuple[str, int]]
    identifiers: tuple[Identifier, ...]
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One page of events, newest first; `following` is the identifier to go on before, None on the last page.

    `devices` names the device of a session, as long as that is on record.
    """

    leaves: Sequence[Leaf]
    devices: Mapping[str, str]
    following: int | None


def of(provider: Provider, person_id: str, names: Collection[str], before_id: int | None = None) -> Happened:
    """What happened to the person, of events by these `names`: a page is full as long as there are more."""
    with provider.reading() as connection:
        found = log.around(connection, person_id, names=names, before_id=before_id, limit=PAGE + 1)
        devices = history.devices(connection, person_id)
    leaves = found[:PAGE]
    return Happened(leaves, devices, leaves[-1].id if len(found) > PAGE else None)


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
