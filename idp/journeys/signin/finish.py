"""The end of a sign-in: the session is started or renewed, and the service gets its answer."""

from dataclasses import dataclass, replace

from idp.domain.clients.registry import Client
from idp.domain.sessions import browser, logins, remembered
from idp.domain.sessions.browser import Authenticated, Session
from idp.foundation.audit.event import Event, Fact
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.oidc.issue_code import issue_code
from idp.journeys.oidc.log_out import end_session
from idp.journeys.oidc.respond import Answer, signed
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, at_step, goal_of, stand
from idp.journeys.signin.standing import Achieved
from idp.protocol.errors import ACCESS_DENIED, UNMET_AUTHENTICATION_REQUIREMENTS, OAuthError
from idp.protocol.response_mode import failure

WAITING = "verify-identity"


@dataclass(frozen=True, slots=True)
class Finished:
    """Where to go: an answer for a service, or a page of ours; and the session cookie's new secret if there is one.

    `remembered` is the new value of the cookie that says whom the browser remembers; None if it stays as it is.
    """

    answer: Answer | None
    return_to: str | None
    secret: str | None
    remembered: str | None = None


def finish(provider: Provider, login_id: str, visitor: Visitor, device: str) -> Finished:
    """Spend the sign-in. Raises Refusal("signin.out_of_turn") while a step is due, ("signin.gone") the second time."""
    with provider.transaction() as tx:
        login = logins.get(tx.connection, login_id, visitor.browser, tx.now, lock=True)
        progress = stand(tx.connection, provider, login, visitor.session)
        if progress.step is not None or progress.achieved is None:
            raise Refusal("signin.out_of_turn", "a step is still due")
        known, cookie = _remembering(tx, provider, progress, visitor, device)
        if known is None and "remembered" in login.facts:  # Not any more: what it stood in for is asked after all.
            logins.establish(tx, login_id, visitor.browser, remembered=None)
            return Finished(None, f"/signin/{login_id}", None)
        logins.finish(tx, login_id, visitor.browser)
        achieved = replace(progress.achieved, remembered=known)
        finished = replace(_finish(tx, provider, progress, achieved, visitor, device), remembered=cookie)
    return _signed(provider, finished, progress.goal.client)


def begin_session(provider: Provider, login_id: str, visitor: Visitor, device: str) -> str | None:
    """Let somebody who has signed in wait for her identity to be verified: a session now, the sign-in goes on later.

    The cookie's new secret, or None if the session at hand will do. Raises Refusal("signin.out_of_turn") before that.
    """
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, WAITING)
        if progress.achieved is None or _is_the_same(visitor.session, progress.achieved):
            return None
        return _session(tx, provider, progress.achieved, visitor.session, device, progress.goal.client)[1]


def _is_the_same(session: Session | None, achieved: Achieved) -> bool:
    return session is not None and session.person_id == achieved.person.id and session.auth_time == achieved.auth_time


def abandon(provider: Provider, login_id: str, visitor: Visitor, code: str = ACCESS_DENIED) -> Finished:
    """The citizen goes back to the service with an error: she declined, or her identity cannot be verified now."""
    reasons = {
        ACCESS_DENIED: "The citizen chose not to continue.",
        UNMET_AUTHENTICATION_REQUIREMENTS: "The identity is not verified at the level that was asked for.",
    }
    with provider.transaction() as tx:
        login = logins.finish(tx, login_id, visitor.browser)
        goal = goal_of(provider, login)
        tx.record(Event("signin.abandoned", login.facts.get("person", "nobody"), facts={"reason": code}))
    if goal.request is None:
        return Finished(None, "/", None)
    error = OAuthError(code, reasons[code])
    answer = Answer(goal.request.target, failure(provider.issuer, error, goal.request.state))
    return _signed(provider, Finished(answer, None, None), goal.client)


def _signed(provider: Provider, finished: Finished, client: Client | None) -> Finished:
    """With an answer as the service wants it."""
    if finished.answer is None or client is None:
        return finished
    return replace(finished, answer=signed(provider, client, finished.answer))


def _remembering(
    tx: Tx, provider: Provider, progress: InProgress, visitor: Visitor, device: str
) -> tuple[str | None, str | None]:
    """(what the browser remembers of her, the new value of its cookie): she wished it just now, or has just used it."""
    wishes, lifetime = progress.login.facts, provider.lifetimes.remembered
    if wishes.get("remember") and lifetime and not (progress.achieved and progress.achieved.handed_over):
        entry, cookie = remembered.remember(tx, progress.person_id, device, lifetime, visitor.remembered)
        return entry.id, cookie
    if "remembered" in wishes:
        used = remembered.use(tx, visitor.remembered, progress.person_id, wishes["remembered"])
        return None if used is None else wishes["remembered"], used
    return None if progress.achieved is None else progress.achieved.remembered, None


def _finish(
    tx: Tx, provider: Provider, progress: InProgress, achieved: Achieved, visitor: Visitor, device: str
) -> Finished:
    request, client = progress.goal.request, progress.goal.client
    session, secret = _session(tx, provider, achieved, visitor.session, device, client)
    if request is None or client is None:
        return Finished(None, progress.login.return_to or "/account", secret)
    try:
        parameters = issue_code(tx, provider, request, client, session, achieved.person)
    except OAuthError as error:
        parameters = failure(provider.issuer, error, request.state)
    return Finished(Answer(request.target, parameters), None, secret)


def _session(
    tx: Tx, provider: Provider, achieved: Achieved, current: Session | None, device: str, client: Client | None
) -> tuple[Session, str | None]:
    """Keep, renew or start: a fresh proof always means a new secret, another person always a new session."""
    if current is not None and current.person_id != achieved.person.id:
        end_session(tx, provider, current, "another person signed in", achieved.person.id)
        current = None
    if current is not None and not achieved.fresh:
        return current, None
    proved = Authenticated(
        achieved.person.id,
        achieved.amr,
        achieved.authentication,
        achieved.auth_time,
        achieved.handed_over,
        achieved.remembered,
    )
    renewed = None if current is None else browser.renew(tx, current, proved)
    if renewed is None or achieved.handed_over:
        _tell_of_a_new_browser(tx, provider, achieved, device)
    session, secret = renewed or browser.start(tx, proved, device, provider.lifetimes.session_absolute)
    how: dict[str, Fact] = {"strength": session.strength.word, "methods": list(session.amr), "session": session.id}
    if client is not None:
        how["client"] = client.id
    tx.record(Event("signin.completed", achieved.person.id, achieved.person.id, how))
    return session, secret


def _tell_of_a_new_browser(tx: Tx, provider: Provider, achieved: Achieved, device: str) -> None:
    """Nobody is told of the first browser of all, at which she has just registered, or was brought here.

    What was approved is always told, though she may have such a device: she could have been talked into it.
    """
    before = browser.devices(tx.connection, achieved.person.id)
    if achieved.handed_over or (before and device not in before):
        announce(tx, provider, achieved.person.id, "new_browser", device=device)
