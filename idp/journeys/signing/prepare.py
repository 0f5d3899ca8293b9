"""A service asks for a signature: its document is examined and frozen, and a ceremony is opened."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from idp.domain.clients.registry import Client
from idp.domain.signatures import ceremonies, documents, intake
from idp.domain.signatures.ceremonies import Ceremony, Terms
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.journeys.provider import Provider
from idp.protocol.errors import INVALID_REQUEST, OAuthError

REQUESTS: Final = Limit("signing.requests", 1000, 3600)
LONGEST_TEXT: Final = 200
LONGEST_KEY: Final = 255
WEEK: Final = 7 * 24 * 3600
SHORTEST_LIFE, LONGEST_LIFE = 60, 30 * 24 * 3600
REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make a text read as another one (Unicode UAX #9, explicit formatting)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service sent, not examined yet. `expires_in` is in seconds, a week if None."""

    document: bytes
    title: str
    reason: str
    return_uri: str
    sub: str | None = None
    expires_in: int | None = None
    idempotency_key: str | None = None


def prepare(provider: Provider, client: Client, asked: Asked) -> Ceremony:
    """The new ceremony, or the one that the same request opened before under the same key.

    Raises OAuthError(invalid_request) naming every fault, what `intake.accept` raises for a document that cannot be
    signed safely, Refusal("signatures.idempotency_key_reused") and ("too_many_attempts").
    """
    terms = _terms(client, asked)
    with provider.transaction() as tx:
        limits.take(tx, REQUESTS, client.id)
    document = intake.accept(asked.document)  # May take a second, so between two transactions.
    with provider.transaction() as tx:
        frozen = documents.freeze(tx, provider.box, asked.document, document.pages)
        return ceremonies.begin(tx, provider.box, client.id, terms, frozen.sha256, asked.idempotency_key)


def _terms(client: Client, asked: Asked) -> Terms:
    lifetime = WEEK if asked.expires_in is None else asked.expires_in
    faults = [*_text_faults("title", asked.title), *_text_faults("reason", asked.reason)]
    if asked.return_uri not in client.metadata.redirect_uris:
        faults.append("return_uri is not one of the registered redirect_uris.")
    if not SHORTEST_LIFE <= lifetime <= LONGEST_LIFE:
        faults.append(f"expires_in must be {SHORTEST_LIFE} to {LONGEST_LIFE} seconds.")
    if asked.sub is not None and not 0 < len(asked.sub) <= LONGEST_TEXT:
        faults.append("sub is not a subject of this service.")
    if asked.idempotency_key is not None and not 0 < len(asked.idempotency_key) <= LONGEST_KEY:
        faults.append(f"Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
    if faults:
        raise OAuthError(INVALID_REQUEST, " ".join(faults))
    return Terms(_clean(asked.title), _clean(asked.reason), asked.return_uri, asked.sub, lifetime)


def _text_faults(name: str, text: str) -> list[str]:
    if not 0 < len(_clean(text)) <= LONGEST_TEXT:
        return [f"{name} must have 1 to {LONGEST_TEXT} characters."]
    if any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") or one in REORDERING for one in text):
        return [f"{name} holds control characters."]
    return []


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
