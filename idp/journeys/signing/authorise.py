"""The citizen proves, now, to be there and to mean this document: the only way to an activation.

A passkey answers a challenge made from the document's hash. A code of an app cannot be bound to a document, so it is
bound to the ceremony it is typed in.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import passkey, totp
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import Proof
from idp.domain.signatures import activations
from idp.domain.signatures.ceremonies import Ceremony
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.prove import Claim, prove
from idp.journeys.signing.review import mine_open


@dataclass(frozen=True, slots=True)
class Question:
    """What a passkey is asked: the challenge's id, the options as JSON, and the nonce the challenge was made with."""

    challenge_id: str
    options: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Factors:
    """What the citizen can sign with: a question for a passkey if she holds one, and whether she holds an app."""

    passkey: Question | None
    app: bool


def factors(provider: Provider, ceremony_id: str, person_id: str) -> Factors:
    """What to offer. Raises Refusal("signing.no_factor") for somebody who holds neither passkey nor app."""
    with provider.transaction() as tx:
        ceremony = mine_open(tx.connection, provider, ceremony_id, person_id, tx.now)
        methods = {one.method for one in registry.of(tx.connection, person_id) if not one.disabled}
        if not methods & {registry.PASSKEY, registry.TOTP}:
            raise Refusal("signing.no_factor", "signing needs a passkey or an authenticator app")
        question = _ask(tx, provider, ceremony, person_id) if registry.PASSKEY in methods else None
        return Factors(question, registry.TOTP in methods)


def with_passkey(provider: Provider, ceremony_id: str, person_id: str, question: tuple[str, str], response: str) -> str:
    """The activation's secret for a passkey's answer; `question` is (challenge id, nonce) as they were handed out.

    Raises Refusal("authenticators.passkey....").
    """
    challenge_id, nonce = question

    def evidence(ceremony: Ceremony) -> dict[str, object]:
        if not hmac.compare_digest(_answered(response), activations.challenge(ceremony, nonce)):
            raise Refusal("authenticators.passkey.refused", "the passkey answered for another document")
        return {"nonce": nonce, "assertion": json.loads(response)}

    with provider.reading() as connection:
        ceremony = mine_open(connection, provider, ceremony_id, person_id, provider.store.now())
    answer = Answer(response, challenge_id, _purpose(ceremony))
    return _activation(provider, ceremony_id, person_id, passkey.METHOD, answer, evidence)


def with_code(provider: Provider, ceremony_id: str, person_id: str, code: str) -> str:
    """The activation's secret for a code of an app.

    Raises Refusal("authenticators.wrong_code"), or ("too_many_attempts" | "authenticators.switched_off") when no more
    codes are looked at.
    """
    return _activation(provider, ceremony_id, person_id, totp.METHOD, Answer(code), lambda _ceremony: {})


def _activation(
    provider: Provider,
    ceremony_id: str,
    person_id: str,
    method: str,
    answer: Answer,
    evidence: Callable[[Ceremony], dict[str, object]],
) -> str:
    """The proof, and what else there is to keep of it, turned into one activation."""
    secrets = []

    def claim(_tx: Tx) -> Claim:
        return Claim(person_id, person_id)

    def accept(tx: Tx, _person_id: str, proof: Proof) -> None:
        ceremony = mine_open(tx.connection, provider, ceremony_id, person_id, tx.now)
        kept = proof.document() | evidence(ceremony)
        secrets.append(activations.issue(tx, provider.box, ceremony, person_id, kept))

    prove(provider, method, answer, claim, accept, "signing")
    return secrets[0]


def _ask(tx: Tx, provider: Provider, ceremony: Ceremony, person_id: str) -> Question:
    nonce = identifier()
    challenge = activations.challenge(ceremony, nonce)
    purpose = _purpose(ceremony)
    challenge_id, options = passkey.authentication_options(tx, provider.rp_id, person_id, purpose, challenge)
    return Question(challenge_id, options, nonce)


def _purpose(ceremony: Ceremony) -> str:
    """Keeps a challenge of one ceremony, or of a sign-in, from being answered in another."""
    return f"sign|{ceremony.id}|{ceremony.document_sha256}"


def _answered(response: str) -> bytes:
    """The challenge inside an assertion that was verified (WebAuthn Level 3 section 5.8.1)."""
    client_data = json.loads(_decoded(json.loads(response)["response"]["clientDataJSON"]))
    return _decoded(client_data["challenge"])


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
