"""Adding a second factor in the middle of a sign-in, because the service needs more than a password proves."""

from sqlalchemy import Connection

from idp.domain.authenticators.methods import new_passkey, passkey, totp
from idp.domain.authenticators.methods.totp import Enrolment
from idp.domain.people import identifiers
from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, add_proof, at_step
from idp.journeys.signin.pending_secret import read, sealed
from idp.protocol.assurance import Strength

STEP = "enrol"


def begin_totp(provider: Provider, login_id: str, visitor: Visitor) -> Enrolment:
    """The secret and its QR code; the same one until it is confirmed, so that a reload does not spoil it."""
    with provider.transaction() as tx:
        progress = _turn(tx, provider, login_id, visitor)
        name = account_name(tx.connection, provider, progress.person_id)
        enrolment = totp.begin(provider.rp_name, name, read(provider.box, progress.login.facts.get("totp")))
        logins.establish(tx, login_id, visitor.browser, totp=sealed(provider.box, enrolment.secret))
        return enrolment


def add_totp(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Bind the app that shows the right code, and count the code as a proof. Raises as `totp.add`."""
    with provider.transaction() as tx:
        progress = _turn(tx, provider, login_id, visitor)
        person_id, secret = progress.person_id, read(provider.box, progress.login.facts.get("totp"))
        added, proof = totp.add(tx, provider.vault, person_id, secret, code, "")
        add_proof(tx, login_id, visitor.browser, person_id, proof)
        announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=totp.METHOD)


def passkey_options(
    provider: Provider, login_id: str, visitor: Visitor, *, security_key: bool = False
) -> tuple[str, str]:
    """(challenge id, options as JSON) for making a passkey, or for adding a security key."""
    with provider.transaction() as tx:
        person_id = _turn(tx, provider, login_id, visitor).person_id
        return options_to_make(tx, provider, person_id, security_key=security_key)


def add_passkey(
    provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str, label: str
) -> None:
    """Bind a passkey, and count making it as a proof; where hardware is needed nothing less is bound.

    Raises Refusal("authenticators.passkey....").
    """
    with provider.transaction() as tx:
        progress = _turn(tx, provider, login_id, visitor)
        person_id = progress.person_id
        made = new_passkey.check_new(tx, person_id, provider.rp, challenge_id, response, provider.makes)
        if needs_hardware(progress) and not made.hardware:
            raise Refusal("authenticators.passkey.not_hardware", "the key is of no make that is listed")
        added, proof = new_passkey.bind(tx, made, label)
        add_proof(tx, login_id, visitor.browser, person_id, proof)
        announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=passkey.METHOD)


def needs_hardware(progress: InProgress) -> bool:
    """Whether the service takes nothing but a key that cannot be copied."""
    return progress.goal.authentication is Strength.HARDWARE


def options_to_make(
    tx: Tx, provider: Provider, person_id: str, *, security_key: bool = False, purpose: str = new_passkey.CREATE
) -> tuple[str, str]:
    """(challenge id, options as JSON) for a passkey of somebody who has an account."""
    name = account_name(tx.connection, provider, person_id)
    return new_passkey.registration_options(
        tx, person_id, provider.rp_id, provider.rp_name, name, security_key=security_key, purpose=purpose
    )


def account_name(connection: Connection, provider: Provider, person_id: str) -> str:
    """What an authenticator app calls the account: the name the person signs in by."""
    held = identifiers.of(connection, provider.vault, person_id)
    names = [one.value for one in held if one.kind in ("username", "email")]
    return names[0] if names else provider.rp_name


def _turn(tx: Tx, provider: Provider, login_id: str, visitor: Visitor) -> InProgress:
    return at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
