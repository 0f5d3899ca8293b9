"""A passkey that the browser makes by itself beside a password, while the citizen reads what she is asked to share.

Web Authentication Level 3 section 5.1.3 (conditional mediation). It needs a page of ours after a whole sign-in, and
adds none: whoever is sent on at once is offered nothing, and nobody waits for it.
"""

from idp.journeys.account import passkeys
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.consent import STEP
from idp.journeys.signin.login import InProgress, at_step
from idp.protocol.assurance import Amr


def options(provider: Provider, progress: InProgress) -> tuple[str, str] | None:
    """(challenge id, options as JSON) after a password and a second factor; None if she has a passkey already."""
    return passkeys.quiet_options(provider, progress.person_id) if _proved(progress) else None


def add(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str, label: str) -> None:
    """Bind it. Raises Refusal("signin.out_of_turn") or ("authenticators.passkey....")."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        if _proved(progress):
            passkeys.bind_quietly(tx, provider, progress.person_id, challenge_id, response, label)


def _proved(progress: InProgress) -> bool:
    """Who binds something has proved just now to be there, with all that her account asks for."""
    achieved = progress.achieved
    return achieved is not None and achieved.fresh and {Amr.PASSWORD, Amr.MULTIPLE_FACTORS} <= set(achieved.amr)
