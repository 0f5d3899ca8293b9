"""The first proof: a name and a password, or a passkey."""

from dataclasses import dataclass

from idp.domain.authenticators import lockout
from idp.domain.authenticators.methods import passkey, password
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.domain.sessions.browser import Session
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.login import add_proof, at_step

STEP = "authenticate"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser it is: the sign-in's cookie, the session if there is one, and the network address."""

    browser: str
    session: Session | None
    address: str


def with_password(provider: Provider, login_id: str, visitor: Visitor, name: str, text: str) -> None:
    """Check a name and a password.

    Raises Refusal("signin.wrong") for a wrong name and a wrong password alike, after the same work; ("signin.locked")
    after a right password of a locked person; ("too_many_attempts") when no more tries are evaluated.
    """
    person_id, held = _count_the_try(provider, login_id, visitor, name)
    right = provider.hasher.verify(held[1] if held else None, text)  # Slow on purpose, so between two transactions.
    fresh = provider.hasher.hash(text) if right and held and provider.hasher.needs_rehash(held[1]) else None
    with provider.transaction() as tx:
        if not right or person_id is None or held is None:
            tx.record(Event("signin.password.wrong", person_id or "nobody", person_id or ""))
            raise Refusal("signin.wrong", "the name or the password is wrong")
        _admit_active(tx, person_id)
        lockout.success(tx, password.METHOD, person_id)
        if fresh is not None:
            password.set_password(tx, person_id, fresh)
        at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        add_proof(tx, login_id, visitor.browser, person_id, password.proof(tx, held[0]))


def passkey_options(provider: Provider) -> tuple[str, str]:
    """(challenge id, options as JSON) for any passkey the browser holds for us."""
    with provider.transaction() as tx:
        return passkey.authentication_options(tx, provider.rp_id, None)


def with_passkey(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str) -> None:
    """Check a passkey's answer. Raises Refusal("authenticators.passkey....") or ("signin.locked")."""
    with provider.transaction() as tx:
        lockout.address_may_try(tx, visitor.address)
        person_id, proof = passkey.verify(tx, (provider.rp_id, provider.issuer), challenge_id, response)
        _admit_active(tx, person_id)
        at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        add_proof(tx, login_id, visitor.browser, person_id, proof)


def _count_the_try(
    provider: Provider, login_id: str, visitor: Visitor, name: str
) -> tuple[str | None, tuple[str, str] | None]:
    """Count before evaluating; a name nobody has is counted like one that somebody has, under its blind index."""
    with provider.transaction() as tx:
        at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        lockout.address_may_try(tx, visitor.address)
        person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
        lockout.try_now(tx, password.METHOD, person_id or provider.vault.blind("nobody", name))
        return person_id, None if person_id is None else password.stored(tx.connection, person_id)


def _admit_active(tx: Tx, person_id: str) -> None:
    if records.get(tx.connection, person_id).status is not Status.ACTIVE:
        tx.record(Event("signin.refused.inactive", person_id, person_id))
        raise Refusal("signin.locked", "this account cannot sign in")
