"""Which step of a sign-in comes next: a pure function over facts, and one table.

Steps never lead to one another. A page visited out of order finds that it is not its turn, so no factor is skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass

from idp.protocol.assurance import Level, Strength
from idp.protocol.errors import CONSENT_REQUIRED, INTERACTION_REQUIRED, LOGIN_REQUIRED


@dataclass(frozen=True, slots=True)
class Facts:
    """What is established about one sign-in, and what it must reach: the least, where nothing more is needed.

    `person_known` counts only proofs that are young enough for the request, and of whom it asks for; `just_proved` says
    that one was given within this very sign-in; `remembered` that the browser knows her, so that one factor may do;
    `password_leaked` that it is to be replaced; `closing_for_service` that a service waits for somebody who is closing
    her account; `claimed_for_service` that it waits for one whose account somebody else is about to have, and who was
    not told of it in this sign-in; `reachable` is the most that the person can prove with what she holds; `two_factors`
    that one does not do for the service, whatever level it asks for.
    """

    person_known: bool = False
    just_proved: bool = False
    remembered: bool = False
    password_leaked: bool = False
    closing_for_service: bool = False
    claimed_for_service: bool = False
    reachable: Strength = Strength.ONE_FACTOR
    authentication: Strength = Strength.ONE_FACTOR
    required_authentication: Strength = Strength.ONE_FACTOR
    identity: Level = Level.LOW
    required_identity: Level = Level.LOW
    consent_missing: bool = False
    two_factors: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One page of signing in: `due` says whether it is needed, `prompt_none_error` what a silent request is told."""

    name: str
    due: Callable[[Facts], bool]
    prompt_none_error: str


def somebody_must_sign_in(facts: Facts) -> bool:
    """Nobody is known, or an old session is all we have of somebody about to add a second factor.

    Without the second rule, whoever finds a session open could bind a factor of their own to it.
    """
    return not facts.person_known or (a_second_factor_is_needed(facts) and not facts.just_proved)


def a_second_factor_is_held(facts: Facts) -> bool:
    """Who has a second factor is asked for it, and for a stronger one if the service needs that.

    Where she had her browser remember her she is asked only for what the service needs; not to keep her account,
    nor after a password that others may know.
    """
    least = Strength.ONE_FACTOR if _is_trusted(facts) else Strength.RESTRICTED
    wanted = min(facts.reachable, max(facts.required_authentication, least))
    return facts.authentication < wanted


def the_password_must_be_replaced(facts: Facts) -> bool:
    """Whoever found it in a list must not be able to use it again."""
    return facts.password_leaked


def the_account_must_be_kept(facts: Facts) -> bool:
    """Services hear nothing of an account that is being closed."""
    return facts.closing_for_service


def she_must_know_who_wants_her_account(facts: Facts) -> bool:
    """Whoever can sign in has not lost everything, so somebody else may have said so in her name."""
    return facts.claimed_for_service


def a_second_factor_is_needed(facts: Facts) -> bool:
    """The service asks for more than the person can prove, so what is missing is added now.

    A browser that remembers her does so because she proved two.
    """
    least = Strength.RESTRICTED if facts.two_factors and not _is_trusted(facts) else Strength.ONE_FACTOR
    return max(facts.required_authentication, least) > max(facts.authentication, facts.reachable)


def identity_must_be_verified(facts: Facts) -> bool:
    """The service asks to know better who this is than we do."""
    return facts.required_identity > facts.identity


def consent_must_be_given(facts: Facts) -> bool:
    """Something would be shared that was not allowed before."""
    return facts.consent_missing


def effort(facts: Facts) -> tuple[int, bool]:
    """How much is to be got that she has not, and whether what she has is to be shown: for comparing goals."""
    return a_second_factor_is_needed(facts) + identity_must_be_verified(facts), a_second_factor_is_held(facts)


def _is_trusted(facts: Facts) -> bool:
    return facts.remembered and not facts.closing_for_service and not facts.password_leaked


STEPS = (
    Step("authenticate", somebody_must_sign_in, LOGIN_REQUIRED),
    Step("second-factor", a_second_factor_is_held, LOGIN_REQUIRED),
    Step("new-password", the_password_must_be_replaced, INTERACTION_REQUIRED),
    Step("closing", the_account_must_be_kept, LOGIN_REQUIRED),
    Step("reclaim", she_must_know_who_wants_her_account, INTERACTION_REQUIRED),
    Step("enrol", a_second_factor_is_needed, INTERACTION_REQUIRED),
    Step("verify-identity", identity_must_be_verified, INTERACTION_REQUIRED),
    Step("consent", consent_must_be_given, CONSENT_REQUIRED),
)


def next_step(facts: Facts) -> Step | None:
    """The first step that is due; None when the sign-in can be finished."""
    return next((step for step in STEPS if step.due(facts)), None)
