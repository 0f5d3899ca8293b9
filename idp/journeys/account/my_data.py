"""A copy of everything that is held about a citizen, for her own eyes: counted, recorded, and told to her.

Left out is what would harm somebody else if it were not she (docs/my-data.md says so): what the register holds about
the identity that a case claims, which check of it failed, the notes and names of staff, and every secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import recovery_code
from idp.domain.authenticators.registry import Authenticator
from idp.domain.clients.registry import Client
from idp.domain.grants import history as grants
from idp.domain.grants.history import Allowed, Authorization, Use
from idp.domain.oversight import roles
from idp.domain.oversight.roles import Role
from idp.domain.people import attributes, closings, identifiers, records, verifications
from idp.domain.people.attributes import UPDATED_AT
from idp.domain.people.closings import Closing
from idp.domain.people.identifiers import Identifier
from idp.domain.people.records import Person
from idp.domain.people.verifications import Kept
from idp.domain.proofing import cases, decisions, evidence
from idp.domain.proofing.cases import Case
from idp.domain.proofing.details import Details as Typed
from idp.domain.proofing.evidence import Piece
from idp.domain.proofing.reasons import told
from idp.domain.sessions import history as sessions
from idp.domain.sessions import remembered
from idp.domain.sessions.history import Visit
from idp.domain.sessions.remembered import Remembered
from idp.domain.signatures import ceremonies
from idp.domain.signatures.ceremonies import Ceremony
from idp.foundation.audit import log
from idp.foundation.audit.event import Event
from idp.foundation.audit.log import Leaf
from idp.foundation.limits import Limit, take
from idp.journeys.notify import notify
from idp.journeys.provider import Provider

FORMATS = ("json", "pdf")
DOWNLOADS = Limit("account.data", 10, 24 * 3600)
MOST_EVENTS = 20_000
"""More than anybody's; `Copy.complete` says if it was not."""


@dataclass(frozen=True, slots=True)
class CaseCopy:
    """One verification case as far as it is the citizen's own: what she typed and uploaded, and why it ended so."""

    case: Case
    typed: Typed
    pictures: tuple[tuple[Piece, bytes], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Everything that is held about one person, as of `made_at` (Unix seconds)."""

    made_at: int
    person: Person
    roles: frozenset[Role]
    closings: Sequence[Closing]
    attributes: Mapping[str, object]
    sources: Mapping[str, tuple[str, int]]
    identifiers: tuple[Identifier, ...]
    verifications: tuple[Kept, ...]
    authenticators: tuple[Authenticator, ...]
    recovery_codes_left: int
    visits: Sequence[Visit]
    remembering: Sequence[Remembered]
    consents: Sequence[Allowed]
    authorizations: Sequence[Authorization]
    uses: Mapping[str, Use]
    clients: Mapping[str, Client]
    signatures: tuple[Ceremony, ...]
    cases: tuple[CaseCopy, ...]
    events: Sequence[Leaf]
    complete: bool

    @property
    def told(self) -> dict[str, object]:
        """What services can be told, which is what is recorded and since when."""
        changed = [at for _, at in self.sources.values()]
        return {**self.attributes, **({UPDATED_AT: max(changed)} if changed else {})}


def download(provider: Provider, person_id: str, form: str) -> Copy:
    """Count, record, tell, and collect. `form` is one of FORMATS. Raises Refusal("too_many_attempts")."""
    with provider.transaction() as tx:
        take(tx, DOWNLOADS, person_id)
        tx.record(Event("account.data.downloaded", person_id, person_id, {"format": form}))
        notify(tx, provider, person_id, "data_downloaded")
    with provider.reading() as connection:
        return collect(connection, provider, person_id)


def collect(connection: Connection, provider: Provider, person_id: str) -> Copy:
    """Room by room. Raises Refusal("vault.erased") of somebody erased."""
    now, vault = provider.store.now(), provider.vault
    events = log.around(connection, person_id, limit=MOST_EVENTS + 1)
    allowed = grants.consents_of(connection, person_id)
    signatures = ceremonies.of_person(connection, provider.box, person_id, now)
    known = {one.client_id for one in allowed} | {one.client_id for one in signatures}
    found = {client_id: provider.clients.find(client_id) for client_id in known}
    return Copy(
        made_at=now,
        person=records.get(connection, person_id),
        roles=roles.of(connection, person_id),
        closings=closings.of_person(connection, person_id),
        attributes=attributes.read(connection, vault, person_id),
        sources=attributes.sources(connection, person_id),
        identifiers=identifiers.of(connection, vault, person_id),
        verifications=verifications.every(connection, vault, person_id),
        authenticators=registry.of(connection, person_id),
        recovery_codes_left=recovery_code.left(connection, person_id),
        visits=sessions.of_person(connection, person_id),
        remembering=remembered.of_person(connection, person_id, now),
        consents=allowed,
        authorizations=grants.authorizations_of(connection, person_id),
        uses=grants.uses_of(connection, person_id, now, provider.lifetimes.code),
        clients={client_id: client for client_id, client in found.items() if client is not None},
        signatures=signatures,
        cases=tuple(_case(connection, provider, case) for case in cases.of_person(connection, person_id)),
        events=events[:MOST_EVENTS],
        complete=len(events) <= MOST_EVENTS,
    )


def _case(connection: Connection, provider: Provider, case: Case) -> CaseCopy:
    pieces = evidence.of(connection, case.id)
    contents = [evidence.content(connection, provider.vault, case.id, piece.id) for piece in pieces]
    return CaseCopy(
        case,
        cases.details(connection, provider.vault, case),
        tuple(zip(pieces, contents, strict=True)),
        tuple(reason.value for reason in told(decisions.outcome_reasons(connection, case.id))),
    )
