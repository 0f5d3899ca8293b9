"""RFC 7009, https://www.rfc-editor.org/rfc/rfc7009: which token a client wants to be rid of.

The answer is 200 whether or not the token was known (section 2.2); revoking a refresh token ends its access tokens too
(section 2.1). Left out: `unsupported_token_type`, for all our tokens can be revoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.protocol.access_token import Kind, kind_of
from idp.protocol.parameters import required


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The token that a request points at, and whether all that came of its grant ends with it."""

    token: str
    ends_the_grant: bool


def parse_request(parameters: Mapping[str, str]) -> Unwanted:
    """The token meant, whoever's it is.

    `token_type_hint` is not needed: the prefix tells, and a wrong hint must not matter (section 2.1).
    Raises OAuthError(invalid_request) when `token` is missing.
    """
    token = required(parameters, "token")
    return Unwanted(token, kind_of(token) is Kind.REFRESH)
