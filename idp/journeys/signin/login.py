"""A sign-in in progress, read back from the database: its goal, what was achieved, and which step comes next."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from idp.domain.authenticators.proof import Proof
from idp.domain.sessions import browser as browser_sessions
from idp.domain.sessions import logins
from idp.domain.sessions.browser import Session
from idp.domain.sessions.logins import Login
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.goal import Goal, for_service
from idp.journeys.signin.next_step import Step, next_step
from idp.journeys.signin.standing import Achieved, Proved, achieved_by, aimed, facts
from idp.protocol.assurance import Level, Strength
from idp.protocol.authorization import AuthorizationRequest

WINDOW_SECONDS = 60
OTHERS = ("remember", "remembered", "leaked")
"""What is known of who was signing in, and goes when somebody else does."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens a sign-in: the secret of the browser, which it is bound to, and whence it comes on the network."""

    browser: str
    address: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Everything a page or a journey of the sign-in needs to know."""

    login: Login
    goal: Goal
    achieved: Achieved | None
    step: Step | None

    @property
    def person_id(self) -> str:
        """Who is signing in; there is nobody before the first proof."""
        if self.achieved is None:
            raise Refusal("signin.out_of_turn", "nobody has signed in yet")
        return self.achieved.person.id


def begin(
    provider: Provider,
    opener: Opener,
    *,
    request: AuthorizationRequest | None = None,
    return_to: str | None = None,
    strength: Strength = Strength.ONE_FACTOR,
    identity: Level = Level.LOW,
    fresh_since: int = 0,
    first_hand: bool = False,
) -> str:
    """Open a sign-in for a service's request or for a page of ours; returns its id.

    A page says what authentication must prove (`strength`), how well the identity must be verified (`identity`), and
    whether that must be proved at this very browser (`first_hand`). Anybody may open one, and each is kept for a while:
    raises Refusal("too_many_attempts", retry_after=seconds) if too many came from that address.
    """
    established: dict[str, Any] = {
        "strength": strength.word,
        "identity": identity.word,
        "fresh_since": fresh_since,
        "first_hand": first_hand,
    }
    stored = None if request is None else request.to_json()
    with provider.transaction() as tx:
        limits.take(
            tx,
            Limit("sign-ins opened", provider.bounds.opened_sign_ins, WINDOW_SECONDS),
            limits.network_of(opener.address),
        )
        return logins.begin(tx, opener.browser, stored, return_to, established, provider.lifetimes.login)


def look_at(provider: Provider, login_id: str, browser: str, session: Session | None) -> InProgress:
    """Where the sign-in stands, for a page. Raises Refusal("signin.gone")."""
    with provider.reading() as connection:
        login = logins.get(connection, login_id, browser, provider.store.now())
        return stand(connection, provider, login, session)


def locales_asked_for(provider: Provider, login_id: str, browser: str) -> tuple[str, ...]:
    """The `ui_locales` of the service's request; none for what is over, and for a page of ours."""
    try:
        with provider.reading() as connection:
            request = logins.get(connection, login_id, browser, provider.store.now()).request
    except Refusal:
        return ()
    return () if request is None else AuthorizationRequest.from_json(request).ui_locales


def at_step(tx: Tx, provider: Provider, login_id: str, browser: str, session: Session | None, step: str) -> InProgress:
    """As `look_at`, for a journey about to change something: it must be this step's turn.

    Raises Refusal("signin.out_of_turn"), which leads back to the right step.
    """
    progress = stand(tx.connection, provider, logins.get(tx.connection, login_id, browser, tx.now, lock=True), session)
    if progress.step is None or progress.step.name != step:
        raise Refusal("signin.out_of_turn", f"it is not the turn of {step}")
    return progress


def add_proof(tx: Tx, login_id: str, browser: str, person_id: str, proof: Proof, **more: Any) -> None:
    """Establish that the person gave a proof, and `more`.

    Somebody else's earlier proofs are dropped, and what they wished.
    """
    login = logins.get(tx.connection, login_id, browser, tx.now, lock=True)
    new: dict[str, Any]
    if login.facts.get("person") == person_id:
        new = {"proofs": [*login.facts.get("proofs", []), proof.document()]}
    else:
        new = {**dict.fromkeys(OTHERS), "person": person_id, "proofs": [proof.document()]}
    logins.add(tx, login, **new | more)


def proofs_of(login: Login) -> tuple[Proof, ...]:
    """What was proved within this sign-in."""
    return tuple(Proof.of(document) for document in login.facts.get("proofs", []))


def stand(connection: Connection, provider: Provider, login: Login, session: Session | None) -> InProgress:
    """Compare what the sign-in and the session established with what is asked for."""
    goal = goal_of(provider, login)
    known, leaked = login.facts.get("remembered"), "leaked" in login.facts
    proved = Proved(login.facts.get("person", ""), _standing_proofs(connection, login), known, leaked)
    achieved = achieved_by(connection, provider, goal, session, proved)
    goal = aimed(connection, goal, achieved)
    consented = achieved is not None and login.facts.get("consented") == achieved.person.id
    warned = achieved is not None and login.facts.get("warned") == achieved.person.id
    step = next_step(facts(connection, goal, achieved, consented=consented, warned=warned))
    return InProgress(login, goal, achieved, step)


def _standing_proofs(connection: Connection, login: Login) -> tuple[Proof, ...]:
    """An approval ends with the session it was given in: whoever says there that it was not she stops it here."""
    return tuple(
        proof
        for proof in proofs_of(login)
        if not (proof.handed_over and browser_sessions.has_ended(connection, proof.authenticator_id))
    )


def goal_of(provider: Provider, login: Login) -> Goal:
    """Where it leads. Raises Refusal("oidc.unknown_client") if the service was suspended meanwhile."""
    if login.request is None:
        return Goal(
            authentication=Strength[login.facts["strength"].upper()],
            identity=Level[login.facts["identity"].upper()],
            fresh_since=login.facts["fresh_since"],
            first_hand=login.facts.get("first_hand", True),
        )
    request = AuthorizationRequest.from_json(login.request)
    client = provider.clients.find(request.client_id)
    if client is None or not client.active:
        raise Refusal("oidc.unknown_client", "The service is not registered any more.")
    return for_service(request, client, login.created_at, provider.policy, single_factor=provider.single_factor)
