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
from idp.domain.sessions.browser import Session
from idp.journeys.oidc.asking import needs_consent_to
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.journeys.signin.next_step import Facts, Step, next_step
from idp.protocol import jose
from idp.protocol.assurance import Level
from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.errors import LOGIN_REQUIRED, OAuthError


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a sign-in leads: to a service (`request` and `client`), or to a page of ours that needs some level."""

    request: AuthorizationRequest | None = None
    client: Client | None = None
    level: Level = Level.LOW
    fresh_since: int | None = None

    @property
    def required(self) -> Level:
        """The least level that will do; a voluntary wish requires nothing."""
        if self.request is None or not self.request.acr_is_essential:
            return self.level
        known = [level for value in self.request.acr_wanted if (level := Level.of(value)) is not None]
        return min(known, default=Level.LOW)


@dataclass(frozen=True, slots=True)
class Achieved:
    """Who signed in, how and when, counting the session and this sign-in; `fresh` if this sign-in added a proof."""

    person: Person
    amr: tuple[str, ...]
    auth_time: int
    fresh: bool

    @property
    def authentication(self) -> Level:
        """What the methods are worth together."""
        return levels.level_of(self.amr)


def standing(
    connection: Connection, provider: Provider, request: AuthorizationRequest, client: Client, session: Session | None
) -> tuple[Step | None, Achieved | None]:
    """The step that stands between a session and an answer at once, and what the session has achieved.

    Pure reading, for the authorization endpoint.
    """
    achieved = None if session is None else achieved_by(connection, session, None, ())
    return next_step(facts(connection, provider, Goal(request, client), achieved, consented=False)), achieved


def achieved_by(
    connection: Connection, session: Session | None, person_id: str | None, proofs: Sequence[Proof]
) -> Achieved | None:
    """Join a session and fresh proofs; the session counts only if it is the same person's."""
    person_id = person_id or (None if session is None else session.person_id)
    person = None if person_id is None else records.find(connection, person_id)
    if person is None or person.status is not Status.ACTIVE:
        return None
    earlier = session if session is not None and session.person_id == person.id else None
    if earlier is None and not proofs:
        return None
    amr = levels.together(() if earlier is None else earlier.amr, proofs)
    times = [proof.at for proof in proofs] or [0 if earlier is None else earlier.auth_time]
    return Achieved(person, amr, max(times), bool(proofs))


def facts(
    connection: Connection, provider: Provider, goal: Goal, achieved: Achieved | None, *, consented: bool
) -> Facts:
    """Everything `next_step` looks at."""
    if achieved is None:
        return Facts(required=goal.required)
    held = achieved.authentication < Level.HIGH and registry.has_second_factor(connection, achieved.person.id)
    return Facts(
        person_known=True,
        must_reauthenticate=_must_reauthenticate(provider, goal, achieved),
        authentication=achieved.authentication,
        has_second_factor=held,
        identity=achieved.person.assurance,
        required=goal.required,
        consent_missing=_consent_missing(connection, goal, achieved.person.id, consented=consented),
    )


def _must_reauthenticate(provider: Provider, goal: Goal, achieved: Achieved) -> bool:
    """OpenID Connect Core section 3.1.2.1: prompt, max_age, and a person who must be a certain one."""
    if goal.fresh_since is not None and achieved.auth_time < goal.fresh_since:
        return True
    if goal.request is None or goal.client is None:
        return False
    if not achieved.fresh and goal.request.prompt & {"login", "select_account"}:
        return True
    too_old = goal.request.max_age is not None and provider.store.now() - achieved.auth_time > goal.request.max_age
    return too_old or not is_who_was_meant(provider, goal.request, goal.client, achieved.person.id)


def is_who_was_meant(provider: Provider, request: AuthorizationRequest, client: Client, person_id: str) -> bool:
    """Whether `id_token_hint` and a wished `sub`, if sent, name this person. Raises OAuthError for a bad hint."""
    meant = {*request.claims.values("sub")}
    if request.id_token_hint is not None:
        hint: Mapping[str, Any] = jose.verify(
            jose.ID_TOKEN_HINT,
            request.id_token_hint,
            provider.keyring.published("tokens"),
            provider.store.now(),
            issuer=provider.issuer,
        )
        meant.add(str(hint["sub"]))
    return not meant or subject_for(provider, client, person_id) in meant


def require_who_was_meant(provider: Provider, request: AuthorizationRequest, client: Client, person_id: str) -> None:
    """Raises OAuthError(login_required) when somebody else signed in than the service asked for."""
    if not is_who_was_meant(provider, request, client, person_id):
        raise OAuthError(LOGIN_REQUIRED, "Another person than the one asked for signed in.")


def _consent_missing(connection: Connection, goal: Goal, person_id: str, *, consented: bool) -> bool:
    if goal.request is None or goal.client is None or consented:
        return False
    if "consent" in goal.request.prompt:
        return True
    return not needs_consent_to(goal.request) <= consents.given(connection, person_id, goal.client.id)
