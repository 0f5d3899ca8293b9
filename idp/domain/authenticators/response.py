"""What a browser hands over for a passkey, before a signature is looked at (WebAuthn Level 3 sections 7.1 and 7.2)."""

import json
import re
from typing import TYPE_CHECKING, Any

from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

if TYPE_CHECKING:
    from webauthn import helpers
    from webauthn.helpers import exceptions
else:
    helpers = deferred("webauthn.helpers")
    exceptions = deferred("webauthn.helpers.exceptions")

LARGEST = 32 * 1024
TRANSPORTS = 8
_CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
"""base64url of at most 1,023 octets (WebAuthn section 4, Credential ID)."""
_TRANSPORT = re.compile(r"[a-z-]{1,20}")


def read(response: str) -> dict[str, Any]:
    """The credential as a document with a plausible `id`. Raises Refusal("authenticators.passkey.refused")."""
    try:
        document = json.loads(response) if len(response) <= LARGEST else None
    except ValueError:
        document = None
    if not isinstance(document, dict) or not _CREDENTIAL_ID.fullmatch(str(document.get("id", ""))):
        raise Refusal("authenticators.passkey.refused", "the response is not a WebAuthn credential")
    return document


def credential_id(response: str) -> str | None:
    """The identifier of the credential that answered, base64url; None of what is none."""
    try:
        return str(read(response)["id"])
    except Refusal:
        return None


def check_frame(document: dict[str, Any]) -> None:
    """Nobody may put our pages into theirs, so no answer comes from within a frame (sections 7.1 step 9, 7.2 step 13).

    Raises WebAuthnException, ValueError, KeyError or TypeError for what cannot be read.
    """
    client_data = json.loads(helpers.base64url_to_bytes(document["response"]["clientDataJSON"]))
    if client_data.get("crossOrigin", False) is not False or "topOrigin" in client_data:
        raise exceptions.WebAuthnException("the passkey answered within another site's page")


def transports(document: dict[str, Any]) -> str:
    """How the device can be reached, as the browser tells it: `getTransports()`, in order and joined by spaces."""
    told = (document.get("response") or {}).get("transports")
    names = told if isinstance(told, list) else []
    kept = [name for name in names if isinstance(name, str) and _TRANSPORT.fullmatch(name)]
    return " ".join(list(dict.fromkeys(kept))[:TRANSPORTS])


def refused(error: Exception) -> Refusal:
    """What the library found, in our terms."""
    return Refusal("authenticators.passkey.refused", f"{type(error).__name__}: {error}"[:200])
