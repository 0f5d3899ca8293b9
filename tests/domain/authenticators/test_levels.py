"""What proofs are worth together: two factors of different kinds, never the same kind twice."""

import pytest

from idp.domain.authenticators import levels
from idp.domain.authenticators.proof import INHERENCE, KNOWLEDGE, POSSESSION, Proof
from idp.protocol.assurance import Level

WORD = Proof("password", "1", frozenset({KNOWLEDGE}), ("pwd",), 1)
APP = Proof("totp", "2", frozenset({POSSESSION}), ("otp",), 2)
SHEET = Proof("recovery_code", "3", frozenset({POSSESSION}), ("otp",), 3)
KEY = Proof("passkey", "4", frozenset({POSSESSION}), ("swk", "user"), 4, phishing_resistant=True)
PASSKEY = Proof("passkey", "5", frozenset({POSSESSION, INHERENCE}), ("swk", "user"), 5, phishing_resistant=True)


@pytest.mark.parametrize(
    ("proofs", "level"),
    [
        ([], Level.LOW),
        ([WORD], Level.LOW),
        ([APP], Level.LOW),
        ([KEY], Level.LOW),
        ([WORD, WORD], Level.LOW),
        ([APP, SHEET], Level.LOW),
        ([APP, KEY], Level.LOW),
        ([WORD, APP], Level.HIGH),
        ([WORD, SHEET], Level.HIGH),
        ([WORD, KEY], Level.HIGH),
        ([PASSKEY], Level.HIGH),
    ],
)
def test_two_different_factors_are_worth_more_than_one(proofs, level):
    assert levels.authentication_level(proofs) is level
    assert levels.level_of(levels.amr(proofs)) is level


def test_a_second_proof_joins_what_the_session_proved():
    assert levels.together(("pwd",), [APP]) == ("pwd", "otp", "mfa")


def test_the_same_factor_again_makes_no_second_one():
    assert levels.together(("otp",), [KEY]) == ("otp", "swk", "user")


def test_what_was_several_factors_stays_so():
    assert levels.together(("swk", "user", "mfa"), [WORD]) == ("swk", "user", "pwd", "mfa")


@pytest.mark.parametrize("proof", [WORD, APP, SHEET, KEY, PASSKEY])
def test_a_proof_is_the_same_after_it_was_stored(proof):
    assert Proof.of(proof.document()) == proof
