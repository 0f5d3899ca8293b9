"""RFC 8693, https://www.rfc-editor.org/rfc/rfc8693: a resource server calls another one for the same person.

What an exchange gives is never more than what it took: not in scope, not in time. Left out: token types other than our
own access tokens (sections 2.1 and 3), a subject that is no person, `may_act` (section 4.4): who may act is registered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from idp.protocol.errors import INVALID_REQUEST, INVALID_SCOPE, INVALID_TARGET, OAuthError
from idp.protocol.parameters import every, required, space_separated
from idp.protocol.resource_indicator import requested

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (a registered name, no secret)
MOST_ACTORS: Final = 4
"""Through how many hands a token may go."""


@dataclass(frozen=True, slots=True)
class ExchangeRequest:
    """Section 2.1. `scope` is None for all that the subject token has."""

    subject_token: str
    actor_token: str | None
    resources: tuple[str, ...]
    audiences: tuple[str, ...]
    scope: tuple[str, ...] | None


def parse_request(parameters: Mapping[str, str]) -> ExchangeRequest:
    """Section 2.1. Raises OAuthError(invalid_request), or (invalid_target) when no place to use the token is named."""
    subject_token = required(parameters, "subject_token")
    _check_type("subject_token_type", required(parameters, "subject_token_type"))
    _check_type("requested_token_type", parameters.get("requested_token_type", ACCESS_TOKEN))
    actor_token = parameters.get("actor_token")
    if actor_token is not None:
        _check_type("actor_token_type", required(parameters, "actor_token_type"))
    elif "actor_token_type" in parameters:
        raise OAuthError(INVALID_REQUEST, "actor_token_type is of no use without actor_token.")
    resources, audiences = requested(parameters), every(parameters, "audience")
    if not resources and not audiences:
        raise OAuthError(INVALID_TARGET, "resource or audience must say where the token is to be used.")
    scope = space_separated(parameters["scope"]) if "scope" in parameters else None
    return ExchangeRequest(subject_token, actor_token, resources, audiences, scope)


def narrowed(asked: tuple[str, ...] | None, held: Collection[str]) -> tuple[str, ...]:
    """The scope of the new token: of what the subject token has. Raises OAuthError(invalid_scope) for anything else."""
    if asked is not None and not set(asked) <= set(held):
        raise OAuthError(INVALID_SCOPE, "An exchange cannot widen the scope of the subject_token.")
    return tuple(held) if asked is None else asked


def chained(actor: str | None, before: tuple[str, ...]) -> tuple[str, ...]:
    """Who acts, newest first (section 4.1); None adds nobody. Raises OAuthError(invalid_request) for too many."""
    actors = before if actor is None else (actor, *before)
    if len(actors) > MOST_ACTORS:
        raise OAuthError(INVALID_REQUEST, f"The subject_token has been through {MOST_ACTORS} hands already.")
    return actors


def _check_type(name: str, value: str) -> None:
    """Section 3."""
    if value != ACCESS_TOKEN:
        raise OAuthError(INVALID_REQUEST, f"{name} must be {ACCESS_TOKEN}.")
