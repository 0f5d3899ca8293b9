"""OpenID Connect Core 1.0 section 3.1.2.1, https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest.

The authorization request of the code flow (RFC 6749 section 4.1.1), in two stages: `identify` before any redirect is
possible, then `parse_request`, whose refusals may be sent to the client. A request object (request_object) is opened,
and a pushed request (pushed_request) found, before these are asked. Left out: the hybrid and implicit flows,
`registration`, `claims_locales`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from idp.protocol import pkce, redirect_uri, resource_indicator, rich_authorization, signed_response
from idp.protocol.claims import ClaimsRequest
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.detail_types import NO_TYPES, Catalogue
from idp.protocol.errors import (
    INVALID_REQUEST,
    INVALID_SCOPE,
    REGISTRATION_NOT_SUPPORTED,
    REQUEST_NOT_SUPPORTED,
    REQUEST_URI_NOT_SUPPORTED,
    UNAUTHORIZED_CLIENT,
    UNSUPPORTED_RESPONSE_TYPE,
    OAuthError,
)
from idp.protocol.parameters import LONGEST, space_separated
from idp.protocol.scopes import OPENID, allowed

CREATE: Final = "create"
"""Initiating User Registration via OpenID Connect 1.0 section 4: show how to make an account."""
PROMPTS: Final = ("none", "login", "consent", "select_account", CREATE)
DISPLAYS: Final = ("page", "popup", "touch", "wap")
"""What may be asked for. Core 3.1.2.1 leaves it to us what becomes of it: whoever asks gets `page`."""
DISPLAYED: Final = DISPLAYS[:1]
LONGEST_LOGIN_HINT: Final = 320
LONGEST_AGE: Final = 2**31 - 1
MOST_WISHES: Final = 10

_DIGITS = re.compile(r"[0-9]{1,10}")
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")

Parameters = Mapping[str, str]


class Target(NamedTuple):
    """Where the response goes; known to be the client's own address, so that errors may go there too."""

    redirect_uri: str
    response_mode: str
    state: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that keeps every rule of `CHECKS`. What the client did not send is None or empty."""

    client_id: str
    redirect_uri: str
    response_type: str
    response_mode: str
    scope: tuple[str, ...]
    """Only scopes the client is registered for, in the order sent."""
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    """S256; there is no other method."""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: ClaimsRequest = field(default_factory=ClaimsRequest)
    """Only claims that one of the client's scopes stands for."""
    login_hint: str | None = None
    id_token_hint: str | None = None
    ui_locales: tuple[str, ...] = ()
    display: str = "page"
    dpop_jkt: str | None = None
    """The DPoP key that the code is to be bound to (RFC 9449 section 10)."""
    resource: tuple[str, ...] = ()
    """Where the tokens are to be used (RFC 8707)."""
    authorization_details: str | None = None
    """The JSON of RFC 9396 section 2, checked."""
    pushed: str | None = None
    """Which pushed request this is (RFC 9126), to be spent when it succeeds; never the client's to say."""

    @property
    def target(self) -> Target:
        """Where the response goes."""
        return Target(self.redirect_uri, self.response_mode, self.state)

    @property
    def is_openid(self) -> bool:
        """Whether an ID token is wanted at all."""
        return OPENID in self.scope

    @property
    def acr_wanted(self) -> tuple[str, ...]:
        """Authentication contexts in order of preference: those of `claims.id_token.acr`, else `acr_values`."""
        return self.claims.values("acr") or self.acr_values

    @property
    def acr_is_essential(self) -> bool:
        """Whether to fail with unmet_authentication_requirements rather than to offer less (Core 5.5.1.1)."""
        return bool(self.claims.values("acr")) and self.claims.is_essential("acr")

    def to_json(self) -> str:
        """For storage: `from_json(r.to_json()) == r`."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({**said, "prompt": sorted(self.prompt), "claims": self.claims.document()})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Of what `to_json` wrote; it is our own, so nothing is checked again."""
        stored = json.loads(text)
        lists = {name: tuple(stored.get(name, ())) for name in ("scope", "acr_values", "ui_locales", "resource")}
        claims = ClaimsRequest.from_document(stored["claims"])
        return cls(**{**stored, **lists, "prompt": frozenset(stored["prompt"]), "claims": claims})


