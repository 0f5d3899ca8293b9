"""WebAuthn Level 3, https://www.w3.org/TR/webauthn-3/: passkeys and security keys. py_webauthn verifies.

Each challenge is kept in the database, bound to its purpose and person, and spent before the response is looked at.
How one is made is said in new_passkey.py.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from idp.domain.authenticators import challenges, registry
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import INHERENCE, POSSESSION, Proof
from idp.domain.authenticators.response import check_frame, read, refused
from idp.domain.authenticators.tables import authenticators
from idp.foundation.audit.event import Event
from idp.foundation.deferred import deferred
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
DISABLED = "authenticators.passkey.disabled"
CLONED = "authenticators.passkey.cloned"


def authentication_options(
    tx: Tx,
    rp_id: str,
    person_id: str | None,
    purpose: str = "get",
    challenge: bytes | None = None,
    *,
    hardware: bool = False,
) -> tuple[str, str]:
    """(challenge id, options as JSON) for `navigator.credentials.get`; without a person any passkey of ours may answer.

    `challenge` binds the answer to something, such as the hash of a document to sign; `hardware` asks for nothing less.
    """
    challenge_id, challenge = challenges.ask(tx, purpose, person_id, challenge)
    # Written here, not by the library: every sign-in page offers passkeys, and few of its readers use one, so a worker
    # need not carry the library until somebody does. PublicKeyCredentialRequestOptionsJSON, WebAuthn section 5.1.10.
    options = {
        "challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "timeout": challenges.LIFETIME * 1000,
        "rpId": rp_id,
        "allowCredentials": []
        if person_id is None
        else descriptors(tx.connection, person_id, hardware=hardware, usable=True),
        "userVerification": "preferred",
    }
    return challenge_id, json.dumps(options)


def descriptors(
    connection: Connection, person_id: str, *, hardware: bool = False, usable: bool = False
) -> list[dict[str, Any]]:
    """The person's passkeys as WebAuthn section 5.8.3 names them, with how each is reached."""
    mine = [authenticators.c.person_id == person_id, authenticators.c.method == METHOD]
    mine += [authenticators.c.removed_at.is_(None)]
    mine += [authenticators.c.hardware.is_(True)] if hardware else []
    mine += [authenticators.c.disabled_at.is_(None)] if usable else []
    known = connection.execute(select(authenticators.c.credential_id, authenticators.c.transports).where(*mine))
    return [_descriptor(row.credential_id, row.transports.split()) for row in known]


class PasskeyMethod:
    """A passkey or security key; `rp` is (rp_id, origin). The challenge's purpose and person bind the answer.

    `hardware` holds the AAGUIDs of which nobody can copy a key: one that is taken out counts no more from then on.
    """

    name = METHOD

    def __init__(self, rp: tuple[str, str], hardware: Collection[str] = ()) -> None:
        self._rp, self._hardware = rp, hardware

    def attempt(self, tx: Tx, person_id: str | None, answer: Answer) -> "PasskeyAttempt":
        """Spend the challenge and find the key. Raises Refusal("authenticators.passkey.refused" | "....unknown")."""
        challenge = challenges.answered(tx, answer.challenge_id, answer.purpose, person_id)
        document = read(answer.text)
        held = _credential(tx, str(document["id"]), person_id)
        return PasskeyAttempt(self._rp, challenge, document, held, is_second=person_id is not None, made=self._hardware)


