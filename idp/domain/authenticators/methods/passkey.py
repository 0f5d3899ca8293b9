"""WebAuthn Level 3, https://www.w3.org/TR/webauthn-3/: passkeys and security keys. py_webauthn verifies.

Each challenge is kept in the database, bound to its purpose and person, and spent before the response is looked at.
"""

import json
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from idp.domain.authenticators import registry
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import INHERENCE, POSSESSION, Proof
from idp.domain.authenticators.registry import Authenticator
from idp.domain.authenticators.tables import authenticators, challenges
from idp.foundation.deferred import deferred
from idp.foundation.once import spend
from idp.foundation.randomness import identifier, octets
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.assurance import Amr

if TYPE_CHECKING:
    import webauthn
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers import exceptions, structs
else:
    webauthn = deferred("webauthn")
    structs = deferred("webauthn.helpers.structs")
    exceptions = deferred("webauthn.helpers.exceptions")

METHOD = registry.PASSKEY
LIFETIME = 300
LARGEST_RESPONSE = 32 * 1024
_CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
"""base64url of at most 1,023 octets (WebAuthn section 4, Credential ID)."""


def registration_options(tx: Tx, person_id: str, rp_id: str, rp_name: str, display_name: str) -> tuple[str, str]:
    """(challenge id, options as JSON) for `navigator.credentials.create`; discoverable, if it can be."""
    challenge_id, challenge = _new_challenge(tx, "create", person_id)
    options = webauthn.generate_registration_options(
        rp_id=rp_id,
        rp_name=rp_name,
        user_id=person_id.encode(),
        user_name=display_name,
        user_display_name=display_name,
        challenge=challenge,
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=webauthn.helpers.base64url_to_bytes(one))
            for one in _credential_ids(tx, person_id)
        ],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return challenge_id, webauthn.options_to_json(options)


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey that was checked and belongs to nobody yet. Only `check_new` makes one."""

    person_id: str
    credential_id: str
    public_key: str
    sign_count: int
    user_verified: bool


def add(
    tx: Tx, person_id: str, rp: tuple[str, str], challenge_id: str, response: str, label: str
) -> tuple[Authenticator, Proof]:
    """Bind a new passkey; `rp` is (rp_id, origin). Raises Refusal("authenticators.passkey.refused")."""
    return bind(tx, check_new(tx, person_id, rp, challenge_id, response), label)


def check_new(tx: Tx, person_id: str, rp: tuple[str, str], challenge_id: str, response: str) -> Made:
    """The first half of `add`, for somebody whose record is made only once the passkey holds (WebAuthn section 7.1)."""
    challenge = _spend_challenge(tx, challenge_id, "create", person_id)
    rp_id, origin = rp
    try:
        made = webauthn.verify_registration_response(
            credential=_document(response),
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=False,
        )
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _refused(error) from error
    credential_id = webauthn.helpers.bytes_to_base64url(made.credential_id)
    _refuse_known(tx, credential_id)
    public_key = webauthn.helpers.bytes_to_base64url(made.credential_public_key)
    return Made(person_id, credential_id, public_key, made.sign_count, made.user_verified)


def bind(tx: Tx, made: Made, label: str) -> tuple[Authenticator, Proof]:
    """The second half of `add`: the passkey is its person's, and making it was a proof."""
    columns = {"credential_id": made.credential_id, "verifier": made.public_key, "sign_count": made.sign_count}
    columns |= {"user_verified": made.user_verified}
    added = registry.add(tx, made.person_id, METHOD, label, **columns)
    return added, _proof(tx, added.id, verified=made.user_verified)


def sweep(tx: Tx) -> None:
    """Drop challenges that nobody can answer any more: every sign-in page that is looked at makes one."""
    tx.execute(delete(challenges).where(challenges.c.expires_at < tx.now))


def authentication_options(
    tx: Tx, rp_id: str, person_id: str | None, purpose: str = "get", challenge: bytes | None = None
) -> tuple[str, str]:
    """(challenge id, options as JSON) for `navigator.credentials.get`; without a person any passkey of ours may answer.

    `challenge` binds the answer to something, such as the hash of a document to sign.
    """
    challenge_id, challenge = _new_challenge(tx, purpose, person_id, challenge)
    # Written here, not by the library: every sign-in page offers passkeys, and few of its readers use one, so a worker
    # need not carry the library until somebody does. PublicKeyCredentialRequestOptionsJSON, WebAuthn section 5.1.10.
    options = {
        "challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "timeout": LIFETIME * 1000,
        "rpId": rp_id,
        "allowCredentials": [{"type": "public-key", "id": one} for one in _credential_ids(tx, person_id)],
        "userVerification": "preferred",
    }
    return challenge_id, json.dumps(options)


class PasskeyMethod:
    """A passkey or security key; `rp` is (rp_id, origin). The challenge's purpose and person bind the answer."""

    name = METHOD

    def __init__(self, rp: tuple[str, str]) -> None:
        self._rp = rp

    def attempt(self, tx: Tx, person_id: str | None, answer: Answer) -> "PasskeyAttempt":
        """Spend the challenge and find the key. Raises Refusal("authenticators.passkey.refused" | "....unknown")."""
        challenge = _spend_challenge(tx, answer.challenge_id, answer.purpose, person_id)
        document = _document(answer.text)
        return PasskeyAttempt(self._rp, challenge, document, _credential(tx, str(document["id"]), person_id))