def identify(parameters: Parameters, client: ClientMetadata) -> Target:
    """The first stage: is there an address of `client` that an answer may go to?

    Raises OAuthError(invalid_request), which must be shown on our own page and never redirected.
    """
    if parameters.get("client_id") != client.client_id:
        raise OAuthError(INVALID_REQUEST, "client_id is missing or another client's.")
    uri = parameters.get("redirect_uri")
    if not uri:
        raise OAuthError(INVALID_REQUEST, "redirect_uri is missing.")
    if not redirect_uri.is_registered(uri, client.redirect_uris, native=client.application_type == "native"):
        raise OAuthError(INVALID_REQUEST, "redirect_uri is not one of those the client has registered.")
    mode, modes = parameters.get("response_mode"), signed_response.modes(client)
    return Target(uri, mode if mode in modes else modes[0], parameters.get("state"))


def parse_request(parameters: Parameters, client: ClientMetadata, types: Catalogue = NO_TYPES) -> AuthorizationRequest:
    """The second stage: every rule of `CHECKS` in its order, then the frozen request.

    `types` are the authorization details there are.

    Raises OAuthError; from `identify` on these are safe to send to the client.
    """
    target = identify(parameters, client)
    for check in CHECKS:
        check(parameters, client)
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=target.redirect_uri,
        response_type=parameters["response_type"],
        response_mode=target.response_mode,
        scope=_scope(parameters, client),
        state=target.state,
        nonce=parameters.get("nonce"),
        code_challenge=parameters.get("code_challenge"),
        prompt=frozenset(space_separated(parameters.get("prompt"))),
        max_age=_max_age(parameters, client),
        acr_values=space_separated(parameters.get("acr_values"))[:MOST_WISHES] or client.default_acr_values,
        claims=_claims(parameters, client),
        login_hint=parameters.get("login_hint"),
        id_token_hint=parameters.get("id_token_hint"),
        ui_locales=_ui_locales(parameters),
        display=parameters["display"] if parameters.get("display") in DISPLAYS else DISPLAYS[0],
        dpop_jkt=parameters.get("dpop_jkt"),
        resource=resource_indicator.requested(parameters),
        authorization_details=_details(parameters, client, types),
    )


def request_object_is_not_used(parameters: Parameters, _client: ClientMetadata) -> None:
    """Core 6.1: one that was not opened must not be ignored, for it may say something else than the parameters."""
    if "request" in parameters:
        raise OAuthError(REQUEST_NOT_SUPPORTED, "The parameter request is not supported here.")


def request_uri_is_not_used(parameters: Parameters, _client: ClientMetadata) -> None:
    """Core 6.2, RFC 9126 section 2.1."""
    if "request_uri" in parameters:
        raise OAuthError(REQUEST_URI_NOT_SUPPORTED, "The parameter request_uri is not supported here.")


def registration_is_not_used(parameters: Parameters, _client: ClientMetadata) -> None:
    """Core 7.2.1: self-issued providers only."""
    if "registration" in parameters:
        raise OAuthError(REGISTRATION_NOT_SUPPORTED, "The parameter registration is not supported.")


def response_type_is_code(parameters: Parameters, client: ClientMetadata) -> None:
    """RFC 6749 section 3.1.1; tokens are issued at the token endpoint only (RFC 9700 section 2.1.2)."""
    response_type = parameters.get("response_type")
    if not response_type:
        raise OAuthError(INVALID_REQUEST, "response_type is missing.")
    if response_type != "code":
        raise OAuthError(UNSUPPORTED_RESPONSE_TYPE, "response_type must be code.")
    if response_type not in client.response_types:
        raise OAuthError(UNAUTHORIZED_CLIENT, "The client is not registered for response_type code.")


def response_mode_is_known(parameters: Parameters, client: ClientMetadata) -> None:
    """OAuth 2.0 Multiple Response Types section 2.1; whom its profile tells to, gets signed responses only."""
    modes = signed_response.modes(client)
    if parameters.get("response_mode", modes[0]) not in modes:
        raise OAuthError(INVALID_REQUEST, f"response_mode is none of {', '.join(modes)}.")


def scope_is_allowed(parameters: Parameters, client: ClientMetadata) -> None:
    """RFC 6749 section 3.3: unknown and unregistered scopes are ignored, but something must remain.

    RFC 9396 section 3: it may be authorization_details.
    """
    if not _scope(parameters, client) and rich_authorization.PARAMETER not in parameters:
        raise OAuthError(INVALID_SCOPE, "scope holds nothing that the client is registered for.")


def code_challenge_is_present(parameters: Parameters, client: ClientMetadata) -> None:
    """RFC 9700 section 2.1.1; one that is sent is honoured even if the client need not send it."""
    challenge = parameters.get("code_challenge")
    if challenge is not None:
        pkce.check_challenge(challenge, parameters.get("code_challenge_method"))
    elif client.require_pkce or "code_challenge_method" in parameters:
        raise OAuthError(INVALID_REQUEST, "code_challenge is missing; use PKCE with the method S256.")


