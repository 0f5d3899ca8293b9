"""What proofs are worth together: two factors of different kinds, never the same kind twice."""

import pytest

from idp.domain.authenticators import levels
from idp.domain.authenticators.proof import INHERENCE, KNOWLEDGE, POSSESSION, Proof
from idp.protocol.assurance import Strength

WORD = Proof("password", "1", frozenset({KNOWLEDGE}), ("pwd",), 1)
APP = Proof("totp", "2", frozenset({POSSESSION}), ("otp",), 2)
SHEET = Proof("recovery_code", "3", frozenset({POSSESSION}), ("otp",), 3)
KEY = Proof("passkey", "4", frozenset({POSSESSION}), ("swk", "user"), 4, phishing_resistant=True)
PASSKEY = Proof("passkey", "5", frozenset({POSSESSION, INHERENCE}), ("swk", "user"), 5, phishing_resistant=True)
MESSAGE = Proof("sms", "6", frozenset({POSSESSION}), ("sms",), 6)
CARD = Proof("passkey", "7", frozenset({POSSESSION, INHERENCE}), ("hwk", "user"), 7, phishing_resistant=True)
STICK = Proof("passkey", "8", frozenset({POSSESSION}), ("hwk", "user"), 8, phishing_resistant=True)
HOUR, MINUTE = 3600, 60


@pytest.mark.parametrize(
    ("proofs", "strength"),
    [
        ([], Strength.ONE_FACTOR),
        ([WORD], Strength.ONE_FACTOR),
        ([APP], Strength.ONE_FACTOR),
        ([KEY], Strength.ONE_FACTOR),
        ([WORD, WORD], Strength.ONE_FACTOR),
        ([APP, SHEET], Strength.ONE_FACTOR),
        ([APP, KEY], Strength.ONE_FACTOR),
        ([WORD, APP], Strength.TWO_FACTORS),
        ([WORD, SHEET], Strength.TWO_FACTORS),
        ([WORD, KEY], Strength.TWO_FACTORS),
        ([PASSKEY], Strength.TWO_FACTORS),
        ([WORD, MESSAGE], Strength.RESTRICTED),
        ([WORD, MESSAGE, APP], Strength.TWO_FACTORS),
        ([MESSAGE, APP], Strength.ONE_FACTOR),
        ([CARD], Strength.HARDWARE),
        ([WORD, STICK], Strength.HARDWARE),
        ([STICK], Strength.ONE_FACTOR),
        ([APP, STICK], Strength.ONE_FACTOR),
    ],
)
def test_two_different_factors_are_worth_more_than_one(proofs, strength):
    assert levels.strength(proofs) is strength


def test_a_second_proof_joins_what_the_session_proved():
    assert levels.together(("pwd",), [APP]) == ("pwd", "otp", "mfa")


def test_the_same_factor_again_makes_no_second_one():
    assert levels.together(("otp",), [KEY]) == ("otp", "swk", "user")


def test_what_was_several_factors_stays_so():
    assert levels.together(("swk", "user", "mfa"), [WORD]) == ("swk", "user", "pwd", "mfa")


@pytest.mark.parametrize("proof", [WORD, APP, SHEET, KEY, PASSKEY])
def test_a_proof_is_the_same_after_it_was_stored(proof):
    assert Proof.of(proof.document()) == proof


@pytest.mark.parametrize(
    ("proofs", "since", "idle", "strength"),
    [
        ([CARD], 12 * HOUR - 1, 15 * MINUTE - 1, Strength.HARDWARE),
        ([CARD], 12 * HOUR, 0, Strength.TWO_FACTORS),
        ([CARD], 15 * MINUTE, 15 * MINUTE, Strength.TWO_FACTORS),
        ([CARD], 24 * HOUR, 0, Strength.ONE_FACTOR),
        ([WORD, APP], 24 * HOUR - 1, HOUR - 1, Strength.TWO_FACTORS),
        ([WORD, APP], 24 * HOUR, 0, Strength.ONE_FACTOR),
        ([WORD, APP], HOUR, HOUR, Strength.ONE_FACTOR),
        ([WORD], 30 * 24 * HOUR, 0, Strength.ONE_FACTOR),
    ],
)
def test_what_was_proved_counts_for_less_as_time_goes_by(proofs, since, idle, strength):
    """NIST SP 800-63B sections 2.2.3 and 2.3.3."""
    now = 100 * 24 * HOUR
    assert levels.standing(levels.amr(proofs), now - since, now - idle, now) is strength


@pytest.mark.parametrize("proofs", [[CARD], [WORD, STICK], [WORD, APP], [PASSKEY], [WORD, MESSAGE], [WORD]])
@pytest.mark.parametrize("strength", Strength)
def test_what_still_counts_is_worth_no_more_than_it_stands_for(proofs, strength):
    counting = levels.still_counting(levels.amr(proofs), strength)
    assert levels.strength_of(counting) == min(strength, levels.strength(proofs)) or strength is Strength.RESTRICTED


@pytest.mark.parametrize("proofs", [[CARD], [WORD, STICK], [WORD, APP], [PASSKEY]])
def test_one_more_proof_of_the_other_kind_makes_two_factors_again(proofs):
    counting = levels.still_counting(levels.amr(proofs), Strength.ONE_FACTOR)
    further = APP if "pwd" in counting else WORD
    assert levels.strength_of(levels.together(counting, [further])) is Strength.TWO_FACTORS


def test_what_is_too_old_for_certified_hardware_does_not_come_back_by_an_app():
    counting = levels.still_counting(levels.amr([CARD]), Strength.TWO_FACTORS)
    assert levels.strength_of(levels.together(counting, [APP, WORD])) is Strength.TWO_FACTORS
