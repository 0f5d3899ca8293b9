"""Authlib's authorization server behind one adapter: the only importer of it.

Authlib routes a token request to its grant and runs client authentication; each grant hands the request to a journey,
which spends before it checks and checks before it changes. Authlib's own order (save the token, then delete the code)
would let parallel redemptions of one code succeed, so nothing here saves anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants.base import BaseGrant, TokenEndpointMixin
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.token_endpoint import TokenEndpoint

from idp.domain.clients.registry import Client
from idp.journeys.oidc.client_credentials import client_credentials
from idp.journeys.oidc.exchange_token import exchange_token
from idp.journeys.oidc.introspect import introspect, signed
from idp.journeys.oidc.prove_certificate import shows_issued_certificate, shows_own_certificate
from idp.journeys.oidc.prove_client import holds_key, knows_secret, signs_with_secret
from idp.journeys.oidc.prove_possession import Proofs, possession
from idp.journeys.oidc.push import push
from idp.journeys.oidc.redeem_code import redeem_code
from idp.journeys.oidc.refresh import refresh
from idp.journeys.oidc.revoke import revoke
from idp.journeys.provider import Provider
from idp.protocol import signed_introspection, token_exchange
from idp.protocol.client_assertion import Audiences
from idp.protocol.client_authentication import Presented, check_method, presented
from idp.protocol.client_metadata import AUTH_METHODS, SELF_SIGNED_TLS, TLS_CLIENT_AUTH
from idp.protocol.confirmation import UNBOUND, Confirmation, binding
from idp.protocol.errors import INVALID_CLIENT, INVALID_REQUEST, UNAUTHORIZED_CLIENT, UNSUPPORTED_GRANT_TYPE, OAuthError
from idp.protocol.parameters import required

Journey = Callable[[Provider, Client, Mapping[str, str], Confirmation], dict[str, object] | None]
Answer = tuple[int, dict[str, object]]


@dataclass(frozen=True, slots=True)
class EngineClient(ClientMixin):  # type: ignore[misc]
    """Our registration in the words Authlib asks in."""

    client: Client

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 (Authlib's signature)
        """The registered method and no other."""
        return method == self.client.metadata.token_endpoint_auth_method

    def check_grant_type(self, grant_type: str) -> bool:
        """Registered grants only."""
        return grant_type in self.client.metadata.grant_types


class EngineRequest(OAuth2Request):  # type: ignore[misc]
    """A request to a machine endpoint, already parsed strictly."""

    def __init__(self, parameters: Mapping[str, str], authorization: str | None, proofs: Proofs) -> None:
        # Authlib's own looks at each request anew whether our address is https or on loopback: the settings were.
        self.method, self.uri, self._body = proofs.method, proofs.url, None
        self.headers: dict[str, str] = {}
        self.client: Any = None
        self.auth_method: Any = None
        self.user = self.credential = self._scope = self.authorization_code = self.refresh_token = None
        self.payload = BasicOAuth2Payload(parameters)
        self.parameters = parameters
        self.proofs = proofs
        self.presented: Presented = presented(authorization, parameters)


METHODS = AUTH_METHODS
Prover = Callable[[EngineRequest, Client | None], bool]
CertificateProver = Callable[[Provider, Proofs, Client], bool]
QueryClient = Callable[[str], EngineClient | None]
Authenticator = Callable[[QueryClient, EngineRequest], EngineClient | None]


class Engine(AuthorizationServer):  # type: ignore[misc]
    """Token, introspection and revocation endpoints."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        for method, prove in self._provers().items():
            self.register_client_auth_method(method, _authenticator(method, prove))
        for method, shows in BY_CERTIFICATE.items():
            self.register_client_auth_method(method, _certificate_authenticator(provider, method, shows))
        for grant in GRANTS:
            self.register_grant(grant)
        self.register_endpoint(Introspection(self))
        self.register_endpoint(Revocation(self))
        self.register_endpoint(Pushing(self))

    def answer_token(self, parameters: Mapping[str, str], authorization: str | None, proofs: Proofs) -> Answer:
        """Status and document of a token response. Raises OAuthError."""
        required(parameters, "grant_type")
        request = EngineRequest(parameters, authorization, proofs)
        return self._gathered(request, lambda: self.create_token_response(request))

    def introspection(
        self, parameters: Mapping[str, str], authorization: str | None, proofs: Proofs, accept: str = ""
    ) -> tuple[int, dict[str, object] | str]:
        """Status and document of an introspection response, or a JWT for who accepts one. Raises OAuthError."""
        request = EngineRequest(parameters, authorization, proofs)
        status, document = self._endpoint(Introspection.ENDPOINT_NAME, request)
        client: Client = request.client.client
        if signed_introspection.is_wanted(accept, client.metadata.introspection_signed_response_alg):
            return status, signed(self.provider, client, document)
        return status, document

    def revocation(self, parameters: Mapping[str, str], authorization: str | None, proofs: Proofs) -> Answer:
        """Status and document of a revocation response. Raises OAuthError."""
        return self._endpoint(Revocation.ENDPOINT_NAME, EngineRequest(parameters, authorization, proofs))

    def pushing(self, parameters: Mapping[str, str], authorization: str | None, proofs: Proofs) -> Answer:
        """Status and document of a pushed authorization response. Raises OAuthError."""
        return self._endpoint(Pushing.ENDPOINT_NAME, EngineRequest(parameters, authorization, proofs))

    def _endpoint(self, name: str, request: EngineRequest) -> Answer:
        return self._gathered(request, lambda: self.create_endpoint_response(name, request))

    def _gathered(self, request: EngineRequest, work: Callable[[], Any]) -> Answer:
        """What proves the client and its key is spent in the journey's own transaction, before anything else."""
        try:
            with self.provider.store.gathering():
                answer: Answer = work()
        except OAuthError as error:
            if error.facts.get("replayed"):  # Authentication has failed after all.
                self.provider.client_failures.count(request.presented.client_id, request.proofs.address)
            raise
        return answer

    def authenticate_client(
        self, request: EngineRequest, methods: tuple[str, ...], endpoint: str = "token"
    ) -> EngineClient:
        """Who asks, at every endpoint. Raises OAuthError, OAuth2Error, Refusal("too_many_attempts")."""
        failures, who = self.provider.client_failures, (request.presented.client_id, request.proofs.address)
        failures.check(*who)
        try:
            client: EngineClient = super().authenticate_client(request, methods, endpoint)
        except (OAuthError, OAuth2Error):
            failures.count(*who)
            raise
        return client

    def query_client(self, client_id: str) -> EngineClient | None:
        """An active registration, or None."""
        client = self.provider.clients.find(client_id)
        return EngineClient(client) if client is not None and client.active else None

    def create_oauth2_request(self, request: EngineRequest) -> EngineRequest:
        """Authlib's hook: our requests are made before they get here."""
        return request

    def handle_response(self, status: int, body: dict[str, object], headers: object) -> Answer:  # noqa: ARG002
        """Authlib's hook: views set their own headers."""
        return status, body

    def handle_error_response(self, request: EngineRequest, error: OAuth2Error) -> Answer:
        """Authlib's own refusals become ours."""
        code = error.error if error.error in (INVALID_CLIENT, UNSUPPORTED_GRANT_TYPE) else INVALID_REQUEST
        reasons = {
            INVALID_CLIENT: "Client authentication failed.",
            UNSUPPORTED_GRANT_TYPE: "This grant_type is not supported.",
        }
        raise OAuthError(code, reasons.get(code, "The request is malformed."), presented=request.presented.method)

    def send_signal(self, *args: object, **kwargs: object) -> None:
        """Authlib's hook: nobody listens; journeys record what happens."""

    def _provers(self) -> dict[str, Prover]:
        provider = self.provider
        return {
            "client_secret_basic": lambda request, client: knows_secret(provider, request.presented, client),
            "client_secret_post": lambda request, client: knows_secret(provider, request.presented, client),
            "client_secret_jwt": lambda request, client: signs_with_secret(
                provider, request.presented, client, self._audiences(request)
            ),
            "private_key_jwt": lambda request, client: holds_key(
                provider, request.presented, client, self._audiences(request)
            ),
            "none": _nothing_to_prove,
        }

    def _audiences(self, request: EngineRequest) -> Audiences:
        """RFC 9126 section 2: the issuer, the token endpoint, or the endpoint that is asked."""
        issuer = self.provider.issuer
        return Audiences(issuer, (f"{issuer}/oidc/token", request.proofs.url))


