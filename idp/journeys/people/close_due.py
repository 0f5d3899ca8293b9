"""What the courier does for accounts that wait to be closed: remind their people, and in the end erase them."""

import logging
from collections.abc import Callable

from idp.domain.people import closings, records
from idp.domain.recovery import reclaims
from idp.journeys.account.close import tell
from idp.journeys.notify import notify
from idp.journeys.people.erase import forget, whole
from idp.journeys.provider import Provider

ACTOR = "system"
LATER = 3600
"""Seconds until an erasure that failed or has to wait is tried again; it holds up nobody else's."""
log = logging.getLogger(__name__)


def run(provider: Provider) -> None:
    """One round: everything that is due. Any number of couriers may run it at the same time."""
    with provider.reading() as connection:
        due = closings.due(connection, provider.store.now())
        remind = closings.to_remind(connection, provider.store.now())
    for closing_id in due:
        _try(provider, closing_id, erase)
    for closing_id in remind:
        _try(provider, closing_id, remind_of)


def erase(provider: Provider, closing_id: str) -> None:
    """All at once or not at all: a courier that dies in the middle leaves it to the next one.

    Somebody may have proved to be its owner, who lost every way in to keep it: until that is settled nothing is erased.
    """
    with provider.transaction() as tx, whole():
        owner = records.hold(tx, closings.whose(tx.connection, closing_id))
        if reclaims.of_owner(tx.connection, owner.id) is not None:
            closings.postpone(tx, closing_id, LATER)
            return
        closing = closings.finish(tx, closing_id)
        if closing is not None:
            notify(tx, provider, closing.person_id, "closing_done")
            forget(tx, provider, closing.person_id, ACTOR)


def remind_of(provider: Provider, closing_id: str) -> None:
    """Write once that it will soon be too late."""
    with provider.transaction() as tx, whole():
        closing = closings.reminded(tx, closing_id)
        if closing is not None:
            tell(tx, provider, closing, "closing_soon")


def _try(provider: Provider, closing_id: str, work: Callable[[Provider, str], None]) -> None:
    try:
        work(provider, closing_id)
    except provider.store.unavailable:
        raise
    except Exception:
        log.exception("closing %s: %s failed, to be tried again", closing_id, work.__name__)
        with provider.transaction() as tx:
            closings.postpone(tx, closing_id, LATER)
