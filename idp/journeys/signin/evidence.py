"""What counts towards a goal: pure. What was proved at this browser, or what was approved at another device.

The two are never added up. Whoever tricked somebody into an approval, and knows her password besides, would have two
factors of which he proved one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.domain.authenticators import levels
from idp.domain.authenticators.proof import Proof
from idp.domain.sessions.browser import Session
from idp.journeys.signin.goal import Goal
from idp.protocol.assurance import Strength

LEAST = Strength.RESTRICTED
"""An approval is worth two factors, of whatever kind, or nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A session, if one counts, and the proofs of this sign-in, all from here or (`handed_over`) none from here."""

    session: Session | None
    proofs: tuple[Proof, ...]
    handed_over: bool

    @property
    def amr(self) -> tuple[str, ...]:
        """The methods used, each once."""
        return levels.together(self.session.amr if self.session else (), self.proofs)

    @property
    def strength(self) -> Strength:
        """What they are worth together."""
        return levels.strength_of(self.amr)

    @property
    def auth_time(self) -> int:
        """When somebody last proved to be there."""
        times = [proof.at for proof in self.proofs] or ([self.session.auth_time] if self.session else [])
        return max(times, default=0)


def needed_elsewhere(goal: Goal) -> Strength:
    """What must be proved at the other device."""
    return max(LEAST, goal.authentication)


def may_be_handed_over(goal: Goal) -> bool:
    """Whether an approval can reach it: a key that is elsewhere is no hardware here."""
    return not goal.first_hand and goal.authentication < Strength.HARDWARE


def weigh(goal: Goal, session: Session | None, person_id: str, proofs: Sequence[Proof]) -> Evidence | None:
    """The stronger of what was proved here and what was handed over; None if there is neither.

    `person_id` says whose the proofs of this sign-in are; it is empty before the first.
    """
    if session is not None and not _counts(goal, session, person_id):
        session = None
    here = _here(session, proofs)
    elsewhere = _elsewhere(goal, session, proofs)
    if here is None or (elsewhere is not None and elsewhere.strength > here.strength):
        return elsewhere
    return here


def _counts(goal: Goal, session: Session, person_id: str) -> bool:
    """A session that is too old counts for nothing, not even for its second factor: signing in again is signing in."""
    return not goal.anew and session.auth_time >= goal.fresh_since and person_id in ("", session.person_id)


def _here(session: Session | None, proofs: Sequence[Proof]) -> Evidence | None:
    own = tuple(proof for proof in proofs if not proof.handed_over)
    held = None if session is None or session.handed_over else session
    return Evidence(held, own, handed_over=False) if held or own else None


def _elsewhere(goal: Goal, session: Session | None, proofs: Sequence[Proof]) -> Evidence | None:
    """The last approval of this sign-in, or a session that began with one; never for less than all that is needed.

    Such a session is never fresh. Who asks for that wants somebody to be there, and she was somewhere else.
    """
    approved = tuple(proof for proof in proofs if proof.handed_over)[-1:]
    held = None if approved or session is None or not session.handed_over or goal.fresh_since else session
    found = Evidence(held, approved, handed_over=True)
    enough = found.strength >= needed_elsewhere(goal) and may_be_handed_over(goal)
    return found if enough and (held or approved) else None
