"""How well each registered service is protected: protocol.client_lint over the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.domain.clients import registry
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider
from idp.protocol import redirect_uri
from idp.protocol.client_lint import WORST, Check, findings, grade
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.registration import faults_of, parse_metadata


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be said of one client. `faults` are those of a registration that today's rules refuse."""

    client_id: str
    grade: str
    findings: tuple[Check, ...]
    faults: tuple[str, ...] = ()


def reports(connection: Connection, only: Sequence[str] = (), *, production: bool) -> list[Report]:
    """One for each client, or for those named. Raises Refusal("clients.unknown")."""
    documents = registry.documents(connection)
    unknown = [client_id for client_id in only if client_id not in documents]
    if unknown:
        raise Refusal("clients.unknown", f"no such client: {', '.join(unknown)}")
    return [_report(client_id, documents[client_id], production=production) for client_id in only or documents]


def report(client: ClientMetadata, *, production: bool) -> Report:
    """Of one whose registration is in order."""
    found = findings(client, production=production)
    return Report(client.client_id, grade(found), found)


def is_production(provider: Provider) -> bool:
    """Whether others can reach this provider: addresses of one's own machine are then held against a client."""
    return redirect_uri.host(provider.issuer) not in redirect_uri.LOOPBACK


def _report(client_id: str, document: Mapping[str, object], *, production: bool) -> Report:
    try:
        return report(parse_metadata(document), production=production)
    except Refusal as refusal:
        return Report(client_id, WORST, (), faults_of(refusal))
