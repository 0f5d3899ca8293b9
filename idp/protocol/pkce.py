"""RFC 7636, https://www.rfc-editor.org/rfc/rfc7636: proof key for code exchange, S256.

Left out on purpose: the method `plain` (RFC 9700 section 2.1.1), which protects nothing once the request is read.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from typing import Final

from idp.protocol.errors import INVALID_GRANT, INVALID_REQUEST, OAuthError

METHODS: Final = ("S256",)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # section 4.1
_CHALLENGE = re.compile(
    r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
)  # section 4.2: 32 octets, so 4 bits in the last character


def check_challenge(challenge: str, method: str | None) -> None:
    """Refuse a challenge we could not verify later. Raises OAuthError(invalid_request).

    A missing method means `plain` (section 4.3), so it is refused too.
    """
    if method not in METHODS:
        raise OAuthError(INVALID_REQUEST, "code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise OAuthError(INVALID_REQUEST, "code_challenge is not the base64url form of a SHA-256 hash.")


def verify(verifier: str | None, challenge: str | None, method: str | None) -> None:
    """Check what the token request sent against what the authorization request stored (section 4.6).

    `challenge` is None when none was stored; a verifier is then a sign of a downgrade (RFC 9700 section 4.8.2) and is
    refused. Raises OAuthError(invalid_grant).
    """
    if challenge is None:
        if verifier is not None:
            raise OAuthError(
                INVALID_GRANT, "code_verifier was sent, but the authorization request had no code_challenge."
            )
        return
    if verifier is None:
        raise OAuthError(INVALID_GRANT, "code_verifier is missing.")
    if method not in METHODS or not _VERIFIER.fullmatch(verifier) or not _matches(verifier, challenge):
        raise OAuthError(INVALID_GRANT, "code_verifier does not match the code_challenge.")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of `verifier`."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def _matches(verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode())
