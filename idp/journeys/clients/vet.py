"""What is checked of a registration before anything is written: all of its members, and that they agree."""

from collections.abc import Mapping

from idp.domain.clients.registrations import Registration
from idp.foundation.randomness import token
from idp.journeys.provider import Provider
from idp.protocol import registration_policy, software_statement
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.registration import parse_metadata
from idp.protocol.registration_policy import Policy

SECRET_METHODS = "client_secret_"  # noqa: S105 (the beginning of three registered names)


def vetted(
    policy: Policy, request: Mapping[str, object], client_id: str, before: ClientMetadata | None = None
) -> tuple[dict[str, object], ClientMetadata]:
    """The document that is kept, and the client that it registers, no more than the invitation allows.

    `before` is the client as it is registered, if it is. Raises OAuthError(invalid_client_metadata) or
    (invalid_redirect_uri).
    """
    document = registration_policy.completed(policy, request) | {"client_id": client_id}
    client = parse_metadata(document)
    registration_policy.check(policy, client, before)
    return document, client


def stated(
    provider: Provider, sent: object, request: Mapping[str, object], before: Registration | None = None
) -> tuple[dict[str, object], str | None]:
    """The request as its software statement has it, and that statement, if there is one.

    The statement with which a client registered keeps holding until it sends a newer one of the same software: it is
    not shed by leaving it out. Raises OAuthError(invalid_software_statement) or (unapproved_software_statement).
    """
    held = None if before is None else before.statement
    if sent is None or sent == held:
        return (dict(request), None) if held is None else (_merged(request, held), held)
    authorities = provider.registering.authorities
    claims = software_statement.verified(sent, authorities, provider.issuer, provider.store.now())
    if held is not None:
        software_statement.follows(claims, software_statement.read(held))
    return software_statement.merged(request, claims), str(sent)


def secret_for(client: ClientMetadata) -> str | None:
    """A new secret, for a client that proves itself by one."""
    return token() if client.token_endpoint_auth_method.startswith(SECRET_METHODS) else None


def _merged(request: Mapping[str, object], held: str) -> dict[str, object]:
    return software_statement.merged(request, software_statement.read(held))
