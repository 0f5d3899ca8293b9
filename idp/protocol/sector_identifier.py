"""OpenID Connect Core 1.0 section 8.1, https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg: sectors.

With Dynamic Client Registration 1.0 section 5: who names a sector identifier must be named by it, or anybody could have
the pairwise subjects of another service. Left out: fetching the document (a journey), computing subjects (`subject`).
"""

from typing import Final

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError
from idp.protocol.strict_json import NotStrictJSON, parse

LARGEST_DOCUMENT: Final = 64 * 1024


def check(client: ClientMetadata, document: bytes) -> None:
    """Every redirect URI of `client` stands in the JSON array at its `sector_identifier_uri`.

    Raises OAuthError(invalid_client_metadata).
    """
    try:
        listed = parse(document, largest=LARGEST_DOCUMENT)
    except NotStrictJSON as error:
        raise refused(f"cannot be read: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(uri, str) for uri in listed):
        raise refused("is not a JSON array of redirect URIs")
    missing = [uri for uri in client.redirect_uris if uri not in listed]
    if missing:
        raise refused(f"does not list the redirect_uris {', '.join(missing)}")


def refused(why: str) -> OAuthError:
    """The refusal of a registration whose sector document is at fault."""
    return OAuthError(INVALID_CLIENT_METADATA, f"The document at sector_identifier_uri {why}.")
