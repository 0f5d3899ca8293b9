"""Read-only joins over several rooms' tables, for pages of the console. The one place that may; nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from idp.domain.authenticators import registry as authenticators
from idp.domain.authenticators.registry import Authenticator
from idp.domain.clients import registrations, registry
from idp.domain.clients.registry import Client, Faulty
from idp.domain.clients.tables import clients
from idp.domain.grants import consents
from idp.domain.grants.consents import Consent
from idp.domain.grants.tables import consents as consent_rows
from idp.domain.oversight import roles
from idp.domain.oversight.roles import Holding, Role
from idp.domain.oversight.tables import staff_roles
from idp.domain.people import attributes, closings, identifiers, records, verifications
from idp.domain.people.closings import Closing
from idp.domain.people.identifiers import Identifier
from idp.domain.people.records import Person, Status
from idp.domain.proofing import cases
from idp.domain.proofing.cases import Case, State
from idp.domain.proofing.tables import cases as case_rows
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Session
from idp.foundation.audit.checkpoint import Checkpoint
from idp.foundation.audit.tables import checkpoints, leaves
from idp.foundation.outbox import Delivery, deliveries
from idp.foundation.vault.vault import Vault
from idp.journeys.oidc.log_out import NOTICE
from idp.journeys.provider import Provider
from idp.protocol.identity_assurance import Verification


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the console's first page; times in Unix seconds."""

    waiting: Mapping[str, int]
    oldest_at: int | None
    mine: tuple[Case, ...]
    services: Mapping[str, int]
    registrations: int
    staff: int


@dataclass(frozen=True, slots=True)
class Service:
    """A registered service, how many people allow it something, and when it was last used."""

    client: Client
    people: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class Services:
    """The registered services, and those whose registration today's rules refuse: they can do nothing."""

    sound: tuple[Service, ...]
    faulty: Sequence[Faulty]


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """A service with its latest back-channel logout notices."""

    service: Service
    notices: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here."""

    person_id: str
    name: str
    username: str
    status: Status
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything known about a person; claims by OpenID Connect names with who vouches and since when."""

    person: Person
    identifiers: tuple[Identifier, ...]
    claims: Mapping[str, object]
    sources: Mapping[str, tuple[str, int]]
    verification: Verification | None
    authenticators: tuple[Authenticator, ...]
    sessions: Sequence[Session]
    consents: Sequence[Consent]
    services: Mapping[str, str]
    cases: tuple[Case, ...]
    roles: frozenset[Role]
    closing: Closing | None


@dataclass(frozen=True, slots=True)
class Seal:
    """How far the audit is under a signed checkpoint."""

    checkpoint: Checkpoint | None
    pending: int


def overview(connection: Connection, staff_id: str, now: int) -> Overview:
    """What waits, and for whom."""
    waiting = (case_rows.c.state == State.WAITING.value,)
    by_level = select(case_rows.c.level, func.count()).where(*waiting).group_by(case_rows.c.level)
    oldest = select(func.min(case_rows.c.submitted_at)).where(*waiting)
    held = (*waiting, case_rows.c.claimed_by == staff_id, case_rows.c.claimed_until > now)
    mine = connection.execute(select(case_rows.c.id).where(*held).order_by(case_rows.c.claimed_until)).scalars().all()
    by_status = select(clients.c.status, func.count()).group_by(clients.c.status)
    return Overview(
        waiting=_counts(connection, by_level),
        oldest_at=connection.execute(oldest).scalar(),
        mine=tuple(cases.get(connection, case_id) for case_id in mine),
        services=_counts(connection, by_status),
        registrations=registrations.count_waiting(connection),
        staff=connection.execute(select(func.count(func.distinct(staff_roles.c.person_id)))).scalar_one(),
    )


def services(connection: Connection) -> Services:
    """Every registered service with its use."""
    used, listed = _use(connection), registry.listing(connection)
    sound = tuple(Service(client, *used.get(client.id, (0, None))) for client in listed.sound)
    return Services(sound, listed.faulty)


