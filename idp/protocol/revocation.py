"""RFC 7009, https://www.rfc-editor.org/rfc/rfc7009: which token a client wants to be rid of.

The answer is 200 whether or not the token was known (section 2.2); revoking a refresh token ends its access tokens too
(section 2.1). Left out: `unsupported_token_type`, for all our tokens can be revoked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.protocol.access_token import Kind, digest, kind_of
from idp.protocol.parameters import required


@dataclass(frozen=True, slots=True)
class TokenReference:
    """What a revocation or introspection request points at."""

    kind: Kind
    digest: str


def parse_request(parameters: Mapping[str, str]) -> TokenReference | None:
    """The token meant, for revocation and introspection alike; None if it cannot be one of ours.

    `token_type_hint` is not needed: the prefix tells, and a wrong hint must not matter (section 2.1). A code is no
    token.
    Raises OAuthError(invalid_request) when `token` is missing.
    """
    token = required(parameters, "token")
    kind = kind_of(token)
    if kind in (None, Kind.CODE):
        return None
    return TokenReference(kind, digest(token))
