"""RFC 7591 section 3 and RFC 7592 section 2, https://www.rfc-editor.org/rfc/rfc7592#section-2: what is sent, and back.

A request holds client metadata and nothing that is ours to make; what nobody knows is dropped, so that a word which
means something one day was not agreed to before. What we know and cannot do is kept, so that it is refused by name and
not lost in silence. Left out: metadata itself, which is in `registration`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from idp.protocol.client_metadata import LOCALISED
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError
from idp.protocol.registration import READERS, UNSUPPORTED

MADE_HERE: Final = (
    "client_id_issued_at",
    "client_secret_expires_at",
    "registration_access_token",
    "registration_client_uri",
)
"""RFC 7592 section 2.2: a request must not hold these."""
STATEMENT: Final = "software_statement"
NEVER: Final = 0
"""`client_secret_expires_at` of a secret that does not expire (RFC 7591 section 3.2.1)."""


def asked(document: Mapping[str, object]) -> dict[str, object]:
    """The metadata that a new client asks for. Raises OAuthError(invalid_client_metadata) if it names itself."""
    _refuse(document, ("client_id", "client_secret", *MADE_HERE))
    return known(document)


def asked_again(document: Mapping[str, object], client_id: str) -> dict[str, object]:
    """RFC 7592 section 2.2: all of the client's metadata anew; what is left out gets its default.

    The secret, if one is sent, is compared by who keeps its digest. Raises OAuthError(invalid_client_metadata).
    """
    _refuse(document, MADE_HERE)
    if document.get("client_id") != client_id:
        raise OAuthError(INVALID_CLIENT_METADATA, "client_id must be the one that this address is of.")
    return {**known(document), "client_id": client_id}


def known(document: Mapping[str, object]) -> dict[str, object]:
    """The members that mean something here, without `client_id`."""
    return {name: value for name, value in document.items() if name != "client_id" and _is_known(name)}


@dataclass(frozen=True, slots=True)
class Access:
    """What goes with a client's metadata. The secret is told when it is made, and only then."""

    uri: str
    token: str
    issued_at: int
    secret: str | None = None
    statement: str | None = None


def information(metadata: Mapping[str, Any], access: Access, more: Mapping[str, object]) -> dict[str, object]:
    """The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3); `more` are members of our own."""
    told: dict[str, object] = {
        **metadata,
        "client_id_issued_at": access.issued_at,
        "registration_client_uri": access.uri,
        "registration_access_token": access.token,
        **more,
    }
    if access.secret is not None:
        told |= {"client_secret": access.secret, "client_secret_expires_at": NEVER}
    return told if access.statement is None else told | {STATEMENT: access.statement}


def _refuse(document: Mapping[str, object], names: tuple[str, ...]) -> None:
    wrong = [name for name in names if name in document]
    if wrong:
        raise OAuthError(INVALID_CLIENT_METADATA, f"{', '.join(wrong)} cannot be chosen by a client.")


def _is_known(name: str) -> bool:
    member, tagged, _language = name.partition("#")
    return member in LOCALISED.values() if tagged else name in READERS or name in UNSUPPORTED
