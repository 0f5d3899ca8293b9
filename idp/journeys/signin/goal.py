"""Where a sign-in leads, and what that asks for: pure, from a service's request or from a page of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from idp.domain.clients.registry import Client
from idp.protocol.assurance import Level, Policy, Strength, asked_of
from idp.protocol.authorization import CREATE, AuthorizationRequest
from idp.protocol.errors import UNMET_AUTHENTICATION_REQUIREMENTS, OAuthError

Way = tuple[Level, Strength]
"""(identity, authentication): what one of the acr values asks for."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What must be reached. `request` and `client` are None for a page of ours.

    No proof from before `fresh_since` (Unix seconds) counts; with `anew`, none from before this sign-in does; with
    `first_hand`, none that was given at another device. With `two_factors`, one does not do, whatever the level, unless
    the browser remembers her. Where several `ways` would do, most wanted first, one of them is aimed at: the one
    that the weakest authentication reaches, and once somebody is known the one that takes her least.
    """

    request: AuthorizationRequest | None = None
    client: Client | None = None
    authentication: Strength = Strength.ONE_FACTOR
    identity: Level = Level.LOW
    fresh_since: int = 0
    anew: bool = False
    first_hand: bool = False
    two_factors: bool = False
    ways: tuple[Way, ...] = ()

    def by(self, way: Way) -> "Goal":
        """The same, reached in this way."""
        identity, authentication = way
        return replace(self, identity=identity, authentication=authentication)


def for_service(
    request: AuthorizationRequest, client: Client, asked_at: int, policy: Policy, *, single_factor: bool = False
) -> Goal:
    """The goal of a request that came at `asked_at`. `max_age` counts from then, not from when the citizen is done.

    One factor does only where the operator allows that (`single_factor`) and the service wants it.

    Raises OAuthError(unmet_authentication_requirements) if the service insists on a level that does not exist.
    """
    ways = _required(request, client, policy)
    identity, authentication = min(ways, key=_strength)
    return Goal(
        request=request,
        client=client,
        authentication=authentication,
        identity=identity,
        fresh_since=0 if request.max_age is None else asked_at - request.max_age,
        anew=bool(request.prompt & {"login", "select_account", CREATE}) or request.max_age == 0,
        two_factors=not (single_factor and client.metadata.single_factor),
        ways=ways,
    )


def _required(request: AuthorizationRequest, client: Client, policy: Policy) -> tuple[Way, ...]:
    """OpenID Connect Core 5.5.1.1: one of the values of an essential `acr` must be met; `acr_values` are a wish.

    The level a service registered is its policy, and is required of every request that does not wish for another.
    """
    registered = client.metadata.default_acr_values
    is_policy = bool(registered) and request.acr_wanted == registered
    if not request.acr_is_essential and not is_policy:
        return ((Level.LOW, Strength.ONE_FACTOR),)
    known = [asked for value in request.acr_wanted if (asked := asked_of(value, policy)) is not None]
    if not known:
        raise OAuthError(UNMET_AUTHENTICATION_REQUIREMENTS, "None of the acr values asked for exists here.")
    return tuple(way for way in dict.fromkeys(known) if not _is_beyond(way, known))


def _is_beyond(way: Way, others: Sequence[Way]) -> bool:
    """Whether another is always reached on the way to this one."""
    return any(other != way and other[0] <= way[0] and other[1] <= way[1] for other in others)


def _strength(way: Way) -> Strength:
    return way[1]
