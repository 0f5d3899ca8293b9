"""The ways to prove that an account is one's own without signing in to it."""

from collections.abc import Mapping
from typing import Any

from idp.domain.authenticators import lockout
from idp.domain.authenticators.methods import one_time_code, password, recovery_code, totp
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import Proof
from idp.domain.people import identifiers, records
from idp.domain.people.records import Person
from idp.domain.sessions import logins
from idp.foundation.limits import Limit, count, network_of, take
from idp.foundation.messages.message import compose
from idp.foundation.outbox import Job
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys import sent_codes
from idp.journeys.notify import write_to
from idp.journeys.provider import Provider
from idp.journeys.recovery.claim import NOBODY, at_step, claimed, look_at, prove_way
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.prove import Claim, prove

PURPOSE = "recovery"
MESSAGES = {"email": "email", "sms": "phone"}
"""The ways that are a message, and the kind of identifier it goes to."""
SECRETS = (recovery_code.METHOD, totp.METHOD, password.METHOD)
"""The ways that she knows or holds herself."""
PER_NETWORK = Limit("recovery.network", 60, 3600)
PER_ACCOUNT = (Limit("recovery.message", 5, 3600), Limit("recovery.message.day", 10, 24 * 3600))
PER_RANGE = Limit("recovery.range", 60, 24 * 3600)
"""Of text messages to the numbers of one range. Apart from those for signing in, which nobody is to lose by this."""
WRONG = {f"authenticators.{code}" for code in ("wrong_code", "code_used", "code_old")}
UNSENT = "unsent"
"""The job that stands for a message to nobody, so that both take the same work."""


def ways(provider: Provider) -> tuple[str, ...]:
    """What is offered, to everybody the same."""
    return (*(way for way in MESSAGES if way in provider.channels), *SECRETS)


def give_name(provider: Provider, login_id: str, visitor: Visitor, name: str) -> None:
    """Say whose account it is. The answer is the same whether or not there is one. Raises ("too_many_attempts")."""
    with provider.transaction() as tx:
        at_step(tx, login_id, visitor, "name")
        take(tx, PER_NETWORK, network_of(visitor.address))
        person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
        key = person_id or identifiers.name_key(provider.vault, name)
        records.find(tx.connection, person_id or NOBODY)
        logins.establish(tx, login_id, visitor.browser, claimed=person_id or NOBODY, key=key)


def send(provider: Provider, login_id: str, visitor: Visitor, way: str) -> None:
    """Send a code to every proven address of that kind; an earlier one stops working.

    Raises Refusal("too_many_attempts").
    """
    with provider.transaction() as tx:
        login = at_step(tx, login_id, visitor, "ways")
        key = login.facts["key"]
        take(tx, sent_codes.PER_NETWORK, visitor.address)
        for limit in PER_ACCOUNT:
            take(tx, limit, f"{way}|{key}")
        code_id, code = one_time_code.issue(tx, PURPOSE, f"{way}|{key}")
        person = claimed(tx.connection, login)
        addresses = [] if person is None else _addresses(tx, provider, person, MESSAGES[way])
        for address in addresses:
            write_to(tx, provider, way, address, "recovery_code", person.locale if person else "en", code=code)
        if not addresses:
            nothing = compose(provider.box, way, "", "", " " * 400)
            tx.send(Job(UNSENT, nothing.payload, nothing.about))
        logins.establish(tx, login_id, visitor.browser, **{f"code_{way}": code_id})


def enter_code(provider: Provider, login_id: str, visitor: Visitor, way: str, code: str) -> None:
    """Check the code of a message. Tries are counted for the account, however many recoveries are begun.

    Raises Refusal("authenticators.wrong_code" | "authenticators.code_expired" | "authenticators.switched_off"),
    ("too_many_attempts") or ("recovery.locked").
    """
    with provider.transaction() as tx:
        login = at_step(tx, login_id, visitor, "ways")
        lockout.try_now(tx, one_time_code.METHOD, login.facts["key"])
        code_id, binding = login.facts.get(f"code_{way}", ""), f"{way}|{login.facts['key']}"
        one_time_code.verify(tx, code_id, code, PURPOSE, binding)
        lockout.success(tx, one_time_code.METHOD, login.facts["key"])
        prove_way(tx, provider, login, visitor, way)


def show_secret(provider: Provider, login_id: str, visitor: Visitor, way: str, text: str) -> None:
    """Check a recovery code, a code of an app, or a password. Raises as `prove`, or ("recovery.locked").

    Of a code that is wrong nobody learns why ("recovery.wrong_code"): one that was used before is one of somebody.
    """
    login = look_at(provider, login_id, visitor)

    def claim(tx: Tx) -> Claim:
        found = at_step(tx, login_id, visitor, "ways")
        person = claimed(tx.connection, found)
        return Claim(None if person is None else person.id, found.facts["key"])

    def accept(tx: Tx, person_id: str, proof: Proof) -> None:
        found = at_step(tx, login_id, visitor, "ways")
        if found.facts["claimed"] != person_id:
            raise Refusal("signin.out_of_turn", "another account is claimed by now")
        prove_way(tx, provider, found, visitor, way, proof.authenticator_id)

    if way in login.facts.get("ways", []):
        raise Refusal("signin.out_of_turn", "this way was proved already")
    try:
        prove(provider, way, Answer(text), claim, accept, "recovery")
    except Refusal as refusal:
        if refusal.code not in WRONG:
            raise
        raise Refusal("recovery.wrong_code", refusal.reason) from refusal


def handler(_payload: Mapping[str, Any]) -> None:
    """Deliver a message to nobody."""


def _addresses(tx: Tx, provider: Provider, person: Person, kind: str) -> list[str]:
    """Without the numbers of a range that got too many: silently, as an answer would say that there is an account."""
    held = identifiers.of(tx.connection, provider.vault, person.id, kind)
    return [one.value for one in held if one.verified_at is not None and _may_leave(tx, provider, kind, one.value)]


def _may_leave(tx: Tx, provider: Provider, kind: str, address: str) -> bool:
    if kind != "phone":
        return True
    return count(tx, PER_RANGE, identifiers.blind(provider.vault, kind, sent_codes.range_of(address))) <= PER_RANGE.most