class PasskeyAttempt:
    """What a device signed, and the public key to verify it by (WebAuthn section 7.2)."""

    def __init__(self, rp: tuple[str, str], challenge: bytes, document: dict[str, Any], credential: Any) -> None:
        self.person_id: str = credential["person_id"]
        self._rp, self._challenge, self._document, self._credential = rp, challenge, document, credential
        self._verified: VerifiedAuthentication | None = None
        self._fault: Refusal | None = None

    def evaluate(self) -> None:
        """Verify the signature and everything that it covers."""
        try:
            self._verified = webauthn.verify_authentication_response(
                credential=self._document,
                expected_challenge=self._challenge,
                expected_rp_id=self._rp[0],
                expected_origin=self._rp[1],
                credential_public_key=webauthn.helpers.base64url_to_bytes(self._credential["verifier"]),
                credential_current_sign_count=0,
                require_user_verification=False,
            )
            _check_handle(self._document, self.person_id)
        except (exceptions.WebAuthnException, ValueError, KeyError, TypeError) as error:
            self._fault = _refused(error)
        except Refusal as refusal:
            self._fault = refusal

    def settle(self, tx: Tx) -> Proof:
        """Advance the counter. Raises Refusal("authenticators.passkey.refused" | "....cloned")."""
        if self._verified is None or self._fault is not None:
            raise self._fault or Refusal("authenticators.passkey.refused", "it was not evaluated")
        held = self._credential
        _advance_counter(tx, held["id"], held["sign_count"], self._verified.new_sign_count)
        return _proof(tx, held["id"], verified=self._verified.user_verified, hardware=held["hardware"])


def _new_challenge(tx: Tx, purpose: str, person_id: str | None, challenge: bytes | None = None) -> tuple[str, bytes]:
    row = {"id": identifier(), "purpose": purpose, "person_id": person_id, "challenge": challenge or octets(32)}
    tx.execute(insert(challenges), row | {"expires_at": tx.now + LIFETIME})
    return str(row["id"]), bytes(row["challenge"])  # type: ignore[arg-type]


def _spend_challenge(tx: Tx, challenge_id: str, purpose: str, person_id: str | None) -> bytes:
    bound = challenges.c.person_id.is_(None) if person_id is None else challenges.c.person_id == person_id
    row = spend(tx, challenges, challenges.c.id == challenge_id, challenges.c.purpose == purpose, bound)
    if row is None or row["expires_at"] <= tx.now:
        raise Refusal("authenticators.passkey.refused", "the challenge is unknown, expired or was used before")
    return bytes(row["challenge"])


def _document(response: str) -> dict[str, Any]:
    try:
        document = json.loads(response) if len(response) <= LARGEST_RESPONSE else None
    except ValueError:
        document = None
    if not isinstance(document, dict) or not _CREDENTIAL_ID.fullmatch(str(document.get("id", ""))):
        raise Refusal("authenticators.passkey.refused", "the response is not a WebAuthn credential")
    return document


def _credential(tx: Tx, credential_id: str, person_id: str | None) -> Any:
    known = (authenticators.c.credential_id == credential_id, authenticators.c.removed_at.is_(None))
    row = tx.execute(select(authenticators).where(*known)).mappings().one_or_none()
    if row is None or person_id not in (None, row["person_id"]):
        raise Refusal("authenticators.passkey.unknown", "no such passkey here")
    return row


def _refuse_known(tx: Tx, credential_id: str) -> None:
    known = select(authenticators.c.id).where(authenticators.c.credential_id == credential_id)
    if tx.execute(known).first() is not None:
        raise Refusal("authenticators.passkey.refused", "this passkey is registered already")


def _check_handle(document: dict[str, Any], person_id: str) -> None:
    """WebAuthn section 7.2 step 6: the user handle, if told, names the owner."""
    handle = (document.get("response") or {}).get("userHandle")
    if handle and webauthn.helpers.base64url_to_bytes(handle) != person_id.encode():
        raise Refusal("authenticators.passkey.refused", "the user handle names somebody else")


def _advance_counter(tx: Tx, authenticator_id: str, stored: int, told: int) -> None:
    """WebAuthn section 6.1.1: a counter that does not grow is a copy's; one that stays zero is not kept."""
    if told == 0 and stored == 0:
        return
    grown = (authenticators.c.id == authenticator_id, authenticators.c.sign_count < told)
    if tx.execute(update(authenticators).where(*grown).values(sign_count=told)).rowcount != 1:
        raise Refusal("authenticators.passkey.cloned", "the signature counter went back: there may be a copy")


def _credential_ids(tx: Tx, person_id: str | None) -> list[str]:
    """The person's passkeys, base64url; of nobody in particular, none, so that any discoverable one may answer."""
    mine = (authenticators.c.person_id == person_id, authenticators.c.method == METHOD)
    statement = select(authenticators.c.credential_id).where(*mine, authenticators.c.removed_at.is_(None))
    return [] if person_id is None else list(tx.execute(statement).scalars())


def _proof(tx: Tx, authenticator_id: str, *, verified: bool, hardware: bool = False) -> Proof:
    registry.used(tx, authenticator_id)
    factors = frozenset({POSSESSION, INHERENCE}) if verified else frozenset({POSSESSION})
    methods = (Amr.HARDWARE_KEY if hardware else Amr.SOFTWARE_KEY, Amr.USER_PRESENCE)
    return Proof(METHOD, authenticator_id, factors, methods, tx.now, phishing_resistant=True)


def _refused(error: Exception) -> Refusal:
    return Refusal("authenticators.passkey.refused", f"{type(error).__name__}: {error}"[:200])
