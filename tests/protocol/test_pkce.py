"""RFC 7636."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import pkce
from idp.protocol.errors import OAuthError
from tests.protocol.builders import CHALLENGE, VERIFIER

LEGAL = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", min_size=43, max_size=128)


def test_the_verifier_of_the_rfc_opens_its_challenge():
    pkce.verify(VERIFIER, CHALLENGE, "S256")


@given(LEGAL)
def test_every_legal_verifier_opens_its_own_challenge(verifier):
    challenge = pkce.challenge_of(verifier)
    pkce.check_challenge(challenge, "S256")
    pkce.verify(verifier, challenge, "S256")


@pytest.mark.parametrize(
    "verifier",
    [
        None,
        "",
        "a" * 42,
        "a" * 129,
        VERIFIER[:-1],
        VERIFIER + "=",
        VERIFIER.lower(),
        CHALLENGE,
        "é" * 43,
        VERIFIER + "\n",
    ],
)
def test_another_verifier_is_an_invalid_grant(verifier):
    with pytest.raises(OAuthError) as refusal:
        pkce.verify(verifier, CHALLENGE, "S256")
    assert refusal.value.code == "invalid_grant"


@pytest.mark.parametrize("method", [None, "plain", "s256", "S512", ""])
def test_no_method_but_s256_verifies(method):
    with pytest.raises(OAuthError):
        pkce.verify(VERIFIER, VERIFIER, method)
    with pytest.raises(OAuthError) as refusal:
        pkce.check_challenge(CHALLENGE, method)
    assert refusal.value.code == "invalid_request"


def test_a_verifier_without_a_challenge_is_a_downgrade():
    with pytest.raises(OAuthError, match="had no code_challenge"):
        pkce.verify(VERIFIER, None, None)


def test_a_client_that_need_not_use_it_sends_neither():
    pkce.verify(None, None, None)


@pytest.mark.parametrize(
    "challenge", ["", "a", CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE + "=", CHALLENGE[:-1] + "N", "+" * 43]
)
def test_a_challenge_is_the_canonical_form_of_32_octets(challenge):
    with pytest.raises(OAuthError):
        pkce.check_challenge(challenge, "S256")


@given(st.none() | st.text(max_size=140) | LEGAL, st.none() | st.text(max_size=50) | st.just(CHALLENGE))
def test_any_other_verifier_is_refused_and_nothing_else_happens(verifier, challenge):
    if verifier is challenge is None:
        return
    with pytest.raises(OAuthError) as refusal:
        pkce.verify(verifier, challenge, "S256")
    assert refusal.value.code == "invalid_grant"


@given(st.text(max_size=50), st.none() | st.text(max_size=6) | st.just("S256"))
def test_any_challenge_is_refused_and_nothing_else_happens(challenge, method):
    with pytest.raises(OAuthError) as refusal:
        pkce.check_challenge(challenge, method)
    assert refusal.value.code == "invalid_request"
