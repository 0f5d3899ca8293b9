"""The second proof: a code of an app, a passkey, or a saved recovery code."""

from collections.abc import Iterator
from contextlib import contextmanager

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import passkey, recovery_code, totp
from idp.domain.authenticators.registry import Authenticator
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import add_proof, at_step

STEP = "second-factor"


def with_code(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Check a code of an authenticator app. Raises Refusal("authenticators.wrong_code") or ("too_many_attempts")."""
    _count_the_try(provider, login_id, visitor, totp.METHOD)
    with provider.transaction() as tx:
        person_id = _turn(tx, provider, login_id, visitor)
        with _told_if_wrong(tx, person_id, totp.METHOD):
            proof = totp.verify(tx, provider.vault, person_id, code)
        lockout.success(tx, totp.METHOD, person_id)
        add_proof(tx, login_id, visitor.browser, person_id, proof)


def with_recovery_code(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Check a saved recovery code; every address of the person is told. Raises as `with_code`."""
    _count_the_try(provider, login_id, visitor, recovery_code.METHOD)
    with provider.transaction() as tx:
        person_id = _turn(tx, provider, login_id, visitor)
        with _told_if_wrong(tx, person_id, recovery_code.METHOD):
            proof = recovery_code.verify(tx, person_id, code)
        lockout.success(tx, recovery_code.METHOD, person_id)
        left = recovery_code.left(tx.connection, person_id)
        notify(tx, provider, person_id, "recovery_code_used", left=left)
        add_proof(tx, login_id, visitor.browser, person_id, proof)


def passkey_options(provider: Provider, person_id: str) -> tuple[str, str]:
    """(challenge id, options as JSON) for the person's own passkeys."""
    with provider.transaction() as tx:
        return passkey.authentication_options(tx, provider.rp_id, person_id)


def with_passkey(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str) -> None:
    """Check a passkey's answer. Raises Refusal("authenticators.passkey....")."""
    with provider.transaction() as tx:
        person_id = _turn(tx, provider, login_id, visitor)
        _, proof = passkey.verify(tx, (provider.rp_id, provider.issuer), challenge_id, response, person_id)
        add_proof(tx, login_id, visitor.browser, person_id, proof)


def held_by(provider: Provider, person_id: str) -> tuple[Authenticator, ...]:
    """The second factors to offer."""
    with provider.reading() as connection:
        return tuple(one for one in registry.of(connection, person_id) if one.method in registry.SECOND_FACTORS)


def _turn(tx: Tx, provider: Provider, login_id: str, visitor: Visitor) -> str:
    return at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP).person_id


@contextmanager
def _told_if_wrong(tx: Tx, person_id: str, method: str) -> Iterator[None]:
    """Whoever gets as far as a wrong code knows the password: the citizen finds it in her activity."""
    try:
        yield
    except Refusal:
        tx.record(Event(f"signin.{method}.wrong", person_id, person_id))
        raise


def _count_the_try(provider: Provider, login_id: str, visitor: Visitor, method: str) -> None:
    """In a transaction of its own, so that what follows cannot take it back."""
    with provider.transaction() as tx:
        person_id = _turn(tx, provider, login_id, visitor)
        try:
            lockout.try_now(tx, method, person_id)
        except Refusal:
            tx.record(Event(f"signin.{method}.throttled", person_id, person_id))
            raise
