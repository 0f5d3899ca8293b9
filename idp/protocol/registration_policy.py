"""RFC 7591 section 3, https://www.rfc-editor.org/rfc/rfc7591#section-3: how much an initial access token allows.

Whoever holds one may ask for what it names and for nothing else; what may be decided for a client without it (its
profile, its agency, which of the scopes) is filled in. Left out: whether the token is good, which its room knows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from idp.protocol import redirect_uri, scopes
from idp.protocol.client_metadata import CLIENT_SECRET_JWT, ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError

ADDRESSES: Final = (
    "redirect_uris",
    "post_logout_redirect_uris",
    "request_uris",
    "resources",
    "jwks_uri",
    "sector_identifier_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
    "initiate_login_uri",
)
"""Where browsers are sent, what we call, and whom tokens are for; not what a page only links to."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one initial access token allows. `freedoms` are names of FREEDOMS."""

    agency: str
    profiles: tuple[str, ...] = ("standard",)
    scopes: tuple[str, ...] = (scopes.OPENID, "profile", "email")
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    hosts: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    freedoms: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """As it is kept; `from_document(p.document()) == p`."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_document(cls, kept: Mapping[str, Any]) -> "Policy":
        """What `document` made."""
        members: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**members)


FREEDOMS: Final[Mapping[str, tuple[str, Callable[[ClientMetadata], bool]]]] = {
    "public_client": ("token_endpoint_auth_method none", lambda client: client.is_public),
    "public_subjects": ("subject_type public", lambda client: client.subject_type == "public"),
    "no_pkce": ("require_pkce false", lambda client: not client.require_pkce),
    "single_factor": ("single_factor", lambda client: client.single_factor),
    "signing": ("signing", lambda client: client.signing),
    "resource_server": ("resources", lambda client: bool(client.resources)),
}
"""What is more than everybody may have, or less safe: name, how it is asked for, and who does."""


def completed(policy: Policy, request: Mapping[str, object]) -> dict[str, object]:
    """The request with the defaults of its invitation; null counts as absent (RFC 7591 section 2)."""
    given = {name: value for name, value in request.items() if value is not None}
    defaults: dict[str, object] = {"profile": next(iter(policy.profiles), ""), "agency": policy.agency}
    grants = given.get("grant_types", ["authorization_code"])
    if isinstance(grants, list) and "authorization_code" in grants:
        defaults["scope"] = " ".join(scope for scope in scopes.DEFAULT if scope in policy.scopes)
    return {**defaults, **given}


def check(policy: Policy, client: ClientMetadata, before: ClientMetadata | None = None) -> None:
    """Raises OAuthError(invalid_client_metadata) naming everything that goes beyond the invitation.

    `before` is the client as it is registered: what the operator said of its agency it may repeat.
    """
    faults = [sentence for rule in RULES for sentence in rule(policy, client)]
    faults += _other_agencies(client, {} if before is None else before.localised_agencies)
    if faults:
        raise OAuthError(INVALID_CLIENT_METADATA, " ".join(faults), faults=tuple(faults))


def _agency(policy: Policy, client: ClientMetadata) -> list[str]:
    return [] if client.agency == policy.agency else ["agency is another one than the invitation is for."]


def _other_agencies(client: ClientMetadata, agreed: Mapping[str, str]) -> list[str]:
    """An invitation names the agency in one language: nobody has agreed to how it is called in another."""
    new = [language for language, name in client.localised_agencies.items() if agreed.get(language) != name]
    return [f"agency#{language} is for the operator to register." for language in new]


def _profile(policy: Policy, client: ClientMetadata) -> list[str]:
    return _beyond("profile", [client.profile], policy.profiles)


def _method(_policy: Policy, client: ClientMetadata) -> list[str]:
    """A secret that is signed with must be kept so that it can be read: an operator takes it, and no endpoint does."""
    if client.token_endpoint_auth_method != CLIENT_SECRET_JWT:
        return []
    return ["token_endpoint_auth_method client_secret_jwt is not registered over the network; use private_key_jwt."]


def _grants(policy: Policy, client: ClientMetadata) -> list[str]:
    return _beyond("grant_types", client.grant_types, policy.grant_types)


def _scopes(policy: Policy, client: ClientMetadata) -> list[str]:
    """`offline_access` goes with the grant (client_metadata.allowed_scopes)."""
    return _beyond("scope", (one for one in client.scope if one != scopes.OFFLINE_ACCESS), policy.scopes)


def _claims(policy: Policy, client: ClientMetadata) -> list[str]:
    return _beyond("agreed_claims", client.agreed_claims, scopes.claims_of(policy.scopes))


def _details(policy: Policy, client: ClientMetadata) -> list[str]:
    return _beyond("authorization_details_types", client.authorization_details_types, policy.details)


def _hosts(policy: Policy, client: ClientMetadata) -> list[str]:
    return [
        sentence
        for name in ADDRESSES
        for sentence in _beyond(name, (redirect_uri.host(uri) for uri in addresses(client, name)), policy.hosts)
    ]


def _freedoms(policy: Policy, client: ClientMetadata) -> list[str]:
    taken = [name for name, (_, takes) in FREEDOMS.items() if takes(client)]
    return [f"{FREEDOMS[name][0]} is not in the invitation." for name in taken if name not in policy.freedoms]


def addresses(client: ClientMetadata, name: str) -> tuple[str, ...]:
    """The URIs of one member, whether it holds one or several."""
    value = getattr(client, name)
    return value if isinstance(value, tuple) else (value,) if value else ()


def _beyond(name: str, wanted: Iterable[str], allowed: Iterable[str]) -> list[str]:
    may = frozenset(allowed)
    too_much = [one or "(empty)" for one in dict.fromkeys(wanted) if one not in may]
    return [f"{name} goes beyond the invitation: {', '.join(too_much)}."] if too_much else []


RULES: Final = (_agency, _profile, _method, _grants, _scopes, _claims, _details, _hosts, _freedoms)
