"""Ways to sign in: add, rename, remove. The caller has asked for a fresh authentication."""

from dataclasses import dataclass

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import password, recovery_code, totp
from idp.domain.authenticators.methods.totp import Enrolment
from idp.domain.authenticators.registry import Authenticator
from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.notify import announce
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.provider import Provider
from idp.journeys.signin.enrol import account_name
from idp.journeys.signin.new_password import encode
from idp.journeys.signin.pending_secret import read, sealed
from idp.protocol.assurance import Strength


@dataclass(frozen=True, slots=True)
class Held:
    """What a person can sign in with."""

    authenticators: tuple[Authenticator, ...]
    recovery_codes_left: int


def held(provider: Provider, person_id: str) -> Held:
    """Everything for the security page."""
    with provider.reading() as connection:
        return Held(registry.of(connection, person_id), recovery_code.left(connection, person_id))


def strength_for_changes(provider: Provider, person_id: str) -> Strength:
    """What a session must have proved before ways to sign in are changed: two factors if the person holds two.

    A code by text message does where there is nothing better, and only there: whoever takes over a telephone number
    must not take away the passkey.
    """
    with provider.reading() as connection:
        return min(registry.reachable(connection, person_id), Strength.TWO_FACTORS)


def begin_totp(provider: Provider, person_id: str, kept: str | None = None) -> tuple[Enrolment, str]:
    """(what to show, what the form carries until the code comes): a new secret, or the one in `kept`."""
    with provider.transaction() as tx:
        secret = _of(person_id, read(provider.box, kept)) if kept else ""
        enrolment = totp.begin(provider.rp_name, account_name(tx.connection, provider, person_id), secret)
    return enrolment, sealed(provider.box, f"{person_id}|{enrolment.secret}")


def add_totp(provider: Provider, person_id: str, kept: str, code: str, label: str) -> None:
    """Bind the app that shows the right code. Raises Refusal("authenticators.wrong_code")."""
    secret = _of(person_id, read(provider.box, kept))
    with provider.transaction() as tx:
        lockout.try_now(tx, totp.METHOD, person_id)
        if totp.is_held(tx.connection, provider.vault, person_id, secret):
            return  # The form was sent twice.
        added, _ = totp.add(tx, provider.vault, person_id, secret, code, label)
        lockout.success(tx, totp.METHOD, person_id)
        announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=totp.METHOD)


def rename(provider: Provider, person_id: str, authenticator_id: str, label: str) -> None:
    """Give an authenticator another name."""
    with provider.transaction() as tx:
        registry.rename(tx, person_id, authenticator_id, label)


def remove(provider: Provider, person_id: str, authenticator_id: str) -> None:
    """Take an authenticator away. Raises Refusal("authenticators.last...") if too little would be left."""
    with provider.transaction() as tx:
        registry.revoke(tx, person_id, authenticator_id, person_id)
        announce(tx, provider, person_id, "authenticator_removed")


def change_password(provider: Provider, person_id: str, text: str, keep: Session | None = None) -> None:
    """Set or replace the password; every session but `keep` ends with the old one, unless that is None.

    Raises Refusal("authenticators.password....").
    """
    encoded = encode(provider, person_id, text)
    with provider.transaction() as tx:
        password.set_password(tx, person_id, encoded)
        lockout.success(tx, password.METHOD, person_id)
        if keep is not None:
            end_every_session(tx, provider, person_id, "password changed", person_id, keep)
        announce(tx, provider, person_id, "password_changed")


def new_recovery_codes(provider: Provider, person_id: str) -> list[str]:
    """A new set, to show once; earlier codes stop working."""
    with provider.transaction() as tx:
        codes = recovery_code.issue(tx, person_id)
        lockout.success(tx, recovery_code.METHOD, person_id)
        announce(tx, provider, person_id, "recovery_codes_made")
    return codes


def _of(person_id: str, kept: str) -> str:
    owner, _, secret = kept.partition("|")
    if owner != person_id:
        raise Refusal("authenticators.wrong_code", "the page belongs to another account")
    return secret
