"""RFC 7662 and RFC 7009."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import introspection, revocation
from idp.protocol.access_token import Kind, digest, mint
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from idp.protocol.jwt_access_token import SignIn
from tests.protocol.builders import ISSUER, NOW

TOKEN = mint(Kind.ACCESS, b"x" * 32)


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
def test_a_wrong_hint_does_not_matter(hint):
    sent = {"token": TOKEN} if hint is None else {"token": TOKEN, "token_type_hint": hint}
    assert revocation.parse_request(sent) == revocation.TokenReference(Kind.ACCESS, digest(TOKEN))


@pytest.mark.parametrize("token", ["x", mint(Kind.CODE, b"x" * 32), TOKEN[:-1]])
def test_what_is_no_token_of_ours_is_none_at_all(token):
    assert revocation.parse_request({"token": token}) is None


def test_the_token_must_be_there():
    with pytest.raises(OAuthError, match="token is missing"):
        revocation.parse_request({})


@given(
    st.text(min_size=1) | st.sampled_from(Kind).flatmap(lambda kind: st.text(max_size=50).map(lambda end: kind + end))
)
def test_any_text_is_no_token_of_ours_and_nothing_else_happens(text):
    assert revocation.parse_request({"token": text}) is None


@given(st.sampled_from([kind for kind in Kind if kind is not Kind.CODE]), st.binary(min_size=32, max_size=32))
def test_whatever_was_minted_is_meant_whatever_the_hint_says(kind, octets):
    token = mint(kind, octets)
    assert revocation.parse_request({"token": token, "token_type_hint": "x"}).digest == digest(token)
