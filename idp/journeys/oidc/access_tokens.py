"""Access tokens: how one is made and written, and the one answer to whether one counts.

All are kept, but for a client's own token that is a JWT: it is self-contained (decision 22).
"""

from dataclasses import dataclass

from idp.domain.clients import registry
from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import AccessToken, Grant, Terms
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation.randomness import identifier, octets
from idp.foundation.transaction import Tx
from idp.journeys.oidc.granted_details import carried
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.protocol import jose, jwt_access_token
from idp.protocol.access_token import Kind, kind_of, mint
from idp.protocol.errors import OAuthError
from idp.protocol.jwt_access_token import SELF_CONTAINED, SelfContained, SignIn


@dataclass(frozen=True, slots=True)
class Access:
    """An access token that was issued. `reference` is what names it: itself, or the `jti` of the JWT still to sign.

    `reader` is the resource server that wants it as a JWT; None for an opaque one.
    """

    reference: str
    client: Client
    grant: Grant | None
    scope: str
    terms: Terms
    issued_at: int
    lifetime: int
    reader: Client | None


def issue(
    tx: Tx, provider: Provider, client: Client, grant: Grant | None, scope: str, terms: Terms, lifetime: int
) -> Access:
    """Keep a new access token for `client`, for no longer than its grant lasts."""
    if grant is not None:
        lifetime = min(lifetime, grant.expires_at - tx.now)
    reader = _reader(provider, terms)
    reference = mint(Kind.ACCESS, octets(32)) if reader is None else identifier()
    grants.add_access_token(tx, reference, client.id, scope, lifetime, None if grant is None else grant.id, terms)
    return Access(reference, client, grant, scope, terms, tx.now, lifetime, reader)


def issue_self_contained(provider: Provider, client: Client, scope: str, terms: Terms, lifetime: int) -> Access | None:
    """A client's own token, kept nowhere; None if the resource server that it is for wants no JWTs."""
    reader = _reader(provider, terms)
    if reader is None:
        return None
    jti = jwt_access_token.self_contained_jti(client.created_at, identifier())
    return Access(jti, client, None, scope, terms, provider.store.now(), lifetime, reader)


def as_sent(provider: Provider, access: Access) -> str:
    """What the client receives: the opaque token, or a JWT (RFC 9068), signed after the commit."""
    reader, grant = access.reader, access.grant
    if reader is None:
        return access.reference
    claims = jwt_access_token.build(
        issuer=provider.issuer,
        audience=access.terms.audience,
        subject=access.client.id if grant is None else subject_for(provider, reader, grant.person_id),
        client_id=access.client.id,
        jti=access.reference,
        issued_at=access.issued_at,
        expires_at=access.issued_at + access.lifetime,
        scope=access.scope,
        sign_in=sign_in_of(grant),
        confirmation=access.terms.confirmation,
        actors=access.terms.actors,
        details=carried(provider, grant, access.terms),
    )
    algorithm = reader.metadata.signed_for
    held = provider.keyring.signer("tokens", algorithm)
    return jose.sign(jose.ACCESS_TOKEN, claims, held.signing_key, held.kid, algorithm)


def recognised(provider: Provider, token: str) -> str | SelfContained | None:
    """What `token` is kept under if it may be one of our access tokens, or all that a self-contained one says.

    A JWT must be signed by us and not be over. One whose `jti` has the form of the self-contained is that or nothing:
    it is never looked up, as no kept one is ever believed without its row.
    """
    if kind_of(token) is Kind.ACCESS:
        return token
    if "." not in token:
        return None
    keys = provider.keyring.published("tokens")
    try:
        claims = jose.verify(jose.ACCESS_TOKEN, token, keys, provider.store.now(), issuer=provider.issuer)
    except OAuthError:
        return None
    jti = str(claims["jti"])
    return jwt_access_token.read_self_contained(claims) if jti.startswith(SELF_CONTAINED) else jti


def living(provider: Provider, token: str) -> AccessToken | None:
    """The one answer to whether an access token of any form counts, wherever it is used.

    It is known and not over, neither it nor its grant was revoked, its person may sign in, and nobody whom it went
    through is suspended.
    """
    found = recognised(provider, token)
    if isinstance(found, SelfContained):
        return _by_its_word(provider, found)
    return None if found is None else _by_its_row(provider, found)


def _by_its_row(provider: Provider, reference: str) -> AccessToken | None:
    with provider.reading() as connection:
        found = grants.active_access_token(connection, reference, provider.store.now())
        grant = None if found is None else found.grant
        person = None if grant is None else records.find(connection, grant.person_id)
    if found is None or (grant is not None and (person is None or person.status is not Status.ACTIVE)):
        return None
    clients = {found.client_id} if grant is None else {found.client_id, grant.client_id}
    standing = [provider.clients.find(client_id) for client_id in clients]
    return found if all(client is not None and client.active for client in standing) else None


def _by_its_word(provider: Provider, token: SelfContained) -> AccessToken | None:
    """It was not revoked, its client is the one it was issued to, and its server still reads JWTs."""
    with provider.reading() as connection:
        registered_at = registry.registered_at(connection, token.client_id)
        if registered_at != token.registered_at or grants.is_revoked(connection, token.jti):
            return None
    if provider.clients.find(token.client_id) is None:  # Today's rules refuse its registration.
        return None
    if not all(_reads_jwts(provider.clients.server_of(resource)) for resource in token.audience):
        return None
    terms = Terms(token.confirmation, token.audience)
    return AccessToken(token.client_id, token.scope, token.issued_at, token.expires_at, None, terms)


def _reader(provider: Provider, terms: Terms) -> Client | None:
    """The resource server that these are for, if it wants JWTs."""
    server = provider.clients.server_of(terms.audience[0]) if terms.audience else None
    return server if server is not None and server.metadata.reads_jwts else None


def _reads_jwts(server: Client | None) -> bool:
    return server is not None and server.active and server.metadata.reads_jwts


def sign_in_of(grant: Grant | None) -> SignIn | None:
    """How the person signed in who granted it."""
    return None if grant is None else SignIn(grant.context.auth_time, grant.context.acr, grant.context.amr)
