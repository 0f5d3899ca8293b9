"""RFC 7662 and RFC 7009."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import introspection, revocation
from idp.protocol.access_token import Kind, mint
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from idp.protocol.jwt_access_token import SignIn
from tests.protocol.builders import ISSUER, NOW


def test_a_token_that_is_no_good_tells_nothing():
    assert introspection.INACTIVE == {"active": False}


def test_a_live_access_token_tells_whose_it_is_and_how_long():
    response = introspection.active(
        issuer=ISSUER,
        client_id="revenue",
        scope=("openid", "email"),
        token_type="Bearer",
        audience=(ISSUER,),
        issued_at=NOW,
        expires_at=NOW + 60,
        subject="abc",
    )
    assert response == {
        "active": True,
        "iss": ISSUER,
        "client_id": "revenue",
        "scope": "openid email",
        "iat": NOW,
        "exp": NOW + 60,
        "sub": "abc",
        "token_type": "Bearer",
        "aud": ISSUER,
    }


def test_a_token_tells_whose_key_and_whose_hands_and_what_was_granted():
    response = introspection.active(
        issuer=ISSUER,
        client_id="revenue",
        scope=(),
        token_type="DPoP",
        audience=("https://a.example.org/", "https://b.example.org/"),
        issued_at=NOW,
        expires_at=NOW + 60,
        sign_in=SignIn(NOW - 5, "high", ("pwd",)),
        confirmation=Confirmation(jkt="thumb"),
        actors=("wages", "archive"),
        details=[{"type": "payslip"}],
    )
    assert response["aud"] == ["https://a.example.org/", "https://b.example.org/"]
    assert response["cnf"] == {"jkt": "thumb"}
    assert response["act"] == {"sub": "wages", "act": {"sub": "archive"}}
    assert response["authorization_details"] == [{"type": "payslip"}]
    assert (response["acr"], response["auth_time"]) == ("high", NOW - 5)
    assert response.keys().isdisjoint({"sub", "amr", "username"})


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
@pytest.mark.parametrize(("kind", "ends_the_grant"), [(Kind.ACCESS, False), (Kind.REFRESH, True)])
def test_the_token_itself_tells_what_ends_with_it_and_a_wrong_hint_does_not_matter(kind, ends_the_grant, hint):
    token = mint(kind, b"x" * 32)
    sent = {"token": token} if hint is None else {"token": token, "token_type_hint": hint}
    assert revocation.parse_request(sent) == revocation.Unwanted(token, ends_the_grant)


def test_the_token_must_be_there():
    with pytest.raises(OAuthError, match="token is missing"):
        revocation.parse_request({})


@given(
    st.text(min_size=1) | st.sampled_from(Kind).flatmap(lambda kind: st.text(max_size=50).map(lambda end: kind + end))
)
def test_no_grant_ends_with_any_text_that_is_no_token_of_ours(text):
    assert revocation.parse_request({"token": text}) == revocation.Unwanted(text, ends_the_grant=False)
