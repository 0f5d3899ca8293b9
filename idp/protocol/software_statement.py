"""RFC 7591 section 2.3, https://www.rfc-editor.org/rfc/rfc7591#section-2.3: what an authority says of a software.

A statement is believed if one of the authorities that the operator lists signed it; what it says beats the request.
Left out: statements by reference, and those secured by a shared secret.
"""

from collections.abc import Mapping
from typing import Any

from joserfc.jwk import KeySet

from idp.protocol import jose
from idp.protocol.errors import INVALID_SOFTWARE_STATEMENT, UNAPPROVED_SOFTWARE_STATEMENT, OAuthError
from idp.protocol.registration_request import known

Authorities = Mapping[str, KeySet]
"""Whose statements are believed: issuer to public keys."""


def verified(statement: object, authorities: Authorities, issuer: str, now: int) -> dict[str, Any]:
    """The claims of a statement; `issuer` is us, for whom it must be if it says for whom.

    Raises OAuthError(unapproved_software_statement) for an issuer that is not listed, (invalid_software_statement)
    for everything else that is wrong with it.
    """
    if not isinstance(statement, str):
        raise _refused("it is not a JWT")
    stated = read(statement)
    keys = authorities.get(stated["iss"])
    if keys is None:
        raise OAuthError(UNAPPROVED_SOFTWARE_STATEMENT, "The issuer of the software_statement is not approved here.")
    claims = jose.verify(jose.SOFTWARE_STATEMENT, statement, keys, now, issuer=stated["iss"])
    if claims.get("exp", now + 1) <= now:
        raise _refused("it has expired")
    if "aud" in claims and issuer not in _listed(claims["aud"]):  # RFC 7519 section 4.1.3
        raise _refused("it is for another audience")
    return claims


def read(statement: str) -> dict[str, Any]:
    """The claims of a statement that was verified before. Raises OAuthError(invalid_software_statement)."""
    return jose.unverified(jose.SOFTWARE_STATEMENT, statement)[1]


def follows(new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
    """A client's next statement is of the same software, by the same authority.

    Raises OAuthError(invalid_software_statement).
    """
    if any(new.get(name) != old.get(name) for name in ("iss", "software_id")):
        raise _refused("it is of another software, or by another authority, than the one before")


def merged(request: Mapping[str, object], claims: Mapping[str, Any]) -> dict[str, object]:
    """The request as the statement has it: "take precedence" includes every language of a member."""
    stated = {name: value for name, value in known(claims).items() if value is not None}
    fixed = {name.partition("#")[0] for name in stated}
    return {name: value for name, value in request.items() if name.partition("#")[0] not in fixed} | stated


def _listed(audience: object) -> list[object]:
    return audience if isinstance(audience, list) else [audience]


def _refused(why: str) -> OAuthError:
    return OAuthError(INVALID_SOFTWARE_STATEMENT, f"The software_statement is refused: {why}.")
