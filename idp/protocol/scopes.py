"""OpenID Connect Core 1.0 section 5.4, https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims: scopes.

Beside the standard scopes stand three of a government's: `tax_number`, `national_id` and `birth`, whose claims are
those of OpenID Connect for Identity Assurance where it has them. Left out: aggregated and distributed claims.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

OPENID: Final = "openid"
OFFLINE_ACCESS: Final = "offline_access"

CLAIMS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    OPENID: ("sub",),
    "profile": (
        "name",
        "given_name",
        "middle_name",
        "family_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "tax_number": ("tax_number",),
    "national_id": ("national_identifier",),
    "birth": ("birthdate", "place_of_birth", "nationalities"),
    OFFLINE_ACCESS: (),
}

DEFAULT: Final = (OPENID, "profile", "email", "phone", "address")
"""What a client may ask for when its registration names no scope: never a number the state gave."""


def claims_of(scopes: Iterable[str]) -> tuple[str, ...]:
    """The claims these scopes stand for, each once, in the table's order."""
    wanted = set(scopes)
    return tuple(dict.fromkeys(claim for scope, claims in CLAIMS_OF.items() if scope in wanted for claim in claims))


def supported_claims() -> tuple[str, ...]:
    """Every claim about a person that some scope stands for."""
    return claims_of(CLAIMS_OF)


def allowed(requested: Iterable[str], registered: Collection[str]) -> tuple[str, ...]:
    """The requested scopes a client is registered for, each once; the rest is ignored (RFC 6749 section 3.3)."""
    return tuple(dict.fromkeys(scope for scope in requested if scope in registered))
