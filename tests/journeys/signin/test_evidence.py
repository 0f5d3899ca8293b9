"""What was proved here and what was handed over are weighed apart: one never makes up for what the other lacks."""

from dataclasses import replace

import pytest

from idp.domain.authenticators.proof import HANDOVER, KNOWLEDGE, POSSESSION, Proof
from idp.domain.sessions.browser import Session
from idp.journeys.signin.evidence import may_be_handed_over, needed_elsewhere, weigh
from idp.journeys.signin.goal import Goal
from idp.protocol.assurance import Strength

NOW = 1_800_000_000
TWO = ("pwd", "otp", "mfa")
PASSWORD = Proof("password", "p", frozenset({KNOWLEDGE}), ("pwd",), NOW)
CODE = Proof("totp", "t", frozenset({POSSESSION}), ("otp",), NOW)
KEY = Proof("passkey", "k", frozenset({POSSESSION}), ("hwk",), NOW)
APPROVED = Proof(HANDOVER, "a session", frozenset({KNOWLEDGE, POSSESSION}), TWO, NOW - 5)
BY_MESSAGE = replace(APPROVED, amr=("pwd", "sms", "mfa"))
MINE = Session("s", "anna", TWO, Strength.TWO_FACTORS, "", NOW - 60, NOW - 60, NOW - 60, NOW + 60)
HANDED = replace(MINE, handed_over=True)
PLAIN = Goal()


@pytest.mark.parametrize(
    ("goal", "session", "proofs", "handed_over", "strength"),
    [
        (PLAIN, MINE, (), False, Strength.TWO_FACTORS),
        (PLAIN, HANDED, (), True, Strength.TWO_FACTORS),
        (PLAIN, None, (APPROVED,), True, Strength.TWO_FACTORS),
        (PLAIN, None, (PASSWORD,), False, Strength.ONE_FACTOR),
        (PLAIN, None, (PASSWORD, APPROVED), True, Strength.TWO_FACTORS),
        (PLAIN, MINE, (APPROVED,), False, Strength.TWO_FACTORS),
        (PLAIN, HANDED, (PASSWORD, CODE), False, Strength.TWO_FACTORS),
        (PLAIN, None, (BY_MESSAGE,), True, Strength.RESTRICTED),
        (Goal(first_hand=True), HANDED, (PASSWORD,), False, Strength.ONE_FACTOR),
        (Goal(first_hand=True), None, (PASSWORD, APPROVED), False, Strength.ONE_FACTOR),
        (Goal(first_hand=True), MINE, (), False, Strength.TWO_FACTORS),
        (Goal(authentication=Strength.HARDWARE), HANDED, (KEY,), False, Strength.ONE_FACTOR),
        (Goal(authentication=Strength.HARDWARE), None, (APPROVED, KEY), False, Strength.ONE_FACTOR),
        (Goal(authentication=Strength.TWO_FACTORS), None, (BY_MESSAGE, CODE), False, Strength.ONE_FACTOR),
        (Goal(anew=True), HANDED, (APPROVED,), True, Strength.TWO_FACTORS),
        (Goal(fresh_since=NOW - 3600), HANDED, (APPROVED,), True, Strength.TWO_FACTORS),
    ],
)
def test_what_counts(goal, session, proofs, handed_over, strength):
    found = weigh(goal, session, "anna" if proofs else "", proofs)
    assert found is not None
    assert (found.handed_over, found.strength) == (handed_over, strength)


@pytest.mark.parametrize(
    ("goal", "session", "proofs"),
    [
        (PLAIN, None, ()),
        (Goal(first_hand=True), HANDED, ()),
        (Goal(first_hand=True), None, (APPROVED,)),
        (Goal(fresh_since=NOW - 3600), HANDED, ()),
        (Goal(anew=True), HANDED, ()),
        (Goal(authentication=Strength.HARDWARE), HANDED, (APPROVED,)),
        (Goal(authentication=Strength.TWO_FACTORS), None, (BY_MESSAGE,)),
        (PLAIN, replace(HANDED, amr=("pwd",), strength=Strength.ONE_FACTOR), ()),
        (PLAIN, None, (replace(APPROVED, amr=("pwd",), factors=frozenset({KNOWLEDGE})),)),
    ],
)
def test_what_counts_for_nothing(goal, session, proofs):
    assert weigh(goal, session, "anna" if proofs else "", proofs) is None


def test_a_session_of_somebody_else_adds_nothing_to_an_approval():
    found = weigh(PLAIN, replace(MINE, person_id="boris"), "anna", (APPROVED,))
    assert found is not None
    assert (found.session, found.handed_over, found.auth_time) == (None, True, NOW - 5)


def test_what_must_be_proved_elsewhere_is_what_is_asked_for_and_two_factors_at_least():
    asked = [Goal(authentication=strength) for strength in Strength]
    assert [needed_elsewhere(goal) for goal in asked if may_be_handed_over(goal)] == [
        Strength.RESTRICTED,
        Strength.RESTRICTED,
        Strength.TWO_FACTORS,
    ]
    assert not may_be_handed_over(Goal(authentication=Strength.HARDWARE))
