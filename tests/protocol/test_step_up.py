"""RFC 9470: a token is refused where what it was given for does not hold any more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.assurance import HARDWARE_ACR, Level
from idp.protocol.claims import ClaimsRequest
from idp.protocol.errors import OAuthError
from idp.protocol.step_up import parameters, require
from tests.protocol.builders import a_client

LOW, SUBSTANTIAL, HIGH = (level.acr for level in Level)


def essential(*values, **more):
    return ClaimsRequest({"acr": {"essential": True, "values": list(values)} | more})


def refusal_of(registered=(), insisted=None, acr=SUBSTANTIAL, identity=Level.LOW):
    with pytest.raises(OAuthError) as refusal:
        require(a_client(default_acr_values=list(registered)), insisted or ClaimsRequest(), acr, identity)
    assert refusal.value.code == "insufficient_user_authentication"
    return refusal.value


@pytest.mark.parametrize("identity", [Level.SUBSTANTIAL, Level.HIGH])
def test_what_still_holds_is_no_matter(identity):
    require(a_client(default_acr_values=[SUBSTANTIAL]), essential(SUBSTANTIAL), SUBSTANTIAL, identity)


def test_a_registered_level_that_is_lost_is_asked_for_again():
    assert refusal_of(registered=[SUBSTANTIAL]).facts == {"acr_values": SUBSTANTIAL}


def test_a_level_that_the_request_insisted_on_counts_before_the_registered_one():
    assert refusal_of(registered=[LOW], insisted=essential(SUBSTANTIAL)).facts["acr_values"] == SUBSTANTIAL


def test_of_several_values_one_is_enough():
    require(a_client(), essential(HIGH, LOW), HIGH, Level.LOW)
    assert refusal_of(insisted=essential(HIGH, SUBSTANTIAL), acr=HIGH).facts["acr_values"] == f"{HIGH} {SUBSTANTIAL}"


def test_a_wish_is_no_condition():
    require(a_client(), ClaimsRequest({"acr": {"values": [HIGH]}}), HIGH, Level.LOW)
    require(a_client(), ClaimsRequest(), HIGH, Level.LOW)


def test_what_the_token_never_met_was_not_asked_for():
    require(a_client(default_acr_values=[HIGH]), ClaimsRequest(), LOW, Level.LOW)


def test_hardware_says_nothing_of_the_identity_and_does_for_every_level():
    require(a_client(default_acr_values=[HARDWARE_ACR]), ClaimsRequest(), HARDWARE_ACR, Level.LOW)
    lost = refusal_of(registered=[SUBSTANTIAL], acr=HARDWARE_ACR)
    assert lost.facts["acr_values"] == SUBSTANTIAL


def test_a_challenge_names_levels_of_ours_and_nothing_that_a_client_wrote():
    """Section 3: the parameters of WWW-Authenticate."""
    error = refusal_of(registered=['x", realm="evil', SUBSTANTIAL])
    assert parameters(error.facts.items()) == (f'acr_values="{SUBSTANTIAL}"',)
    assert parameters({"scope": "openid"}.items()) == ()


@given(st.lists(st.text(max_size=20) | st.sampled_from([LOW, HIGH]), max_size=3), st.sampled_from([LOW, HIGH]))
def test_whatever_was_asked_for_a_challenge_holds_values_of_ours_alone(values, acr):
    try:
        require(a_client(), essential(*values), acr, Level.LOW)
    except OAuthError as error:
        told = parameters(error.facts.items())
        assert set(" ".join(told).removeprefix('acr_values="').removesuffix('"').split()) <= {LOW, SUBSTANTIAL, HIGH}
