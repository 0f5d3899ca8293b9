"""OpenID Connect Core 1.0 section 5, https://openid.net/specs/openid-connect-core-1_0.html#Claims: asking and telling.

Scope claims are given at userinfo only; the ID token carries what `claims.id_token` asks for (section 5.4 and 5.5).
Left out: `value` and `values` for claims other than `sub` and `acr` (they are no filter in section 5.5.1), claim names
with a language tag, `claims_locales`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from idp.protocol import identity_assurance
from idp.protocol.claim_values import Attributes, value_of
from idp.protocol.errors import INVALID_REQUEST, OAuthError
from idp.protocol.scopes import claims_of
from idp.protocol.strict_json import NotStrictJSON, parse_object

VERIFIED: Final = "verified_claims"
MOST_CLAIMS: Final = 64
ALWAYS_ALLOWED: Final = frozenset({"sub", "acr", "amr", "auth_time", "sid"})
"""Claims about the sign-in, not about the person: no scope stands for them."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The `claims` parameter: by member, claim name -> None or {essential, value, values}; and `verified_claims`."""

    id_token: Mapping[str, object] = field(default_factory=dict)
    userinfo: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Section 5.5. Raises OAuthError(invalid_request) for anything that is not strict JSON of this shape."""
        try:
            return cls.from_document(parse_object(text, largest=8192, deepest=12))
        except NotStrictJSON as error:
            raise OAuthError(INVALID_REQUEST, f"The parameter claims cannot be read: {error}.") from error

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """As `parse`, from the JSON object itself; members we do not know are ignored."""
        return cls(_member(document, "id_token"), _member(document, "userinfo"))

    def document(self) -> dict[str, object]:
        """The JSON object again: `from_document(r.document()) == r`."""
        return {"id_token": dict(self.id_token), "userinfo": dict(self.userinfo)}

    def restricted_to(self, scopes: Iterable[str]) -> Self:
        """Without the claims that none of a client's registered `scopes` stands for."""
        permitted = ALWAYS_ALLOWED | set(claims_of(scopes))
        return type(self)(_permitted(self.id_token, permitted), _permitted(self.userinfo, permitted))

    def agreed_to(self, agreed: Collection[str]) -> Self:
        """Without the claims that a client's agreement does not name; all of them if it names none."""
        if not agreed:
            return self
        permitted = ALWAYS_ALLOWED.union(agreed)
        return type(self)(_permitted(self.id_token, permitted), _permitted(self.userinfo, permitted))

    def values(self, claim: str) -> tuple[str, ...]:
        """The strings that `claims.id_token` asks `claim` to be one of, in order of preference (`sub`, `acr`)."""
        wish = self.id_token.get(claim)
        if not isinstance(wish, Mapping):
            return ()
        asked = [wish["value"]] if "value" in wish else wish.get("values", ())
        return tuple(value for value in asked if isinstance(value, str))

    def is_essential(self, claim: str) -> bool:
        """Whether either member asks for `claim` as essential."""
        return any(_essential(member.get(claim)) for member in (self.id_token, self.userinfo))


@dataclass(frozen=True, slots=True)
class Requested:
    """What a request asks to be told: claim names by place, in a stable order, and the `verified_claims` templates."""

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()
    essential: frozenset[str] = frozenset()
    verified_id_token: object = None
    verified_userinfo: object = None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything about the person that would be told anywhere: what a consent page must show."""
        verified = identity_assurance.claim_names(self.verified_id_token) + identity_assurance.claim_names(
            self.verified_userinfo
        )
        return tuple(dict.fromkeys(n for n in (*self.userinfo, *self.id_token, *verified) if n not in ALWAYS_ALLOWED))


def requested_claims(scopes: Iterable[str], claims_request: ClaimsRequest, agreed: Collection[str] = ()) -> Requested:
    """What `scopes` and the `claims` parameter ask for together, as far as the client's agreement goes.

    This is the one place that holds it to `agreed`: what is not in it is neither shown nor told, anywhere. Empty means
    whatever its scopes stand for.
    """
    claims_request = claims_request.agreed_to(agreed)
    userinfo = (*within(claims_of(scopes), agreed), *_names(claims_request.userinfo))
    id_token = _names(claims_request.id_token)
    return Requested(
        id_token=id_token,
        userinfo=tuple(dict.fromkeys(userinfo)),
        essential=frozenset(name for name in (*id_token, *userinfo) if claims_request.is_essential(name)),
        verified_id_token=claims_request.id_token.get(VERIFIED),
        verified_userinfo=claims_request.userinfo.get(VERIFIED),
    )


def within(claims: Iterable[str], agreed: Collection[str]) -> tuple[str, ...]:
    """Those of `claims` that an agreement names, and those about the sign-in; all of them if it names none."""
    return tuple(claim for claim in claims if not agreed or claim in agreed or claim in ALWAYS_ALLOWED)


def select(claims: Iterable[str], attributes: Attributes) -> dict[str, object]:
    """The claims object: `claims` (`requested.userinfo` or `.id_token`) with the values recorded, without missing ones.

    `sub` and other claims about the sign-in are not in it: the caller has them.
    """
    wanted = (claim for claim in claims if claim not in ALWAYS_ALLOWED)
    return {claim: value for claim in wanted if (value := value_of(claim, attributes)) is not None}


def _member(document: Mapping[str, object], name: str) -> dict[str, object]:
    member = document.get(name)
    if member is None:
        return {}
    if not isinstance(member, Mapping) or len(member) > MOST_CLAIMS:
        raise OAuthError(
            INVALID_REQUEST, f"The parameter claims: {name} is not an object of at most {MOST_CLAIMS} claims."
        )
    return {claim: _wish(claim, value) for claim, value in member.items()}


def _wish(claim: str, value: object) -> object:
    if claim == VERIFIED:
        return identity_assurance.check_request(value)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise OAuthError(INVALID_REQUEST, "The parameter claims: a claim is asked for by null or by an object.")
    wish = {name: value[name] for name in ("essential", "value", "values") if name in value}
    if not isinstance(wish.get("essential", False), bool) or not isinstance(wish.get("values", []), list):
        raise OAuthError(INVALID_REQUEST, "The parameter claims: essential is a boolean and values is an array.")
    return wish


def _essential(wish: object) -> bool:
    return isinstance(wish, Mapping) and wish.get("essential") is True


def _names(member: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in member if name != VERIFIED)


def _permitted(member: Mapping[str, object], permitted: Collection[str]) -> dict[str, object]:
    kept = {name: wish for name, wish in member.items() if name in permitted}
    verified = identity_assurance.restricted(member.get(VERIFIED), permitted)
    return {**kept, VERIFIED: verified} if verified else kept
