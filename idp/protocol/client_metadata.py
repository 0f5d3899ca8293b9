"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: one registered client, typed.

With the metadata of OpenID Connect Dynamic Client Registration 1.0 section 2, RP-Initiated, Back-Channel and
Front-Channel Logout 1.0, RFC 8705, RFC 9101, RFC 9126, RFC 9396, RFC 9449, RFC 9701 and JARM, and our own `agency`,
`agreed_claims`, `access_token_format`, `profile`, `purpose`, `require_pkce`, `resources`, `signing` and
`single_factor`. Left out: encryption.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from idp.protocol import client_profile, redirect_uri, scopes, token_exchange
from idp.protocol.client_profile import Profile

GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials", token_exchange.GRANT_TYPE)
RESPONSE_TYPES: Final = ("code",)
PRIVATE_KEY_JWT: Final = "private_key_jwt"
CLIENT_SECRET_JWT: Final = "client_secret_jwt"  # noqa: S105 (a registered name, no secret)
TLS_CLIENT_AUTH: Final = "tls_client_auth"
SELF_SIGNED_TLS: Final = "self_signed_tls_client_auth"
NONE: Final = "none"
AUTH_METHODS: Final = client_profile.AUTH_METHODS
ASSERTION_ALGORITHMS: Final = client_profile.ALGORITHMS
SECRET_ALGORITHMS: Final = ("HS256",)
"""Of `client_secret_jwt`."""
ID_TOKEN_ALGORITHMS: Final = ("RS256", "ES256")
"""What we sign with: ID tokens, and everything else that a client asks us to sign for it."""
SUBJECT_TYPES: Final = ("pairwise", "public")
APPLICATION_TYPES: Final = ("web", "native")
JWT: Final = "jwt"
ACCESS_TOKEN_FORMATS: Final = ("opaque", JWT)

LOCALISED: Final = {
    "localised_names": "client_name",
    "localised_agencies": "agency",
    "localised_purposes": "purpose",
}
"""Which of a client's texts may be registered in several languages (section 2.2)."""


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """One registered client. Names are those of the registry; absent texts are empty."""

    client_id: str
    client_name: str = ""
    localised_names: Mapping[str, str] = field(default_factory=dict)
    """`client_name#ar` and so on, by language tag."""
    localised_agencies: Mapping[str, str] = field(default_factory=dict)
    localised_purposes: Mapping[str, str] = field(default_factory=dict)
    application_type: str = "web"
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    request_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105 (a registered name, no secret)
    token_endpoint_auth_signing_alg: str = ""
    tls_client_auth_subject_dn: str = ""
    tls_client_auth_san_dns: str = ""
    tls_client_auth_san_uri: str = ""
    tls_client_auth_san_ip: str = ""
    tls_client_auth_san_email: str = ""
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str = ""
    scope: tuple[str, ...] = scopes.DEFAULT
    agreed_claims: tuple[str, ...] = ()
    """The claims its agreement names; empty for all that its scopes stand for."""
    authorization_details_types: tuple[str, ...] = ()
    default_acr_values: tuple[str, ...] = ()
    default_max_age: int | None = None
    single_factor: bool = False
    """Whether one factor may do, where the operator allows that at all."""
    require_pushed_authorization_requests: bool = False
    require_signed_request_object: bool = False
    request_object_signing_alg: str = ""
    authorization_signed_response_alg: str = ""
    id_token_signed_response_alg: str = "RS256"  # noqa: S105 (a registered name, no secret)
    userinfo_signed_response_alg: str = ""
    introspection_signed_response_alg: str = ""
    dpop_bound_access_tokens: bool = False
    tls_client_certificate_bound_access_tokens: bool = False
    resources: tuple[str, ...] = ()
    """RFC 8707 identifiers of the protected resources that this client is, if it is one."""
    access_token_format: str = "opaque"  # noqa: S105 (a word of ours, no secret)
    """In which form it wants the access tokens that are meant for its `resources`."""
    subject_type: str = "pairwise"
    sector_identifier_uri: str = ""
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False
    initiate_login_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    client_uri: str = ""
    contacts: tuple[str, ...] = ()
    software_id: str = ""
    software_version: str = ""
    require_pkce: bool = True
    profile: str = "standard"
    agency: str = ""
    purpose: str = ""
    signing: bool = False

    @property
    def rules(self) -> Profile:
        """What its profile insists on."""
        return client_profile.PROFILES[self.profile]

    @property
    def pushes_requests(self) -> bool:
        """RFC 9126 section 6: whether an authorization request that was not pushed is refused."""
        return self.require_pushed_authorization_requests or self.rules.pushed

    @property
    def signs_requests(self) -> bool:
        """RFC 9101 section 10.5: whether an authorization request that is not signed is refused."""
        return self.require_signed_request_object or self.rules.signed_request

    @property
    def signed_with(self) -> tuple[str, ...]:
        """The algorithms by which what it signs may be signed, but for a narrower member of its own."""
        return self.rules.algorithms

    @property
    def sector(self) -> str:
        """OpenID Connect Core section 8.1: who shares its pairwise subjects; empty for a client without subjects.

        That of a client which is only a resource server is where its first resource is.
        """
        return redirect_uri.host(self.sector_identifier_uri or next(iter((*self.redirect_uris, *self.resources)), ""))

    @property
    def reads_jwts(self) -> bool:
        """Whether access tokens for its resources are JWTs (RFC 9068)."""
        return self.access_token_format == JWT

    @property
    def signed_for(self) -> str:
        """With which algorithm we sign what it reads, unless it registered one for that: as its ID tokens are."""
        registered = self.id_token_signed_response_alg
        return registered if registered in self.rules.algorithms else "ES256"

    @property
    def allowed_scopes(self) -> tuple[str, ...]:
        """What it may ask for: the registered scopes, and `offline_access` exactly when it may refresh (Core 11)."""
        online = tuple(scope for scope in self.scope if scope != scopes.OFFLINE_ACCESS)
        return (*online, scopes.OFFLINE_ACCESS) if "refresh_token" in self.grant_types else online

    @property
    def is_public(self) -> bool:
        """RFC 6749 section 2.1: it holds no secret, so it proves nothing about itself."""
        return self.token_endpoint_auth_method == NONE

    def name(self, language: str = "") -> str:
        """What to call the client in `language` (`ar`, `zh-Hant`), or else its plain name, or its identifier."""
        return self.localised_names.get(language) or self.client_name or self.client_id

    def agency_in(self, language: str) -> str:
        """The authority responsible, in `language` if it said so; empty if it did not say at all."""
        return self.localised_agencies.get(language) or self.agency

    def purpose_in(self, language: str) -> str:
        """Why it asks, in `language` if it said so; empty if it did not say at all."""
        return self.localised_purposes.get(language) or self.purpose

    def document(self) -> dict[str, object]:
        """The registration response's members (RFC 7591 section 3.2.1); `parse_metadata(m.document()) == m`."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in LOCALISED}
        tagged = {
            f"{member}#{language}": text
            for held, member in LOCALISED.items()
            for language, text in getattr(self, held).items()
        }
        told = {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items() if v not in ("", None)}
        return {**told, **tagged, "scope": " ".join(self.scope)}
