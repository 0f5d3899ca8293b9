"""RFC 7662 and RFC 7009."""

import pytest

from idp.protocol import introspection, revocation
from idp.protocol.access_token import Kind, digest, mint
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from tests.protocol.builders import ISSUER, NOW

TOKEN = mint(Kind.ACCESS, b"x" * 32)


def test_a_token_that_is_no_good_tells_nothing():
    assert introspection.INACTIVE == {"active": False}


def test_a_live_access_token_tells_whose_it_is_and_how_long():
    response = introspection.active(
        issuer=ISSUER,
        client_id="revenue",
        scope=("openid", "email"),
        kind=Kind.ACCESS,
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
    }


def test_a_bound_token_tells_by_which_key():
    response = introspection.active(
        issuer=ISSUER,
        client_id="revenue",
        scope=(),
        kind=Kind.ACCESS,
        issued_at=NOW,
        expires_at=NOW + 60,
        confirmation=Confirmation(jkt="thumbprint"),
    )
    assert (response["token_type"], response["cnf"]) == ("DPoP", {"jkt": "thumbprint"})


def test_a_refresh_token_is_no_bearer_token():
    response = introspection.active(
        issuer=ISSUER, client_id="revenue", scope=(), kind=Kind.REFRESH, issued_at=NOW, expires_at=NOW + 60
    )
    assert "token_type" not in response
    assert "sub" not in response


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
