"""What a request needs, compared with what a browser session and a sign-in in progress have established."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from idp.domain.authenticators import levels, registry
from idp.domain.authenticators.proof import Proof
from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from idp.domain.people import records
from idp.domain.people.records import Person, Status
from idp.domain.recovery import reclaims
from idp.domain.sessions.browser import Session
from idp.journeys.oidc.asking import needs_consent_to
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.journeys.signin.evidence import weigh
from idp.journeys.signin.goal import Goal, for_service
from idp.journeys.signin.next_step import Facts, Step, effort, next_step
from idp.protocol import jose
from idp.protocol.assurance import Strength
from idp.protocol.authorization import AuthorizationRequest

ADMITTED = (Status.ACTIVE, Status.CLOSING)


@dataclass(frozen=True, slots=True)
class Proved:
    """What one sign-in has established: whose proofs, which, and what the browser remembers of that person.

    `leaked` says that the password is one that became known elsewhere.
    """

    person_id: str = ""
    proofs: Sequence[Proof] = ()
    remembered: str | None = None
    leaked: bool = False


@dataclass(frozen=True, slots=True)
class Achieved:
    """Who signed in, how and when, counting the session and this sign-in; `fresh` if this sign-in added a proof.

    `handed_over`: at another device, where she approved what is done at this browser. `remembered` names what the
    browser remembers of the person; None if nothing. `leaked` as in `Proved`.
    """

    person: Person
    amr: tuple[str, ...]
    auth_time: int
    fresh: bool
    handed_over: bool
    remembered: str | None = None
    leaked: bool = False

    @property
    def authentication(self) -> Strength:
        """What the methods are worth together."""
        return levels.strength_of(self.amr)


def standing(
    connection: Connection, provider: Provider, request: AuthorizationRequest, client: Client, session: Session | None
) -> tuple[Step | None, Achieved | None]:
    """The step that stands between a session and an answer at once, and what the session has achieved.

    Pure reading, for the authorization endpoint.
    """
    goal = for_service(request, client, provider.store.now(), provider.policy, single_factor=provider.single_factor)
    achieved = achieved_by(connection, provider, goal, session, Proved())
    goal = aimed(connection, goal, achieved)
    return next_step(facts(connection, goal, achieved, consented=False, warned=False)), achieved


def achieved_by(
    connection: Connection,
    provider: Provider,
    goal: Goal,
    session: Session | None,
    proved: Proved,
) -> Achieved | None:
    """Join the session, if it counts towards the goal, and the proofs of this sign-in.

    None if nobody who may sign in is known; somebody who is closing her account may, to keep it. Raises OAuthError for
    an `id_token_hint` that cannot be read.
    """
    person_id = proved.person_id
    evidence = weigh(goal, session, person_id, proved.proofs)
    if evidence is None:
        return None
    person = records.find(connection, person_id or (evidence.session.person_id if evidence.session else ""))
    if person is None or person.status not in ADMITTED or not is_who_was_meant(provider, goal, person.id):
        return None
    remembered = proved.remembered or (evidence.session.remembered if evidence.session else None)
    return Achieved(
        person, evidence.amr, evidence.auth_time, bool(evidence.proofs), evidence.handed_over, remembered, proved.leaked
    )


def aimed(connection: Connection, goal: Goal, achieved: Achieved | None) -> Goal:
    """The goal by the one of its ways that is reached already, or takes her least; the service's order decides a tie.

    What was approved at another device is no first step to more: nothing is added to an account on the strength of it.
    """
    if achieved is None or len(goal.ways) <= 1:
        return goal
    most = achieved.authentication if achieved.handed_over else Strength.HARDWARE
    possible = [goal.by(way) for way in goal.ways if way[1] <= most]
    return min(possible, key=lambda one: effort(facts(connection, one, achieved, consented=True, warned=True)))


def facts(connection: Connection, goal: Goal, achieved: Achieved | None, *, consented: bool, warned: bool) -> Facts:
    """Everything `next_step` looks at. `warned` says that she was told who wants her account."""
    if achieved is None:
        return Facts(required_authentication=goal.authentication, required_identity=goal.identity)
    return Facts(
        person_known=True,
        just_proved=achieved.fresh,
        remembered=_is_remembered(goal, achieved),
        password_leaked=achieved.leaked,
        closing_for_service=achieved.person.status is Status.CLOSING and goal.request is not None,
        claimed_for_service=not warned and _is_claimed(connection, goal, achieved),
        reachable=_reachable(connection, goal, achieved),
        authentication=achieved.authentication,
        required_authentication=goal.authentication,
        identity=achieved.person.assurance,
        required_identity=goal.identity,
        consent_missing=_consent_missing(connection, goal, achieved.person.id, consented=consented),
        two_factors=goal.two_factors,
    )


def _reachable(connection: Connection, goal: Goal, achieved: Achieved) -> Strength:
    """Looked up only if it makes a difference: who is asked for nothing more is not asked what else she holds."""
    least = Strength.ONE_FACTOR if _is_remembered(goal, achieved) else Strength.RESTRICTED
    if achieved.authentication >= max(goal.authentication, least):
        return achieved.authentication
    return registry.reachable(connection, achieved.person.id)


def _is_claimed(connection: Connection, goal: Goal, achieved: Achieved) -> bool:
    """Looked up only when somebody signs in anew: our own pages say it, and she is written to."""
    if goal.request is None or not achieved.fresh:
        return False
    return reclaims.of_owner(connection, achieved.person.id) is not None


def _is_remembered(goal: Goal, achieved: Achieved) -> bool:
    """Whether the browser stands in for the second factor: never where somebody is to prove anew that she is there."""
    if achieved.person.status is not Status.ACTIVE or achieved.leaked:
        return False
    anew = goal.anew or goal.first_hand or goal.fresh_since != 0
    return achieved.remembered is not None and not anew


def is_who_was_meant(provider: Provider, goal: Goal, person_id: str) -> bool:
    """Whether `id_token_hint` and a wished `sub`, if sent, name this person (OpenID Connect Core section 3.1.2.1).

    Raises OAuthError for a hint that cannot be read.
    """
    request, client = goal.request, goal.client
    if request is None or client is None:
        return True
    wished = request.claims.values("sub")
    if request.id_token_hint is None and not wished:
        return True
    subject = subject_for(provider, client, person_id)
    if wished and subject not in wished:
        return False
    return request.id_token_hint is None or _hinted(provider, request.id_token_hint) == subject


def _hinted(provider: Provider, token: str) -> str:
    keys = provider.keyring.published("tokens")
    hint: Mapping[str, Any] = jose.verify(jose.ID_TOKEN_HINT, token, keys, provider.store.now(), issuer=provider.issuer)
    return str(hint["sub"])


def _consent_missing(connection: Connection, goal: Goal, person_id: str, *, consented: bool) -> bool:
    if goal.request is None or goal.client is None or consented:
        return False
    if "consent" in goal.request.prompt or goal.request.authorization_details:
        return True  # What is to be done is allowed each time anew.
    return not needs_consent_to(goal.request, goal.client) <= consents.given(connection, person_id, goal.client.id)