def _authenticator(method: str, prove: Prover) -> Authenticator:
    """What Authlib calls to authenticate a client by `method`: the client, or None."""

    def authenticate(query_client: QueryClient, request: EngineRequest) -> EngineClient | None:
        if request.presented.method != method:
            return None
        found = query_client(request.presented.client_id)
        if found is not None:
            check_method(request.presented, found.client.metadata)
        proved = prove(request, None if found is None else found.client)  # A client that there is not costs as much.
        return found if proved else None

    return authenticate


def _certificate_authenticator(provider: Provider, method: str, shows: CertificateProver) -> Authenticator:
    """As `_authenticator`, for a client that says its name and leaves the rest to its certificate."""

    def authenticate(query_client: QueryClient, request: EngineRequest) -> EngineClient | None:
        found = query_client(request.presented.client_id) if request.presented.method == "none" else None
        if found is None or found.client.metadata.token_endpoint_auth_method != method:
            return None
        return found if shows(provider, request.proofs, found.client) else None

    return authenticate


BY_CERTIFICATE: dict[str, CertificateProver] = {
    TLS_CLIENT_AUTH: shows_issued_certificate,
    SELF_SIGNED_TLS: shows_own_certificate,
}


def _nothing_to_prove(_request: EngineRequest, _client: Client | None) -> bool:
    """A public client: PKCE binds its codes."""
    return True


