"""An account that its owner cannot open any more, given back to whoever proved to staff that she is its owner.

She makes a new account, has her identity verified in it, and waits: her former account's addresses are all told, each
time with a link that stops it. When the days are over she binds new ways to sign in, and the new account goes.
"""

from idp.domain.oversight import roles
from idp.domain.people import closings, identifiers, records
from idp.domain.people.records import Status
from idp.domain.proofing.cases import Case
from idp.domain.recovery import reclaims
from idp.domain.recovery.reclaims import Reclaim
from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.account.close import keep_within
from idp.journeys.notify import announce, notify, spoken_day
from idp.journeys.people.erase import forget, whole
from idp.journeys.provider import Provider

GIVEN_BACK = (Status.ACTIVE, Status.CLOSING, Status.REPORTED)
"""What an operator locked, only an operator gives back."""
PROVED = "identity"
LETTER = "reclaim_begun"
"""What the account's owner is sent, with a link that stops it."""


def begin(tx: Tx, provider: Provider, owner_id: str, case: Case, verifier_id: str) -> bool:
    """Her identity is verified: the days begin. False if it cannot be: somebody else's waits, or it is locked.

    It holds the record: whoever locks or erases the account at this moment was first, or stops what begins here.
    """
    if records.hold(tx, owner_id).status not in GIVEN_BACK or roles.of(tx.connection, case.person_id):
        return False
    waiting = provider.lifetimes.reclaim
    try:
        made = reclaims.begin(tx, owner_id, case.person_id, case.reference, waiting, verifier_id)
    except Refusal:
        return False
    _tell_owner(tx, provider, made)
    notify(tx, provider, made.claimant_id, "reclaim_waits", day=_day(tx, provider, made.claimant_id, made.ripe_at))
    return True


def against(provider: Provider, person_id: str) -> Reclaim | None:
    """What is about to take this person's account, for its page."""
    with provider.reading() as connection:
        return reclaims.of_owner(connection, person_id)


def of_mine(provider: Provider, person_id: str) -> Reclaim | None:
    """The former account that this person is about to have back."""
    with provider.reading() as connection:
        return reclaims.of_claimant(connection, person_id)


def stop(provider: Provider, person_id: str) -> None:
    """Its owner can open it, so nobody takes it; or she who wanted it wants it no more."""
    with provider.transaction() as tx:
        stop_within(tx, provider, person_id)


def stop_within(tx: Tx, provider: Provider, person_id: str, actor: str | None = None) -> None:
    """As `stop`, within the caller's transaction; `actor` is somebody else who ends it."""
    for stopped in reclaims.stop(tx, person_id, actor or person_id):
        notify(tx, provider, stopped.claimant_id, "reclaim_stopped")


def resume(provider: Provider, claimant_id: str, browser: str) -> str:
    """The days are over: a recovery in which the account is proved; returns its id.

    Raises Refusal("recovery.reclaim_over") before that, and for whoever has nothing to take.
    """
    with provider.transaction() as tx:
        mine = reclaims.of_claimant(tx.connection, claimant_id)
        if mine is None or mine.ripe_at > tx.now:
            raise Refusal("recovery.reclaim_over", "nothing is ripe")
        established = {"claimed": mine.person_id, "ways": [PROVED], "enough": True, "reclaim": mine.id}
        return logins.begin(tx, browser, None, "/account", established, provider.lifetimes.login)


def take(tx: Tx, provider: Provider, reclaim_id: str) -> None:
    """Spend it: her new address moves to the account that she takes, and the new account is erased.

    Raises Refusal("recovery.reclaim_over").
    """
    taken = reclaims.take(tx, reclaim_id)
    with whole():
        proven = [
            one
            for one in identifiers.of(tx.connection, provider.vault, taken.claimant_id)
            if one.kind in ("email", "phone") and one.verified_at is not None
        ]
        for one in proven:
            identifiers.release(tx, provider.vault, taken.claimant_id, one.kind, one.value)
        forget(tx, provider, taken.claimant_id, taken.person_id)
        for one in proven:
            identifiers.claim(tx, provider.vault, taken.person_id, one.kind, one.value, tx.now)
        if closings.live(tx.connection, taken.person_id) is not None:
            keep_within(tx, provider, taken.person_id)  # Whoever comes for her account wants it.


def remind(provider: Provider) -> None:
    """The courier's round: both sides are told half-way, and when the days are over."""
    with provider.reading() as connection:
        due = reclaims.to_remind(connection, provider.store.now())
    for reclaim_id in due:
        _remind_of(provider, reclaim_id)


def _remind_of(provider: Provider, reclaim_id: str) -> None:
    with provider.transaction() as tx:
        one = reclaims.reminded(tx, reclaim_id)
        if one is None:
            return
        _tell_owner(tx, provider, one)
        if one.ripe_at <= tx.now:
            notify(tx, provider, one.claimant_id, "reclaim_ripe")


def _tell_owner(tx: Tx, provider: Provider, one: Reclaim) -> None:
    day = _day(tx, provider, one.person_id, one.ripe_at)
    announce(tx, provider, one.person_id, LETTER, day=day, reference=one.reference)


def _day(tx: Tx, provider: Provider, person_id: str, at: int) -> str:
    return spoken_day(provider, at, records.get(tx.connection, person_id).locale)
