"""On the way to a service she learns that somebody is about to have her account, and stops it or lets it be."""

from idp.domain.recovery.reclaims import Reclaim
from idp.domain.sessions import logins
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, at_step

STEP = "reclaim"


def waiting(provider: Provider, progress: InProgress) -> Reclaim | None:
    """What is about to take her account; None if nothing is any more."""
    return reclaim.against(provider, progress.person_id)


def stop(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """She keeps it. Raises Refusal("signin.out_of_turn") before every factor was proved."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        reclaim.stop_within(tx, provider, progress.person_id)


def let_it_be(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """She knows of it, and goes on. Raises as `stop`."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        logins.establish(tx, login_id, visitor.browser, warned=progress.person_id)
