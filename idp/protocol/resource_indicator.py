"""RFC 8707, https://www.rfc-editor.org/rfc/rfc8707: for which protected resources a token is wanted.

A resource server registers its `resources`; they are compared as strings, character by character. A token is for one
resource server: what names those of several is to be narrowed at the token endpoint (section 2 leaves that to us).
Left out: resources by other schemes than https, which nobody can register here.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from idp.protocol.errors import INVALID_TARGET, OAuthError
from idp.protocol.parameters import every

MOST: Final = 8
LONGEST: Final = 2048
"""All of one request together: they stand in the token, which travels in a header."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")  # RFC 3986 section 4.3, as far as it matters for a comparison


def requested(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The values of `resource`. Raises OAuthError(invalid_target) for one that cannot be any (section 2)."""
    resources = every(parameters, "resource")
    if len(resources) > MOST or sum(map(len, resources)) > LONGEST:
        raise OAuthError(INVALID_TARGET, f"resource names more than {MOST}, or is longer than {LONGEST} in all.")
    for resource in resources:
        if "#" in resource:
            raise OAuthError(INVALID_TARGET, "resource has a fragment.")
        if not _ABSOLUTE.fullmatch(resource):
            raise OAuthError(INVALID_TARGET, "resource is not an absolute URI.")
    return resources


def narrowed(asked: tuple[str, ...], granted: Collection[str]) -> tuple[str, ...]:
    """Section 2.2: what was `asked` of what was `granted`, all of it if nothing was asked.

    Raises OAuthError(invalid_target) for what was not granted.
    """
    if not set(asked) <= set(granted):
        raise OAuthError(INVALID_TARGET, "resource names one that the authorization request did not.")
    return asked or tuple(granted)
