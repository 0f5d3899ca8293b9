"""RP-Initiated and Back-Channel Logout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import jose
from idp.protocol.errors import OAuthError
from idp.protocol.logout import EVENT, LogoutRequest, client_id_of, logout_token, parse_request, redirect_target
from tests.protocol.builders import EC, ISSUER, NOW, a_client, id_token_claims

BYE = "https://revenue.example.org/bye"
CLIENT = a_client(post_logout_redirect_uris=[BYE])
HINT = id_token_claims()


def test_what_is_sent_is_only_a_wish():
    sent = {"post_logout_redirect_uri": BYE, "state": "s", "logout_hint": "x", "ui_locales": "ar en"}
    assert parse_request(sent) == LogoutRequest(post_logout_redirect_uri=BYE, state="s", ui_locales=("ar", "en"))


def test_with_a_hint_and_a_registered_address_the_browser_goes_back():
    assert redirect_target(LogoutRequest(post_logout_redirect_uri=BYE), CLIENT, HINT) == BYE


@pytest.mark.parametrize("hint", [None, HINT])
def test_without_an_address_our_own_page_is_shown(hint):
    assert redirect_target(LogoutRequest(state="s"), CLIENT, hint) is None


@pytest.mark.parametrize(
    ("uri", "client", "hint"),
    [
        (BYE + "?foo=bar", CLIENT, HINT),
        ("https://evil.example/", CLIENT, HINT),
        ("https://revenue.example.org/callback", CLIENT, HINT),
        (BYE, CLIENT, None),
        (BYE, None, HINT),
        (BYE, CLIENT, id_token_claims(aud="registry")),
        (BYE, CLIENT, id_token_claims(aud=["revenue"])),
        (BYE, a_client(), HINT),
    ],
    ids=range(8),
)
def test_nothing_else_redirects(uri, client, hint):
    with pytest.raises(OAuthError, match="post_logout_redirect_uri"):
        redirect_target(LogoutRequest(post_logout_redirect_uri=uri), client, hint)


def test_the_client_is_the_one_the_hint_was_issued_to():
    assert client_id_of(LogoutRequest(), HINT) == "revenue"
    assert client_id_of(LogoutRequest(client_id="revenue"), HINT) == "revenue"
    assert client_id_of(LogoutRequest(client_id="registry"), None) == "registry"
    assert client_id_of(LogoutRequest(), None) is None


@pytest.mark.parametrize("hint", [HINT, id_token_claims(aud=["registry", "revenue"])], ids=range(2))
def test_a_client_id_that_is_not_the_hint_s_is_refused(hint):
    with pytest.raises(OAuthError, match="client_id"):
        client_id_of(LogoutRequest(client_id="registry"), hint)


def a_logout_token(session="sid-1"):
    return logout_token(issuer=ISSUER, client_id="revenue", subject="abc", session=session, jti="j", now=NOW)


def test_a_logout_token_says_which_session_ended():
    assert a_logout_token() == {
        "iss": ISSUER,
        "aud": "revenue",
        "sub": "abc",
        "sid": "sid-1",
        "iat": NOW,
        "exp": NOW + 120,
        "jti": "j",
        "events": {EVENT: {}},
    }
    assert "sid" not in a_logout_token(session=None)


def test_a_logout_token_cannot_pass_for_an_id_token():
    token = jose.sign(jose.LOGOUT_TOKEN, a_logout_token(), EC, "ec", "ES256")
    assert jose.unverified(jose.LOGOUT_TOKEN, token)[0]["typ"] == "logout+jwt"
    assert "nonce" not in a_logout_token()
    with pytest.raises(OAuthError, match="another purpose"):
        jose.verify(jose.ID_TOKEN_HINT, token, EC, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)

NAMES = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "logout_hint"]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1, max_size=40) | st.sampled_from([BYE, "revenue"])),
    st.none() | st.dictionaries(st.sampled_from(["aud", "sub", "iss"]), JSON | st.just("revenue")),
)
def test_whatever_is_asked_nobody_is_sent_but_to_a_registered_address(sent, hint):
    request = parse_request(sent)
    try:
        client_id_of(request, hint)
        assert redirect_target(request, CLIENT, hint) in (None, BYE)
    except OAuthError as error:
        assert error.code == "invalid_request"  # noqa: PT017 (either outcome is right)
