"""Making a passkey or adding a security key (WebAuthn Level 3 section 7.1). py_webauthn verifies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from idp.domain.authenticators import attestation, challenges, registry
from idp.domain.authenticators.attestation import Makes
from idp.domain.authenticators.methods.passkey import METHOD, descriptors, proof
from idp.domain.authenticators.models import name_of
from idp.domain.authenticators.proof import Proof
from idp.domain.authenticators.registry import Authenticator
from idp.domain.authenticators.response import check_frame, read, refused, transports
from idp.domain.authenticators.tables import authenticators
from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions, structs
    from webauthn.registration.verify_registration_response import VerifiedRegistration
else:
    webauthn = deferred("webauthn")
    structs = deferred("webauthn.helpers.structs")
    exceptions = deferred("webauthn.helpers.exceptions")

CREATE = "create"
QUIETLY = "create.conditional"
"""What is made beside a password, without anybody being asked: nobody need be present (section 7.1 step 15)."""
NO_MAKES: Makes = {}


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey that was checked and belongs to nobody yet. Only `check_new` makes one."""

    person_id: str
    credential_id: str
    columns: Mapping[str, Any]
    name: str
    """Of what keeps it, if that is known."""

    @property
    def user_verified(self) -> bool:
        """Whether it is a way in by itself."""
        return bool(self.columns["user_verified"])

    @property
    def hardware(self) -> bool:
        """Whether its maker vouches that it cannot be copied."""
        return bool(self.columns["hardware"])


def registration_options(
    tx: Tx,
    person_id: str,
    rp_id: str,
    rp_name: str,
    display_name: str,
    *,
    security_key: bool = False,
    purpose: str = CREATE,
) -> tuple[str, str]:
    """(challenge id, options as JSON) for `navigator.credentials.create`.

    A passkey is discoverable. Of a security key that is not asked, so that a simple one will do beside a password; it
    is asked to say of which make it is.
    """
    challenge_id, challenge = challenges.ask(tx, purpose, person_id)
    options = webauthn.generate_registration_options(
        rp_id=rp_id,
        rp_name=rp_name,
        user_id=person_id.encode(),
        user_name=display_name,
        user_display_name=display_name,
        challenge=challenge,
        attestation=_conveyance(direct=security_key),
        authenticator_selection=_selection(security_key=security_key),
    )
    document = json.loads(webauthn.options_to_json(options))
    document["excludeCredentials"] = descriptors(tx.connection, person_id)
    document["hints"] = ["security-key"] if security_key else []
    return challenge_id, json.dumps(document)


def add(
    tx: Tx, person_id: str, rp: tuple[str, str], challenge_id: str, response: str, label: str, makes: Makes = NO_MAKES
) -> tuple[Authenticator, Proof]:
    """Bind a new passkey; `rp` is (rp_id, origin). Raises Refusal("authenticators.passkey.refused")."""
    return bind(tx, check_new(tx, person_id, rp, challenge_id, response, makes), label)


def check_new(
    tx: Tx,
    person_id: str,
    rp: tuple[str, str],
    challenge_id: str,
    response: str,
    makes: Makes = NO_MAKES,
    purpose: str = CREATE,
) -> Made:
    """The first half of `add`, for somebody whose record is made only once the passkey holds (WebAuthn section 7.1)."""
    challenge = challenges.answered(tx, challenge_id, purpose, person_id)
    document = read(response)

    def verify(roots: attestation.Roots | None = None) -> "VerifiedRegistration":
        return webauthn.verify_registration_response(
            credential=document,
            expected_challenge=challenge,
            expected_rp_id=rp[0],
            expected_origin=rp[1],
            require_user_presence=purpose != QUIETLY,
            pem_root_certs_bytes_by_fmt=roots,
        )

    try:
        check_frame(document)
        made = verify()
        hardware = attestation.proves_hardware(makes, made, verify, tx.now)
        columns = _columns(made) | {"hardware": hardware, "transports": transports(document)}
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused(error) from error
    credential_id = webauthn.helpers.bytes_to_base64url(made.credential_id)
    if credential_id != document["id"]:
        raise Refusal("authenticators.passkey.refused", "the browser and the device name different credentials")
    _refuse_known(tx, credential_id)
    name = makes[made.aaguid].name if hardware else name_of(made.aaguid)
    return Made(person_id, credential_id, columns, name)


def bind(tx: Tx, made: Made, label: str) -> tuple[Authenticator, Proof]:
    """The second half of `add`: the passkey is its person's, and making it was a proof.

    It is called after what keeps it, if that is known, or else `label`; a second one of a name has a number.
    """
    wanted = made.name or label
    taken = {one.label for one in registry.of(tx.connection, made.person_id)}
    names = (wanted, *(f"{wanted} {number}" for number in range(2, len(taken) + 2)))
    label = next(name for name in names if name not in taken or not name)
    added = registry.add(tx, made.person_id, METHOD, label, credential_id=made.credential_id, **made.columns)
    return added, proof(tx, added.id, verified=made.user_verified, hardware=made.hardware)


def _columns(made: "VerifiedRegistration") -> dict[str, Any]:
    """What is kept of it (section 4, credential record)."""
    return {
        "verifier": webauthn.helpers.bytes_to_base64url(made.credential_public_key),
        "sign_count": made.sign_count,
        "user_verified": made.user_verified,
        "synced": made.credential_device_type is structs.CredentialDeviceType.MULTI_DEVICE,
        "backed_up": made.credential_backed_up,
        "model": made.aaguid,
    }


def _selection(*, security_key: bool) -> "structs.AuthenticatorSelectionCriteria":
    kept, verification = structs.ResidentKeyRequirement, structs.UserVerificationRequirement.PREFERRED
    if security_key:
        attachment = structs.AuthenticatorAttachment.CROSS_PLATFORM
        return structs.AuthenticatorSelectionCriteria(attachment, kept.PREFERRED, user_verification=verification)
    return structs.AuthenticatorSelectionCriteria(resident_key=kept.REQUIRED, user_verification=verification)


def _conveyance(*, direct: bool) -> "structs.AttestationConveyancePreference":
    preference = structs.AttestationConveyancePreference
    return preference.DIRECT if direct else preference.NONE


def _refuse_known(tx: Tx, credential_id: str) -> None:
    known = select(authenticators.c.id).where(authenticators.c.credential_id == credential_id)
    if tx.execute(known).first() is not None:
        raise Refusal("authenticators.passkey.refused", "this passkey is registered already")
