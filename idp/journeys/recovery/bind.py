"""New ways to sign in for an account that was proved to be one's own: prepared step by step, bound all at once."""

import json
from dataclasses import asdict
from typing import Any

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import new_passkey, password, password_policy, recovery_code, totp
from idp.domain.authenticators.methods.new_passkey import Made
from idp.domain.authenticators.methods.totp import Enrolment
from idp.domain.grants import grants
from idp.domain.people import identifiers, records
from idp.domain.people.records import Person, Status
from idp.domain.sessions import logins
from idp.domain.sessions.logins import Login
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim
from idp.journeys.recovery.claim import at_step, claimed, look_at, step_of
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.enrol import account_name, options_to_make
from idp.journeys.signin.pending_secret import read, sealed

PREPARED = ("password", "passkey", "totp", "kept", "ways", "code_email", "code_sms")


def choose_password(provider: Provider, login_id: str, visitor: Visitor, text: str) -> None:
    """Raises Refusal("authenticators.password....")."""
    login = look_at(provider, login_id, visitor)
    if step_of(login) != "method":
        raise Refusal("signin.out_of_turn", "it is not the turn of this step")
    with provider.reading() as connection:
        names = [one.value for one in identifiers.of(connection, provider.vault, login.facts["claimed"])]
    password_policy.check(text, second_factor=not stands_alone(login), personal=names, breached=provider.breached)
    provider.hasher.refuse_if_full()
    encoded = provider.hasher.hash(text)  # Slow on purpose, so outside the transaction.
    with provider.transaction() as tx:
        at_step(tx, login_id, visitor, "method")
        _prepare(tx, provider, login_id, visitor, password=sealed(provider.box, encoded), way_in="password")


def stands_alone(login: Login) -> bool:
    """Whether the new password will be all that opens the account: then it must be longer."""
    return bool(login.facts.get("second")) and "totp" not in login.facts.get("ways", [])


def passkey_options(provider: Provider, login_id: str, visitor: Visitor) -> tuple[str, str]:
    """(challenge id, options as JSON) for making a passkey, as the way in or as the second factor."""
    with provider.transaction() as tx:
        person = _person(tx, at_step(tx, login_id, visitor, "method", "second-factor"))
        return options_to_make(tx, provider, person.id)


def add_passkey(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str) -> None:
    """Prepare a passkey that verifies its user: it is two factors. Raises Refusal("authenticators.passkey....")."""
    with provider.transaction() as tx:
        login = at_step(tx, login_id, visitor, "method", "second-factor")
        person = _person(tx, login)
        made = new_passkey.check_new(tx, person.id, provider.rp, challenge_id, response, provider.makes)
        if not made.user_verified:
            raise Refusal("authenticators.passkey.unverified", "the device did not verify its user")
        way_in = login.facts.get("way_in") or "passkey"
        kept = sealed(provider.box, json.dumps(asdict(made)))
        _prepare(tx, provider, login_id, visitor, passkey=kept, way_in=way_in, second=True)


def begin_totp(provider: Provider, login_id: str, visitor: Visitor) -> Enrolment:
    """The secret and its QR code; the same one until it is confirmed, so that a reload does not spoil it."""
    with provider.transaction() as tx:
        login = at_step(tx, login_id, visitor, "second-factor")
        name = account_name(tx.connection, provider, _person(tx, login).id)
        enrolment = totp.begin(provider.rp_name, name, read(provider.box, login.facts.get("totp")))
        logins.establish(tx, login_id, visitor.browser, totp=sealed(provider.box, enrolment.secret))
        return enrolment


def add_totp(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Prepare the app that shows the right code. Raises Refusal("authenticators.wrong_code")."""
    with provider.transaction() as tx:
        login = at_step(tx, login_id, visitor, "second-factor")
        person = _person(tx, login)
        lockout.try_now(tx, totp.METHOD, login.id)
        totp.check_new(tx, person.id, read(provider.box, login.facts.get("totp")), code)
        _prepare(tx, provider, login_id, visitor, second=True, app=True)


def settle(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """For an account all of whose ways were kept: nothing is left to prepare."""
    with provider.transaction() as tx:
        login = logins.get(tx.connection, login_id, visitor.browser, tx.now, lock=True)
        if step_of(login) == "recovery-codes" and "codes" not in login.facts:
            _apply(tx, provider, login, visitor)


def recovery_codes(provider: Provider, login_id: str, visitor: Visitor) -> list[str]:
    """The new codes to save; a reload shows the same ones until they are said to be saved."""
    login = look_at(provider, login_id, visitor)
    if step_of(login) != "recovery-codes" or "codes" not in login.facts:
        raise Refusal("signin.out_of_turn", "it is not the turn of this step")
    return read(provider.box, login.facts["codes"]).split()


def codes_saved(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """The last step: the codes are forgotten here."""
    with provider.transaction() as tx:
        at_step(tx, login_id, visitor, "recovery-codes")
        logins.establish(tx, login_id, visitor.browser, codes_saved=True, codes=None)


def _prepare(tx: Tx, provider: Provider, login_id: str, visitor: Visitor, **facts: Any) -> None:
    login = logins.establish(tx, login_id, visitor.browser, **facts)
    if step_of(login) == "recovery-codes":
        _apply(tx, provider, login, visitor)


def _apply(tx: Tx, provider: Provider, login: Login, visitor: Visitor) -> None:
    """Everything at once, so that nobody is left between two accounts: old ways out, new ways in, all sessions over."""
    records.hold(tx, login.facts["claimed"])  # Whoever says meanwhile that it is not she waits, or was first.
    person = _person(tx, login)
    if person.status is Status.LOCKED:
        raise Refusal("recovery.locked", "an operator locked the account")
    if "reclaim" in login.facts:
        reclaim.take(tx, provider, login.facts["reclaim"])
    _take_away(tx, person, login)
    _bind(tx, provider, person, login)
    end_every_session(tx, provider, person.id, "recovered", person.id)
    grants.revoke_person(tx, person.id)
    if person.status is Status.REPORTED:
        records.set_status(tx, person.id, Status.ACTIVE, person.id, "recovered")
    tx.record(Event("recovery.account.recovered", person.id, person.id, {"ways": login.facts["ways"]}))
    announce(tx, provider, person.id, "account_recovered")
    codes = sealed(provider.box, " ".join(recovery_code.issue(tx, person.id)))
    logins.establish(tx, login.id, visitor.browser, codes=codes, **dict.fromkeys(PREPARED))


def _take_away(tx: Tx, person: Person, login: Login) -> None:
    """Whatever was not used to prove the account may be in somebody else's hands."""
    kept = set(login.facts.get("kept", []))
    for one in registry.of(tx.connection, person.id):
        replaced = one.method == password.METHOD and login.facts["way_in"] == "password"
        if one.id not in kept and not replaced:
            registry.withdraw(tx, person.id, one.id, person.id)
    for method in lockout.PER_METHOD:
        lockout.success(tx, method, person.id)


def _bind(tx: Tx, provider: Provider, person: Person, login: Login) -> None:
    facts = login.facts
    if "password" in facts:
        password.set_password(tx, person.id, read(provider.box, facts["password"]))
    if "passkey" in facts:
        new_passkey.bind(tx, Made(**json.loads(read(provider.box, facts["passkey"]))), "")
    if facts.get("app"):
        totp.adopt(tx, provider.vault, person.id, read(provider.box, facts["totp"]))


def _person(tx: Tx, login: Login) -> Person:
    person = claimed(tx.connection, login)
    if person is None:
        raise Refusal("signin.out_of_turn", "there is no such account any more")
    return person
