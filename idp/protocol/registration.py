"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: client metadata, checked once when registered.

With OpenID Connect Dynamic Client Registration 1.0 section 2, the metadata of RP-Initiated and Back-Channel Logout 1.0,
and our own `require_pkce`, `profile`, `agency`, `purpose` and `signing`. Members we do not know are ignored; those
whose silent loss would weaken a client are refused. Left out: `jwks_uri`, software statements, encryption.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from idp.protocol import redirect_uri, scopes
from idp.protocol import registration_values as values
from idp.protocol.errors import INVALID_CLIENT_METADATA, INVALID_REDIRECT_URI, OAuthError

GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials")
RESPONSE_TYPES: Final = ("code",)
PRIVATE_KEY_JWT: Final = "private_key_jwt"
NONE: Final = "none"
AUTH_METHODS: Final = ("client_secret_basic", "client_secret_post", PRIVATE_KEY_JWT, NONE)
ASSERTION_ALGORITHMS: Final = ("ES256", "PS256", "RS256", "Ed25519")
ID_TOKEN_ALGORITHMS: Final = ("RS256", "ES256")
PROFILES: Final = ("standard",)
SUBJECT_TYPES: Final = ("pairwise", "public")
UNSUPPORTED: Final = (
    "jwks_uri",
    "software_statement",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "id_token_encrypted_response_alg",
    "request_object_signing_alg",
    "require_signed_request_object",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "frontchannel_logout_uri",
)
"""Whoever asks for one of these must not believe to have it."""


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """One registered client. Names are those of the registry; absent texts are empty."""

    client_id: str
    client_name: str = ""
    localised_names: Mapping[str, str] = field(default_factory=dict)
    """`client_name#ar` and so on, by language tag."""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105 (a registered name, no secret)
    token_endpoint_auth_signing_alg: str = ""
    jwks: Mapping[str, Any] | None = None
    scope: tuple[str, ...] = scopes.DEFAULT
    default_acr_values: tuple[str, ...] = ()
    default_max_age: int | None = None
    id_token_signed_response_alg: str = "RS256"  # noqa: S105 (a registered name, no secret)
    subject_type: str = "pairwise"
    sector_identifier_uri: str = ""
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    initiate_login_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    client_uri: str = ""
    contacts: tuple[str, ...] = ()
    require_pkce: bool = True
    profile: str = "standard"
    agency: str = ""
    purpose: str = ""
    signing: bool = False

    @property
    def sector(self) -> str:
        """OpenID Connect Core section 8.1: who shares its pairwise subjects; empty for a client without subjects."""
        return redirect_uri.host(self.sector_identifier_uri or next(iter(self.redirect_uris), ""))

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

    def document(self) -> dict[str, object]:
        """The registration response's members (RFC 7591 section 3.2.1); `parse_metadata(m.document()) == m`."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "localised_names"}
        names = {f"client_name#{language}": name for language, name in self.localised_names.items()}
        told = {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items() if v not in ("", None)}
        return {**told, **names, "scope": " ".join(self.scope)}


def parse_metadata(document: Mapping[str, object]) -> ClientMetadata:
    """The client that `document` (JSON, with `client_id`) registers.

    Raises OAuthError(invalid_client_metadata), or (invalid_redirect_uri) when only redirect URIs are wrong; the reason
    lists every fault, and `facts["faults"]` holds them one by one.
    """
    read, faults = _read(document)
    faults += [f"{name} is not supported." for name in UNSUPPORTED if document.get(name)]
    client = None if faults else ClientMetadata(**read)
    faults += [fault for rule in RULES if client and (fault := rule(client))]
    if client is None or faults:
        raise _refused(faults)
    return client


def _refused(faults: list[str]) -> OAuthError:
    only_redirects = all(fault.startswith("redirect_uris") for fault in faults)
    code = INVALID_REDIRECT_URI if only_redirects else INVALID_CLIENT_METADATA
    return OAuthError(code, " ".join(faults), faults=tuple(faults))


def _read(document: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """Each member through its reader, and the faults; null counts as absent (RFC 7591 section 2)."""
    read: dict[str, Any] = {}
    faults: list[str] = []
    for name, reader in READERS.items():
        value = document.get(name)
        if value is None:
            continue
        try:
            read[name] = reader(value)
        except values.WrongValue as error:
            faults += [f"{name} {sentence}." for sentence in error.sentences]
    if "client_id" not in read and not faults:
        faults.append("client_id is missing.")
    return _with_defaults(read, document), faults


def _with_defaults(read: dict[str, Any], document: Mapping[str, object]) -> dict[str, Any]:
    code = "authorization_code" in read.get("grant_types", ("authorization_code",))
    defaults = {"response_types": RESPONSE_TYPES if code else (), "scope": scopes.DEFAULT if code else ()}
    return {**defaults, **read, "localised_names": values.localised("client_name", document)}


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "client_id": values.client_id,
    "client_name": values.text(200),
    "redirect_uris": values.uris,
    "post_logout_redirect_uris": values.uris,
    "grant_types": values.choices(GRANT_TYPES),
    "response_types": values.choices(RESPONSE_TYPES),
    "token_endpoint_auth_method": values.choice(AUTH_METHODS),
    "token_endpoint_auth_signing_alg": values.choice(ASSERTION_ALGORITHMS),
    "jwks": values.jwks,
    "scope": values.scope,
    "default_acr_values": values.texts,
    "default_max_age": values.seconds,
    "id_token_signed_response_alg": values.choice(ID_TOKEN_ALGORITHMS),
    "subject_type": values.choice(SUBJECT_TYPES),
    "sector_identifier_uri": values.uri,
    "backchannel_logout_uri": values.uri,
    "backchannel_logout_session_required": values.boolean,
    "initiate_login_uri": values.uri,
    "logo_uri": values.uri,
    "policy_uri": values.uri,
    "tos_uri": values.uri,
    "client_uri": values.uri,
    "contacts": values.texts,
    "require_pkce": values.boolean,
    "profile": values.choice(PROFILES),
    "agency": values.text(200),
    "purpose": values.text(300),
    "signing": values.boolean,
}


def code_clients_have_a_redirect_uri(client: ClientMetadata) -> str | None:
    """OpenID Connect Registration section 2: `redirect_uris` is required for the code flow."""
    missing = "authorization_code" in client.grant_types and not client.redirect_uris
    return "redirect_uris is missing; the authorization_code grant needs one." if missing else None


def grants_and_responses_agree(client: ClientMetadata) -> str | None:
    """RFC 7591 section 2.1."""
    if ("code" in client.response_types) == ("authorization_code" in client.grant_types):
        return None
    return "response_types code and grant_types authorization_code belong together."


def refresh_needs_a_code(client: ClientMetadata) -> str | None:
    """There is nothing to refresh without a code (client credentials are asked again, RFC 6749 section 4.4.3)."""
    alone = "refresh_token" in client.grant_types and "authorization_code" not in client.grant_types
    return "grant_types refresh_token needs authorization_code." if alone else None


def client_credentials_need_credentials(client: ClientMetadata) -> str | None:
    """RFC 6749 section 4.4."""
    if client.is_public and "client_credentials" in client.grant_types:
        return "grant_types client_credentials needs a token_endpoint_auth_method other than none."
    return None


def public_clients_use_pkce(client: ClientMetadata) -> str | None:
    """RFC 9700 section 2.1.1."""
    return "require_pkce cannot be false for a public client." if client.is_public and not client.require_pkce else None


def assertions_need_keys(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 9."""
    if client.token_endpoint_auth_method == PRIVATE_KEY_JWT and client.jwks is None:
        return "jwks is missing; private_key_jwt needs the client's public keys inline (jwks_uri is not supported)."
    return None


def pairwise_needs_one_sector(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 8.1."""
    hosts = {redirect_uri.host(uri) for uri in client.redirect_uris}
    if client.subject_type == "pairwise" and not client.sector_identifier_uri and len(hosts) > 1:
        return "sector_identifier_uri is missing; it says which of several redirect hosts stands for the service."
    return None


RULES: Final = (
    code_clients_have_a_redirect_uri,
    grants_and_responses_agree,
    refresh_needs_a_code,
    client_credentials_need_credentials,
    public_clients_use_pkce,
    assertions_need_keys,
    pairwise_needs_one_sector,
)