class _Grant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """A grant type that leaves everything but client authentication to its journey."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    JOURNEY: Journey

    def validate_token_request(self) -> None:
        """Authenticate the client and see that it may use this grant."""
        found = self.authenticate_token_endpoint_client()
        if not found.check_grant_type(self.GRANT_TYPE):
            raise OAuthError(UNAUTHORIZED_CLIENT, f"The client is not registered for the grant {self.GRANT_TYPE}.")
        self.request.client = found

    def create_token_response(self) -> tuple[int, Any, Any]:
        """Run the journey."""
        provider, request = self.server.provider, self.request
        client: Client = request.client.client
        held = binding(client.metadata, possession(provider, request.proofs, client))
        return 200, type(self).JOURNEY(provider, client, request.parameters, held), None


class CodeGrant(_Grant):
    """RFC 6749 section 4.1."""

    GRANT_TYPE = "authorization_code"
    JOURNEY = staticmethod(redeem_code)


class RefreshGrant(_Grant):
    """RFC 6749 section 6."""

    GRANT_TYPE = "refresh_token"
    JOURNEY = staticmethod(refresh)


class ClientCredentialsGrant(_Grant):
    """RFC 6749 section 4.4."""

    GRANT_TYPE = "client_credentials"
    JOURNEY = staticmethod(client_credentials)


class ExchangeGrant(_Grant):
    """RFC 8693."""

    GRANT_TYPE = token_exchange.GRANT_TYPE
    JOURNEY = staticmethod(exchange_token)


GRANTS = (ClientCredentialsGrant, CodeGrant, RefreshGrant, ExchangeGrant)  # Authlib asks one after the other.
CONFIDENTIAL = tuple(method for method in METHODS if method != "none")


class _Endpoint(TokenEndpoint):  # type: ignore[misc]
    """An endpoint beside the token endpoint, with the same client authentication."""

    CLIENT_AUTH_METHODS: tuple[str, ...] = METHODS
    JOURNEY: Journey

    def create_endpoint_response(self, request: EngineRequest) -> tuple[int, dict[str, object], None]:
        """Authenticate the client, then run the journey."""
        found: EngineClient = self.authenticate_endpoint_client(request)
        request.client = found
        body = type(self).JOURNEY(self.server.provider, found.client, request.parameters, UNBOUND)
        return 200, body or {}, None


class Introspection(_Endpoint):
    """RFC 7662: for clients that can prove who they are."""

    ENDPOINT_NAME = "introspection"
    CLIENT_AUTH_METHODS = CONFIDENTIAL
    JOURNEY = staticmethod(introspect)


class Revocation(_Endpoint):
    """RFC 7009: for every client, public ones included."""

    ENDPOINT_NAME = "revocation"
    JOURNEY = staticmethod(revoke)


class Pushing(_Endpoint):
    """RFC 9126: for every client, as at the token endpoint; a key that is proved here binds the code."""

    ENDPOINT_NAME = "pushed_authorization_request"
    JOURNEY = staticmethod(push)

    def create_endpoint_response(self, request: EngineRequest) -> tuple[int, dict[str, object], None]:
        """Authenticate the client, see which key it holds, then keep its request."""
        found: EngineClient = self.authenticate_endpoint_client(request)
        provider = self.server.provider
        held = possession(provider, request.proofs, found.client)
        return 201, push(provider, found.client, request.parameters, held, request.proofs.address), None
