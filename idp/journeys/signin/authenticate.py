"""The first proof: a name and a password, or a passkey."""

from dataclasses import dataclass

from idp.domain.authenticators import levels, lockout
from idp.domain.authenticators.methods import passkey, password
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import Proof
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.domain.sessions import remembered
from idp.domain.sessions.browser import Session
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.login import InProgress, add_proof, at_step
from idp.journeys.signin.prove import Claim, prove
from idp.journeys.signin.standing import ADMITTED, is_who_was_meant
from idp.protocol.assurance import Strength

STEP = "authenticate"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser it is: the sign-in's cookie, the session if there is one, and the network address.

    `remembered` is the cookie that says whom it remembers.
    """

    browser: str
    session: Session | None
    address: str
    remembered: str = ""


def with_password(provider: Provider, login_id: str, visitor: Visitor, name: str, text: str) -> None:
    """Check a name and a password.

    Raises Refusal("authenticators.wrong_password") for a wrong name and a wrong password alike, after the same work;
    ("signin.locked") after a right password of a locked person; ("signin.somebody_else") if the service asks for
    another person; ("too_many_attempts" | "authenticators.switched_off") when no more tries are evaluated; ("too_busy")
    before anything is looked up.
    """
    provider.hasher.refuse_if_full()

    def claim(tx: Tx) -> Claim:
        """A name nobody has is counted like one that somebody has, under its blind index."""
        _turn(tx, provider, login_id, visitor)
        lockout.visitor_may_try(tx, visitor.address, visitor.browser)
        person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
        return Claim(person_id, person_id or identifiers.name_key(provider.vault, name))

    def accept(tx: Tx, person_id: str, proof: Proof) -> None:
        _admit_active(tx, person_id, "authenticators.wrong_password")
        _admit_who_was_meant(provider, _turn(tx, provider, login_id, visitor), person_id)
        known = remembered.recognise(tx, visitor.remembered, person_id) if provider.lifetimes.remembered else None
        add_proof(tx, login_id, visitor.browser, person_id, proof, remembered=known, leaked=leaked or None)

    leaked = password.normal(text) in provider.breached  # Looked up whoever it is, so that it takes the same time.
    prove(provider, password.METHOD, Answer(text), claim, accept)


def passkey_options(provider: Provider) -> tuple[str, str]:
    """(challenge id, options as JSON) for any passkey the browser holds for us."""
    with provider.transaction() as tx:
        return passkey.authentication_options(tx, provider.rp_id, None)


def with_passkey(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str) -> None:
    """Check a passkey's answer, which must have verified the user: it stands for name and password together.

    Raises Refusal("authenticators.passkey....") or as `with_password`.
    """

    def claim(tx: Tx) -> Claim:
        _turn(tx, provider, login_id, visitor)
        lockout.visitor_may_try(tx, visitor.address)
        return Claim(None, "")

    def accept(tx: Tx, person_id: str, proof: Proof) -> None:
        _admit_active(tx, person_id, "authenticators.passkey.unknown")
        require_user_verified(proof)
        _admit_who_was_meant(provider, _turn(tx, provider, login_id, visitor), person_id)
        add_proof(tx, login_id, visitor.browser, person_id, proof)

    prove(provider, passkey.METHOD, Answer(response, challenge_id), claim, accept)


def require_user_verified(proof: Proof) -> None:
    """Raises Refusal("authenticators.passkey.unverified") for a key that anybody who finds it can use."""
    if levels.strength([proof]) is Strength.ONE_FACTOR:
        raise Refusal("authenticators.passkey.unverified", "the device did not verify its user")


def _admit_active(tx: Tx, person_id: str, otherwise: str) -> None:
    """Somebody locked is told so, for only they can ask why; a record that is closed or a dead person's is as none.

    Who is closing her account may come to keep it; the steps that follow let her go nowhere else.
    """
    status = records.get(tx.connection, person_id).status
    if status not in ADMITTED:
        tx.record(Event("signin.refused.inactive", person_id, person_id, {"status": status.value}))
        told = {Status.LOCKED: "signin.locked", Status.REPORTED: "signin.reported"}
        code = told.get(status, otherwise)
        raise Refusal(code, f"the record is {status.value}")


def _admit_who_was_meant(provider: Provider, progress: InProgress, person_id: str) -> None:
    if not is_who_was_meant(provider, progress.goal, person_id):
        raise Refusal("signin.somebody_else", "the service asks for another person")


def _turn(tx: Tx, provider: Provider, login_id: str, visitor: Visitor) -> InProgress:
    return at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