def prompt_is_consistent(parameters: Parameters, _client: ClientMetadata) -> None:
    """Core 3.1.2.1: `none` stands alone."""
    prompts = space_separated(parameters.get("prompt"))
    if not set(prompts) <= set(PROMPTS):
        raise OAuthError(INVALID_REQUEST, f"prompt holds a value other than {', '.join(PROMPTS)}.")
    if "none" in prompts and len(prompts) > 1:
        raise OAuthError(INVALID_REQUEST, "prompt=none cannot be combined with another value.")


def an_account_is_made_by_itself(parameters: Parameters, _client: ClientMetadata) -> None:
    """Initiating User Registration 1.0 section 4: what else `prompt` says is for somebody who has an account."""
    prompts = space_separated(parameters.get("prompt"))
    if CREATE in prompts and (len(prompts) > 1 or "id_token_hint" in parameters):
        raise OAuthError(INVALID_REQUEST, "prompt=create cannot be combined with another value, or an id_token_hint.")


def max_age_is_a_duration(parameters: Parameters, _client: ClientMetadata) -> None:
    """Core 3.1.2.1: whole seconds, not negative."""
    text = parameters.get("max_age")
    if text is not None and not (_DIGITS.fullmatch(text) and int(text) <= LONGEST_AGE):
        raise OAuthError(INVALID_REQUEST, "max_age is not a whole number of seconds.")


def hints_are_short(parameters: Parameters, _client: ClientMetadata) -> None:
    """Hints are stored while somebody signs in."""
    if len(parameters.get("login_hint", "")) > LONGEST_LOGIN_HINT:
        raise OAuthError(INVALID_REQUEST, f"login_hint is longer than {LONGEST_LOGIN_HINT} characters.")
    if len(parameters.get("id_token_hint", "")) > LONGEST["id_token_hint"]:
        raise OAuthError(INVALID_REQUEST, f"id_token_hint is longer than {LONGEST['id_token_hint']} characters.")


def dpop_jkt_is_a_thumbprint(parameters: Parameters, _client: ClientMetadata) -> None:
    """RFC 9449 section 10: a JWK SHA-256 thumbprint in base64url, in its one spelling."""
    if not _THUMBPRINT.fullmatch(parameters.get("dpop_jkt", "A" * 43)):
        raise OAuthError(INVALID_REQUEST, "dpop_jkt is not a JWK SHA-256 thumbprint.")


def claims_are_well_formed(parameters: Parameters, client: ClientMetadata) -> None:
    """Core 5.5."""
    _claims(parameters, client)


def resources_are_absolute(parameters: Parameters, _client: ClientMetadata) -> None:
    """RFC 8707 section 2; whether somebody registered them is the directory's to say."""
    resource_indicator.requested(parameters)


CHECKS: Final[tuple[Callable[[Parameters, ClientMetadata], None], ...]] = (
    request_object_is_not_used,
    request_uri_is_not_used,
    registration_is_not_used,
    response_type_is_code,
    response_mode_is_known,
    scope_is_allowed,
    code_challenge_is_present,
    prompt_is_consistent,
    an_account_is_made_by_itself,
    max_age_is_a_duration,
    hints_are_short,
    dpop_jkt_is_a_thumbprint,
    claims_are_well_formed,
    resources_are_absolute,
)
"""The order in which a request is judged; the first refusal is the answer."""


def _scope(parameters: Parameters, client: ClientMetadata) -> tuple[str, ...]:
    return allowed(space_separated(parameters.get("scope")), client.allowed_scopes)


def _claims(parameters: Parameters, client: ClientMetadata) -> ClaimsRequest:
    text = parameters.get("claims")
    return ClaimsRequest.parse(text).restricted_to(client.allowed_scopes) if text else ClaimsRequest()


def _details(parameters: Parameters, client: ClientMetadata, types: Catalogue) -> str | None:
    text = parameters.get(rich_authorization.PARAMETER)
    return None if text is None else rich_authorization.check(text, types, client.authorization_details_types)


def _max_age(parameters: Parameters, client: ClientMetadata) -> int | None:
    text = parameters.get("max_age")
    return client.default_max_age if text is None else int(text)


def _ui_locales(parameters: Parameters) -> tuple[str, ...]:
    """Core 3.1.2.1: what we cannot read is ignored, never an error."""
    wishes = space_separated(parameters.get("ui_locales"))[:MOST_WISHES]
    return tuple(tag for tag in wishes if _LOCALE.fullmatch(tag))
