"""RFC 6749 section 5.2, https://www.rfc-editor.org/rfc/rfc6749#section-5.2: errors, of all our specifications.

With the registered codes of RFC 6749 section 4.1.2.1, RFC 6750, RFC 7009, RFC 7591, RFC 8707, RFC 9396, RFC 9449, RFC
9470, OpenID Connect Core 3.1.2.6 and OpenID Connect Core Unmet Authentication Requirements 1.0. Left out: `error_uri`,
and the HTTP status of a code (web).
"""

import re
from typing import Final

from idp.foundation.refusal import Refusal

# RFC 6749
INVALID_REQUEST: Final = "invalid_request"
INVALID_CLIENT: Final = "invalid_client"
INVALID_GRANT: Final = "invalid_grant"
UNAUTHORIZED_CLIENT: Final = "unauthorized_client"
UNSUPPORTED_GRANT_TYPE: Final = "unsupported_grant_type"
UNSUPPORTED_RESPONSE_TYPE: Final = "unsupported_response_type"
INVALID_SCOPE: Final = "invalid_scope"
ACCESS_DENIED: Final = "access_denied"
SERVER_ERROR: Final = "server_error"
TEMPORARILY_UNAVAILABLE: Final = "temporarily_unavailable"
# OpenID Connect Core 1.0 section 3.1.2.6
LOGIN_REQUIRED: Final = "login_required"
CONSENT_REQUIRED: Final = "consent_required"
INTERACTION_REQUIRED: Final = "interaction_required"
ACCOUNT_SELECTION_REQUIRED: Final = "account_selection_required"
REQUEST_NOT_SUPPORTED: Final = "request_not_supported"
REQUEST_URI_NOT_SUPPORTED: Final = "request_uri_not_supported"
REGISTRATION_NOT_SUPPORTED: Final = "registration_not_supported"
UNMET_AUTHENTICATION_REQUIREMENTS: Final = "unmet_authentication_requirements"
INVALID_REQUEST_OBJECT: Final = "invalid_request_object"
INVALID_REQUEST_URI: Final = "invalid_request_uri"
# RFC 6750 section 3.1
INVALID_TOKEN: Final = "invalid_token"  # noqa: S105 (a code, no secret)
INSUFFICIENT_SCOPE: Final = "insufficient_scope"
# RFC 9396 section 5
INVALID_AUTHORIZATION_DETAILS: Final = "invalid_authorization_details"
# RFC 9470 section 3
INSUFFICIENT_USER_AUTHENTICATION: Final = "insufficient_user_authentication"
# RFC 7009 section 2.2.1
UNSUPPORTED_TOKEN_TYPE: Final = "unsupported_token_type"  # noqa: S105 (a code, no secret)
# RFC 8707 section 2
INVALID_TARGET: Final = "invalid_target"
# RFC 7591 section 3.2.2
INVALID_CLIENT_METADATA: Final = "invalid_client_metadata"
INVALID_REDIRECT_URI: Final = "invalid_redirect_uri"
INVALID_SOFTWARE_STATEMENT: Final = "invalid_software_statement"
UNAPPROVED_SOFTWARE_STATEMENT: Final = "unapproved_software_statement"
# RFC 9449 sections 5 and 8
INVALID_DPOP_PROOF: Final = "invalid_dpop_proof"
USE_DPOP_NONCE: Final = "use_dpop_nonce"

CODES: Final = frozenset(
    {
        INVALID_REQUEST,
        INVALID_CLIENT,
        INVALID_GRANT,
        UNAUTHORIZED_CLIENT,
        UNSUPPORTED_GRANT_TYPE,
        UNSUPPORTED_RESPONSE_TYPE,
        INVALID_SCOPE,
        ACCESS_DENIED,
        SERVER_ERROR,
        TEMPORARILY_UNAVAILABLE,
        LOGIN_REQUIRED,
        CONSENT_REQUIRED,
        INTERACTION_REQUIRED,
        ACCOUNT_SELECTION_REQUIRED,
        REQUEST_NOT_SUPPORTED,
        REQUEST_URI_NOT_SUPPORTED,
        REGISTRATION_NOT_SUPPORTED,
        INVALID_REQUEST_OBJECT,
        INVALID_REQUEST_URI,
        UNMET_AUTHENTICATION_REQUIREMENTS,
        INVALID_TOKEN,
        INSUFFICIENT_SCOPE,
        INVALID_AUTHORIZATION_DETAILS,
        INSUFFICIENT_USER_AUTHENTICATION,
        UNSUPPORTED_TOKEN_TYPE,
        INVALID_TARGET,
        INVALID_CLIENT_METADATA,
        INVALID_REDIRECT_URI,
        INVALID_DPOP_PROOF,
        USE_DPOP_NONCE,
        INVALID_SOFTWARE_STATEMENT,
        UNAPPROVED_SOFTWARE_STATEMENT,
    }
)

LONGEST_DESCRIPTION: Final = 1000
_UNSAFE = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")
_QUOTES = str.maketrans({'"': "'", "\\": "/", "\t": " ", "\r": " ", "\n": " "})


class OAuthError(Refusal):
    """A refusal with a registered code; `reason` is the `error_description`, in the characters RFC 6749 allows.

    An unregistered code is our own mistake: ValueError.
    """

    def __init__(self, code: str, reason: str = "", **facts: object) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not a registered OAuth error code")
        super().__init__(code, description(reason), **facts)


def description(text: str) -> str:
    """`text` in the character set of `error_description` (%x20-21 / %x23-5B / %x5D-7E), at most 1,000 characters."""
    return _UNSAFE.sub("?", text.translate(_QUOTES))[:LONGEST_DESCRIPTION]