class PasskeyAttempt:
    """What a device signed, and the public key to verify it by (WebAuthn section 7.2)."""

    def __init__(
        self,
        rp: tuple[str, str],
        challenge: bytes,
        document: dict[str, Any],
        held: Any,
        *,
        is_second: bool,
        made: Collection[str],
    ) -> None:
        self.person_id: str = held["person_id"]
        self._rp, self._challenge, self._document, self._held = rp, challenge, document, held
        self._is_second, self._made = is_second, made
        self._verified: VerifiedAuthentication | None = None
        self._fault: Refusal | None = None

    def evaluate(self) -> None:
        """Verify the signature and everything that it covers."""
        try:
            check_frame(self._document)
            self._verified = webauthn.verify_authentication_response(
                credential=self._document,
                expected_challenge=self._challenge,
                expected_rp_id=self._rp[0],
                expected_origin=self._rp[1],
                credential_public_key=webauthn.helpers.base64url_to_bytes(self._held["verifier"]),
                credential_current_sign_count=0,
                require_user_verification=False,
            )
            _check_handle(self._document, self.person_id)
            _check_eligibility(self._held, synced=_is_synced(self._verified))
        except (exceptions.WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
            self._fault = refused(error)
        except Refusal as refusal:
            self._fault = refusal

    def settle(self, tx: Tx) -> Proof:
        """Advance the counter and remember how the key is kept.

        Raises Refusal("authenticators.passkey.refused"), ("....cloned") for a counter that went back, which disables
        the key, or ("....disabled") for one that did so before.
        """
        verified, held = self._verified, self._held
        if verified is None or self._fault is not None:
            raise self._fault or Refusal("authenticators.passkey.refused", "it was not evaluated")
        _advance_counter(tx, held, verified.new_sign_count)
        counts = verified.user_verified and (self._is_second or _may_begin_to_verify(held))
        state = {
            "synced": _is_synced(verified),
            "backed_up": verified.credential_backed_up,
            "hardware": held["hardware"] and held["model"] in self._made,
            "user_verified": held["user_verified"] or counts,
        }
        if any(held[name] != value for name, value in state.items()):
            tx.execute(update(authenticators).where(authenticators.c.id == held["id"]).values(**state))
        return proof(tx, held["id"], verified=counts, hardware=state["hardware"])


def proof(tx: Tx, authenticator_id: str, *, verified: bool, hardware: bool = False) -> Proof:
    """What a passkey was just used for; `verified` makes it two factors."""
    registry.used(tx, authenticator_id)
    factors = frozenset({POSSESSION, INHERENCE}) if verified else frozenset({POSSESSION})
    methods = (Amr.HARDWARE_KEY if hardware else Amr.SOFTWARE_KEY, Amr.USER_PRESENCE)
    return Proof(METHOD, authenticator_id, factors, methods, tx.now, phishing_resistant=True)


def _credential(tx: Tx, credential_id: str, person_id: str | None) -> Any:
    known = (authenticators.c.credential_id == credential_id, authenticators.c.removed_at.is_(None))
    row = tx.execute(select(authenticators).where(*known)).mappings().one_or_none()
    if row is None or person_id not in (None, row["person_id"]):
        raise Refusal("authenticators.passkey.unknown", "no such passkey here")
    return row


def _descriptor(credential_id: str, transports: list[str]) -> dict[str, Any]:
    named: dict[str, Any] = {"type": "public-key", "id": credential_id}
    return named | ({"transports": transports} if transports else {})


def _is_synced(verified: "VerifiedAuthentication") -> bool:
    return verified.credential_device_type is structs.CredentialDeviceType.MULTI_DEVICE


def _check_handle(document: dict[str, Any], person_id: str) -> None:
    """WebAuthn section 7.2 step 6: the user handle, if told, names the owner."""
    handle = (document.get("response") or {}).get("userHandle")
    if handle and webauthn.helpers.base64url_to_bytes(handle) != person_id.encode():
        raise Refusal("authenticators.passkey.refused", "the user handle names somebody else")


def _check_eligibility(held: Any, *, synced: bool) -> None:
    """WebAuthn section 7.2 step 19: whether a key can be copied is settled when it is made."""
    if held["model"] and held["synced"] != synced:
        raise Refusal("authenticators.passkey.refused", "the key changed whether it can be on several devices")


def _may_begin_to_verify(held: Any) -> bool:
    """Section 7.2 step 25: a key in one piece that did not verify its user is no second factor by itself later.

    Whoever finds such a key could give it a PIN of her own. A synced one is opened by an account that the finder does
    not have; and of keys of before we do not know, so they are believed.
    """
    return bool(held["user_verified"] or held["synced"] or not held["model"])


def _advance_counter(tx: Tx, held: Any, told: int) -> None:
    """WebAuthn section 6.1.1: a counter that does not grow is a copy's; one that stays zero is not kept."""
    this = authenticators.c.id == held["id"]
    if held["disabled_at"] is not None:
        raise Refusal(DISABLED, "there may be a copy of it")
    if told == 0 and held["sign_count"] == 0:
        return
    grown = update(authenticators).where(
        this, authenticators.c.sign_count < told, authenticators.c.disabled_at.is_(None)
    )
    if tx.execute(grown.values(sign_count=told)).rowcount == 1:
        return
    # Which of the two is the copy nobody can tell, so neither opens anything until its owner has removed it.
    tx.execute(update(authenticators).where(this).values(disabled_at=tx.now, hardware=False))
    whose = held["person_id"]
    tx.record(Event("authenticators.passkey.cloned", whose, whose, {"authenticator": held["id"]}))
    raise Refusal(CLONED, "the signature counter went back: there may be a copy")
