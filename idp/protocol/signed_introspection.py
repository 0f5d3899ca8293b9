"""RFC 9701, https://www.rfc-editor.org/rfc/rfc9701: an introspection response that can be kept as evidence.

Left out: encryption (sections 6 and 7), claims about the person beyond `sub`.
"""

from collections.abc import Mapping
from typing import Final

MEDIA_TYPE: Final = "application/token-introspection+jwt"


def is_wanted(accept: str, registered_algorithm: str) -> bool:
    """Section 4: whoever accepts a signed response gets one; who registered for it, unless it insists on JSON."""
    accepted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return MEDIA_TYPE in accepted or (registered_algorithm != "" and "application/json" not in accepted)


def build(*, issuer: str, client_id: str, now: int, response: Mapping[str, object]) -> dict[str, object]:
    """Section 5: the claims to sign for `jose.INTROSPECTION`; neither `sub` nor `exp`, lest it pass for a token."""
    return {"iss": issuer, "aud": client_id, "iat": now, "token_introspection": response}
