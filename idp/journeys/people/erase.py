"""Erasing somebody on request: everything personal in every room, and every way in."""

from collections.abc import Iterator
from contextlib import contextmanager

from idp.domain.authenticators import registry
from idp.domain.grants import consents, grants
from idp.domain.oversight import roles
from idp.domain.people import closings, erasure, identifiers
from idp.domain.people.closings import Outcome
from idp.domain.proofing import cases
from idp.domain.recovery import alarms, reclaims
from idp.domain.sessions import browser
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.people.admit import OPERATOR
from idp.journeys.provider import Provider


def erase(provider: Provider, name: str) -> str:
    """The identifier of who was erased; `name` is a user name or a proven e-mail address.

    Raises Refusal("people.unknown"), or ("people.works_here") for staff: first take the roles away, for a reason.
    """
    with provider.transaction() as tx:
        person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
        if person_id is None:
            raise Refusal("people.unknown", "nobody signs in by this name")
        if roles.of(tx.connection, person_id):
            raise Refusal("people.works_here", "who works here is not erased; take the roles away first")
        with whole():
            closings.stop(tx, person_id, Outcome.ERASED, OPERATOR)
            forget(tx, provider, person_id, OPERATOR)
    return person_id


class Unfinished(Exception):
    """Something was refused in the middle: unlike a refusal it takes back what was done before."""


@contextmanager
def whole() -> Iterator[None]:
    """What is within happens as a whole, or not at all. Raises Unfinished for a Refusal, which would be committed."""
    try:
        yield
    except Refusal as refusal:
        raise Unfinished(str(refusal)) from refusal


def forget(tx: Tx, provider: Provider, person_id: str, actor: str) -> None:
    """All of it in the caller's transaction, or nothing; services are told that sessions are over."""
    end_every_session(tx, provider, person_id, "erased", actor)
    grants.revoke_person(tx, person_id)
    for consent in consents.of_person(tx.connection, person_id):
        consents.withdraw(tx, person_id, consent.client_id, actor)
    cases.forget(tx, person_id)
    registry.forget(tx, person_id)
    browser.forget(tx, person_id)
    reclaims.stop(tx, person_id, actor)
    alarms.forget(tx, person_id)
    erasure.erase(tx, provider.vault, person_id, actor)