def service(connection: Connection, client_id: str) -> ServiceFile:
    """One service. Raises Refusal("clients.unknown"), or OAuthError with the faults of one that is refused today."""
    client = registry.get(connection, client_id)
    use = _use(connection, client_id).get(client_id, (0, None))
    return ServiceFile(Service(client, *use), deliveries(connection, NOTICE, client_id))


def colleagues(connection: Connection, vault: Vault) -> tuple[Colleague, ...]:
    """Everybody who holds a role, by name."""
    held: dict[str, list[Holding]] = {}
    for holding in roles.listing(connection):
        held.setdefault(holding.person_id, []).append(holding)
    listed = [_colleague(connection, vault, person_id, tuple(its)) for person_id, its in held.items()]
    return tuple(sorted(listed, key=lambda colleague: colleague.name.casefold()))


def names_of_staff(connection: Connection, vault: Vault, person_ids: Iterable[str | None]) -> dict[str, str]:
    """Identifier to name, for those who hold a role now: citizens stay identifiers."""
    wanted = {person_id for person_id in person_ids if person_id}
    statement = select(staff_roles.c.person_id).where(staff_roles.c.person_id.in_(wanted)).distinct()
    found = connection.execute(statement).scalars().all()
    return {person_id: _name(connection, vault, person_id) for person_id in found}


def record(connection: Connection, provider: Provider, person_id: str, now: int) -> Record:
    """Everything about one person: only for whoever stated a purpose."""
    vault = provider.vault
    allowed = consents.of_person(connection, person_id)
    names = _names_of_services(connection)
    return Record(
        person=records.get(connection, person_id),
        identifiers=identifiers.of(connection, vault, person_id),
        claims=attributes.read(connection, vault, person_id),
        sources=attributes.sources(connection, person_id),
        verification=verifications.latest(connection, vault, person_id),
        authenticators=authenticators.of(connection, person_id),
        sessions=browser.of_person(connection, person_id, now, provider.lifetimes.session_idle),
        consents=allowed,
        services={consent.client_id: names.get(consent.client_id, consent.client_id) for consent in allowed},
        cases=cases.of_person(connection, person_id),
        roles=roles.of(connection, person_id),
        closing=closings.live(connection, person_id),
    )


def _names_of_services(connection: Connection) -> dict[str, str]:
    listed = registry.listing(connection)
    sound = {client.id: client.metadata.name() for client in listed.sound}
    return sound | {faulty.id: faulty.name for faulty in listed.faulty}


def sealed_until(connection: Connection, origin: str) -> Seal:
    """The newest signed checkpoint, and how many events wait for the next."""
    row = connection.execute(select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)).mappings().one_or_none()
    pending = connection.execute(select(func.count()).where(leaves.c.position.is_(None))).scalar_one()
    latest = None if row is None else Checkpoint(origin, row["size"], bytes.fromhex(row["root"]), row["at"])
    return Seal(latest, pending)


def _counts(connection: Connection, statement: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _use(connection: Connection, client_id: str | None = None) -> dict[str, tuple[int, int | None]]:
    given = consent_rows.c.withdrawn_at.is_(None)
    people, last = func.count().filter(given), func.max(consent_rows.c.used_at)
    statement = select(consent_rows.c.client_id, people, last).group_by(consent_rows.c.client_id)
    if client_id is not None:
        statement = statement.where(consent_rows.c.client_id == client_id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}


def _colleague(connection: Connection, vault: Vault, person_id: str, holdings: tuple[Holding, ...]) -> Colleague:
    usernames = identifiers.of(connection, vault, person_id, "username")
    return Colleague(
        person_id=person_id,
        name=_name(connection, vault, person_id),
        username=usernames[0].value if usernames else "",
        status=records.get(connection, person_id).status,
        holdings=holdings,
    )


def _name(connection: Connection, vault: Vault, person_id: str) -> str:
    return str(attributes.read(connection, vault, person_id, ["name"]).get("name") or person_id)
