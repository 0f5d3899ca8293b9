"""Codes by text message: sent to a number that is bound, and to one that is about to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import sms
from idp.domain.authenticators.proof import Proof
from idp.domain.people import records
from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys import sent_codes
from idp.journeys.account import contacts
from idp.journeys.notify import announce, write_to
from idp.journeys.provider import Provider
from idp.journeys.signin import enrol, second_factor
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, add_proof, at_step
from idp.journeys.signin.pending_secret import read, sealed
from idp.protocol import telephone_number
from idp.protocol.assurance import Strength


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number that codes can go to: `id` is that of the authenticator, or of the contact that can become one."""

    id: str
    masked: str


def bound(provider: Provider, progress: InProgress) -> tuple[Telephone, ...]:
    """The numbers that can serve as the second proof now."""
    held = (one for one in second_factor.held_by(provider, progress) if one.method == sms.METHOD)
    with provider.reading() as connection:
        numbers = sms.numbers(connection, provider.vault, progress.person_id)
    return tuple(Telephone(one.id, telephone_number.masked(numbers[one.id])) for one in held)


def bindable(provider: Provider, person_id: str) -> tuple[Telephone, ...]:
    """The person's proven numbers that no codes for signing in go to yet; none where no text messages leave."""
    if "sms" not in provider.channels:
        return ()
    with provider.reading() as connection:
        taken = set(sms.numbers(connection, provider.vault, person_id).values())
    proven = [one for one in contacts.held(provider, person_id) if one.kind == "phone" and one.proven]
    return tuple(Telephone(one.id, telephone_number.masked(one.value)) for one in proven if one.value not in taken)


def enrollable(provider: Provider, progress: InProgress) -> tuple[Telephone, ...]:
    """As `bindable`, if a code by text message is enough for where the sign-in leads."""
    enough = progress.goal.authentication <= Strength.RESTRICTED
    return bindable(provider, progress.person_id) if enough else ()


def send(provider: Provider, login_id: str, visitor: Visitor, authenticator_id: str) -> None:
    """Send a code to a number that is bound; it ends the one before.

    Raises Refusal("contacts.too_soon", retry_after=seconds), ("too_many_attempts") or ("authenticators.unknown").
    """
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, second_factor.STEP)
        person_id = progress.person_id
        number = sms.numbers(tx.connection, provider.vault, person_id).get(authenticator_id)
        if number is None:
            raise Refusal("authenticators.unknown", "no such number is bound")
        sent_codes.insist_on_pause(tx, progress.login.facts.get("sms", {}).get("sent_at"))
        sent_codes.count(tx, provider, person_id, "phone", number, visitor.address)
        challenge_id, code = sms.ask(tx, person_id, authenticator_id)
        asked = {"challenge": challenge_id, "to": authenticator_id, "sent_at": tx.now}
        logins.establish(tx, login_id, visitor.browser, sms=asked)
        _write(tx, provider, person_id, number, code)


def send_to_enrol(provider: Provider, login_id: str, visitor: Visitor, contact_id: str) -> None:
    """Send a code to a proven number, to bind it in the middle of the sign-in. Raises as `send`."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, enrol.STEP)
        _insist_on_enough(progress)
        sent_codes.insist_on_pause(tx, progress.login.facts.get("sms", {}).get("sent_at"))
        number, challenge_id = send_to_bind(tx, provider, progress.person_id, contact_id, visitor.address)
        kept = {"challenge": challenge_id, "number": sealed(provider.box, number), "to": contact_id, "sent_at": tx.now}
        logins.establish(tx, login_id, visitor.browser, sms=kept)


def enrol_number(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Bind the number that the code was sent to, and count the code as a proof. Raises as `bind`."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, enrol.STEP)
        _insist_on_enough(progress)
        asked: Mapping[str, Any] = progress.login.facts.get("sms", {})
        number = read(provider.box, asked.get("number"))
        proof = bind(tx, provider, progress.person_id, number, asked.get("challenge", ""), code)
        add_proof(tx, login_id, visitor.browser, progress.person_id, proof)


def send_to_bind(tx: Tx, provider: Provider, person_id: str, contact_id: str, network: str) -> tuple[str, str]:
    """(number, challenge id) after a code was sent to a proven number. Raises as `sent_codes.count`."""
    number = contacts.proven_number(tx.connection, provider, person_id, contact_id)
    sent_codes.count(tx, provider, person_id, "phone", number, network)
    challenge_id, code = sms.begin(tx, provider.vault, person_id, number)
    _write(tx, provider, person_id, number, code)
    return number, challenge_id


def bind(tx: Tx, provider: Provider, person_id: str, number: str, challenge_id: str, code: str) -> Proof:
    """Bind the number; every address is told.

    Raises Refusal("authenticators.wrong_code"), ("authenticators.code_expired") or ("too_many_attempts").
    """
    lockout.try_now(tx, sms.METHOD, person_id)
    added, proof = sms.bind(tx, provider.vault, person_id, number, challenge_id, code)
    lockout.success(tx, sms.METHOD, person_id)
    announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=registry.SMS)
    return proof


def _insist_on_enough(progress: InProgress) -> None:
    if progress.goal.authentication > Strength.RESTRICTED:
        raise Refusal("authenticators.unknown", "a code by text message is not enough for this service")


def _write(tx: Tx, provider: Provider, person_id: str, number: str, code: str) -> None:
    locale = records.get(tx.connection, person_id).locale
    write_to(tx, provider, "sms", number, "sms_code", locale, code=code, host=provider.rp_id)
