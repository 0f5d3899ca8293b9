"""The token response: minted inside the transaction, signed after its commit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Grant, Terms
from idp.domain.people import attributes, records, verifications
from idp.domain.people.records import Status
from idp.foundation.randomness import octets
from idp.foundation.transaction import Tx
from idp.journeys.oidc.access_tokens import Access, as_sent, issue
from idp.journeys.oidc.granted_details import assigned
from idp.journeys.oidc.subjects import session_for, subject_for
from idp.journeys.provider import Provider
from idp.protocol import id_token, identity_assurance, jose
from idp.protocol.access_token import Kind, mint
from idp.protocol.claims import ALWAYS_ALLOWED, ClaimsRequest, Requested, requested_claims, select
from idp.protocol.errors import INVALID_GRANT, OAuthError
from idp.protocol.scopes import OPENID


@dataclass(frozen=True, slots=True)
class Minted:
    """Tokens whose digests are kept; the ID token follows from the grant."""

    grant: Grant
    access: Access
    refresh_token: str | None
    now: int


def token_type(terms: Terms) -> str:
    """RFC 6749 section 7.1: how the token is to be presented (RFC 6750, or RFC 9449 section 5)."""
    return terms.confirmation.token_type


def mint_tokens(
    tx: Tx, provider: Provider, client: Client, grant: Grant, terms: Terms, *, may_refresh: bool = True
) -> Minted:
    """A new access token, and a refresh token when offline access was granted, unless there is one that stays."""
    lifetimes = provider.lifetimes
    access = issue(tx, provider, client, grant, grant.context.scope, terms, lifetimes.access_token)
    refresh = None
    if may_refresh and grant.offline and "refresh_token" in client.metadata.grant_types:
        refresh = mint(Kind.REFRESH, octets(32))
        grants.add_refresh_token(tx, refresh, grant.id, min(tx.now + lifetimes.refresh_token, grant.expires_at))
    return Minted(grant, access, refresh, tx.now)


def require_active(connection: Connection, grant: Grant) -> None:
    """Nobody who was locked, closed or died since receives tokens. Raises OAuthError(invalid_grant)."""
    person = records.find(connection, grant.person_id)
    if person is None or person.status is not Status.ACTIVE:
        raise OAuthError(INVALID_GRANT, "This grant is no longer valid.")


def token_response(provider: Provider, client: Client, minted: Minted) -> dict[str, object]:
    """RFC 6749 section 5.1 with the ID token of OpenID Connect Core 3.1.3.3."""
    response = access_response(provider, minted.access)
    if minted.refresh_token is not None:
        response["refresh_token"] = minted.refresh_token
    if OPENID in minted.access.scope.split():
        response["id_token"] = _signed_id_token(provider, client, minted, str(response["access_token"]))
    return response


def access_response(provider: Provider, access: Access) -> dict[str, object]:
    """The members of every token response: the access token, how long, and what for."""
    response: dict[str, object] = {
        "access_token": as_sent(provider, access),
        "token_type": token_type(access.terms),
        "expires_in": access.lifetime,
    }
    optional = {"scope": access.scope, "authorization_details": assigned(access.grant, access.terms)}
    return response | {name: value for name, value in optional.items() if value}


def claims_told(
    provider: Provider, person_id: str, names: tuple[str, ...], verified: object, now: int
) -> dict[str, object]:
    """The named claims as the person's record holds them, and `verified_claims` as far as a template asks."""
    if ALWAYS_ALLOWED.issuperset(names) and verified is None:
        return {}
    with provider.reading() as connection:
        held = attributes.claims(connection, provider.vault, person_id)
        verification = None if verified is None else verifications.latest(connection, provider.vault, person_id)
    told = select(names, held)
    proven = identity_assurance.build(verified, verification, held, now)
    return told if proven is None else told | {"verified_claims": proven}


def claims_asked(grant: Grant) -> ClaimsRequest:
    """The `claims` parameter of the authorization request."""
    claims: Mapping[str, object] = json.loads(grant.context.claims) if grant.context.claims else {}
    return ClaimsRequest.from_document(claims)


def requested_by(grant: Grant, scope: str, client: Client) -> Requested:
    """What the authorization request asked to be told, as far as a token of this `scope`, and the agreement, reach."""
    return requested_claims(scope.split(), claims_asked(grant), client.metadata.agreed_claims)


def _signed_id_token(provider: Provider, client: Client, minted: Minted, access_token: str) -> str:
    grant = minted.grant
    algorithm = client.metadata.id_token_signed_response_alg
    claims: dict[str, object] = {}
    if grant.context.claims:
        asked = requested_by(grant, grant.context.scope, client)
        claims = claims_told(provider, grant.person_id, asked.id_token, asked.verified_id_token, minted.now)
    document = id_token.build(
        issuer=provider.issuer,
        subject=subject_for(provider, client, grant.person_id),
        client_id=client.id,
        now=minted.now,
        lifetime=provider.lifetimes.id_token,
        auth_time=grant.context.auth_time,
        acr=grant.context.acr,
        amr=grant.context.amr,
        session=session_for(provider, client, grant.session_id),
        nonce=grant.context.nonce,
        access_token=access_token,
        alg=algorithm,
        claims=claims,
    )
    held = provider.keyring.signer("tokens", algorithm)
    return jose.sign(jose.ID_TOKEN, document, held.signing_key, held.kid, algorithm)
