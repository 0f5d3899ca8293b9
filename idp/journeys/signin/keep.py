"""Keeping an account that is being closed, on the way to a service."""

from idp.domain.people import closings
from idp.journeys.account.close import keep_within
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, at_step

STEP = "closing"


def due_at(provider: Provider, progress: InProgress) -> int:
    """When the account will be closed, Unix seconds; 0 if it will not be any more."""
    with provider.reading() as connection:
        closing = closings.live(connection, progress.person_id)
    return 0 if closing is None else closing.due_at


def keep(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """Keep the account and go on. Raises Refusal("signin.out_of_turn") before every factor was proved."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        keep_within(tx, provider, progress.person_id)
