"""A citizen begins to verify an identity, or goes on where they stopped."""

from typing import Final

from idp.domain.people import records
from idp.domain.people.records import Person
from idp.domain.proofing import cases
from idp.domain.proofing.cases import LIVE, Case, State
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level

BEGINNINGS: Final = Limit("proofing.beginnings", 20, 24 * 3600)


def begin(provider: Provider, person_id: str, level: Level, login_id: str | None = None) -> Case:
    """The open case for `level`, new or resumed; a case that waits for verifiers is returned as it is.

    `login_id` is the sign-in to go back to. Raises Refusal `proofing.already_verified` or `too_many_attempts`.
    """
    with provider.transaction() as tx:
        person = records.get(tx.connection, person_id)
        if person.assurance >= level:
            raise Refusal("proofing.already_verified", f"this person is verified at {person.assurance.word}")
        case = cases.latest(tx.connection, person_id)
        if case is None or case.state not in LIVE:
            return _new(tx, person, level, login_id)
        if case.state is State.OPEN:
            _resume(tx, case, level, login_id)
        return cases.get(tx.connection, case.id)


def begin_for_former(provider: Provider, person_id: str) -> Case:
    """The open case by which she has a former account back, new or resumed: always at the highest level.

    Raises Refusal("proofing.already_verified") for an account that has a verified person, who is not another.
    """
    with provider.transaction() as tx:
        person = records.get(tx.connection, person_id)
        if person.assurance is not Level.LOW:
            raise Refusal("proofing.already_verified", f"this person is verified at {person.assurance.word}")
        case = cases.latest(tx.connection, person_id)
        if case is None or case.state not in LIVE:
            limits.take(tx, BEGINNINGS, person.id)
            return cases.open_case(tx, person.id, Level.HIGH, None, former=True)
        if case.state is State.OPEN and not case.former:
            cases.is_for_former(tx, case, Level.HIGH)
        return cases.get(tx.connection, case.id)


def withdraw(provider: Provider, person_id: str) -> None:
    """Give up the live case, if there is one; its pictures and data are deleted at once."""
    with provider.transaction() as tx:
        case = cases.latest(tx.connection, person_id)
        if case is not None and case.state in LIVE:
            cases.withdraw(tx, case)


def _new(tx: Tx, person: Person, level: Level, login_id: str | None) -> Case:
    limits.take(tx, BEGINNINGS, person.id)
    return cases.open_case(tx, person.id, level, login_id)


def _resume(tx: Tx, case: Case, level: Level, login_id: str | None) -> None:
    if login_id is not None:
        cases.return_to(tx, case, level, login_id)
    elif level is not case.level:
        cases.choose_level(tx, case, level)
