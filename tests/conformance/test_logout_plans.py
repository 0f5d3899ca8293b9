"""The plans of RP-initiated, back-channel and front-channel logout; that of session management does not concern us."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from idp.protocol.logout import EVENT
from tests.conformance.party import ISSUER
from tests.conformance.plan import COMPLETE, Plan, published
from tests.holders import signed
from tests.web.oidc.test_frontchannel_logout import frames
from tests.web.oidc.test_logout import courier, desk

__all__ = ["courier", "desk"]

LOGOUT = Plan("oidcc-", *published("oidcc-", "L"))
BYE = "https://agency.example/bye"
UNSIGNED = "eyJhbGciOiJub25lIn0"


@pytest.fixture
def party(a_party):
    return a_party(post_logout_redirect_uris=[BYE])


class Browser:
    """A browser in which somebody signed in to the party, and the ID token that it holds."""

    def __init__(self, party):
        self.party = party
        self.window = party.window()
        self.hint = party.tokens(self.window)["id_token"]

    def leaves(self, **asks):
        """Go to the end-session endpoint, and say yes where that is asked; the address or page where it ends."""
        self.window.goes(f"/oidc/logout?{urlencode(asks)}")
        if self.window.at.startswith("/") and "logout-confirm" in self.window.page.by_id:
            self.window.submits("/oidc/logout/confirm")
        return self.window.at

    def is_signed_in(self):
        answer = self.window.client.get(self.party.front(prompt="none"))
        told = self.party.told(answer.location)
        assert told.get("error") in {None, "login_required"}
        return "code" in told


@pytest.fixture
def browser(party):
    return Browser(party)


@LOGOUT.replays(
    "rp-initiated-logout-discovery-endpoint-verification",
    "backchannel-logout-discovery-endpoint-verification",
    "frontchannel-logout-discovery-endpoint-verification",
)
def test_metadata_says_how_to_sign_out_and_who_is_told(client):
    told = client.get("/.well-known/openid-configuration").json
    assert told["end_session_endpoint"] == f"{ISSUER}/oidc/logout"
    for channel in ("backchannel", "frontchannel"):
        assert told[f"{channel}_logout_supported"] is told[f"{channel}_logout_session_supported"] is True


BACK = {"rp-initiated-logout": ({"state": "s"}, f"{BYE}?state=s"), "rp-initiated-logout-no-state": ({}, BYE)}


@LOGOUT.replays(*BACK)
@pytest.mark.parametrize("module", BACK)
def test_a_proven_wish_leads_back_with_its_state_and_the_session_is_over(browser, module):
    asks, back = BACK[module]
    assert browser.is_signed_in()
    assert browser.leaves(id_token_hint=browser.hint, post_logout_redirect_uri=BYE, **asks) == back
    assert not browser.is_signed_in()


def bad(hint, foreign):
    """What must never be followed, by module."""
    claims = hint.split(".")[1]
    return {
        "rp-initiated-logout-bad-post-logout-redirect-uri": (hint, "https://agency.example/elsewhere"),
        "rp-initiated-logout-query-added-to-post-logout-redirect-uri": (hint, f"{BYE}?foo=bar"),
        "rp-initiated-logout-modified-id-token-hint": (f"{UNSIGNED}.{claims}.", BYE),
        "rp-initiated-logout-bad-id-token-hint": (foreign, BYE),
        "rp-initiated-logout-no-id-token-hint": (None, BYE),
    }


@LOGOUT.replays(*bad("a.b.c", ""))
def test_nobody_is_sent_anywhere_by_a_wish_that_is_wrong_and_stays_signed_in(browser):
    header = jws.extract_compact(browser.hint.encode()).headers() | {"alg": "ES256"}
    foreign = signed(ECKey.generate_key("P-256"), "ES256", header, browser.party.reads(browser.hint))
    for module, (hint, uri) in bad(browser.hint, foreign).items():
        proof = {} if hint is None else {"id_token_hint": hint}
        at = browser.leaves(post_logout_redirect_uri=uri, state="s", **proof)
        assert (at, browser.window.status) == ("/oidc/logout", 400), module
        assert browser.is_signed_in(), module


ENDS_HERE = {
    "rp-initiated-logout-no-params": {},
    "rp-initiated-logout-only-state": {"state": "s"},
    "rp-initiated-logout-no-post-logout-redirect-uri": {"id_token_hint": ""},
}


@LOGOUT.replays(*ENDS_HERE)
@pytest.mark.parametrize("module", ENDS_HERE)
def test_without_an_address_it_ends_on_our_page_and_the_session_is_over(browser, module):
    asks = {name: value or browser.hint for name, value in ENDS_HERE[module].items()}
    at = browser.leaves(**asks)
    assert (at.startswith("/oidc/logout"), browser.window.status) == (True, 200)
    assert not browser.is_signed_in()


@LOGOUT.replays("backchannel-rp-initiated-logout")
def test_the_service_is_told_by_a_logout_token_of_the_same_session(a_party, desk, courier):
    address = f"http://localhost:{desk.port}/out"
    browser = Browser(a_party(post_logout_redirect_uris=[BYE], backchannel_logout_uri=address))
    known = browser.party.reads(browser.hint)
    browser.leaves(id_token_hint=browser.hint, post_logout_redirect_uri=BYE)
    courier.round()
    (token,) = desk.tokens
    told = browser.party.reads(token)

    assert {name: told[name] for name in ("iss", "aud", "sub", "sid")} == {
        name: known[name] for name in ("iss", "aud", "sub", "sid")
    }
    assert told["events"] == {EVENT: {}}
    assert told["iat"] <= told["exp"]
    assert ("nonce" in told, bool(told["jti"])) == (False, True)
    assert jws.extract_compact(token.encode()).headers()["typ"] == "logout+jwt"


@LOGOUT.replays("frontchannel-rp-initiated-logout")
def test_the_service_is_told_in_a_frame_with_issuer_and_session_and_then_the_browser_goes_back(a_party):
    address = "https://agency.example/signed-out"
    metadata = {"frontchannel_logout_uri": address, "frontchannel_logout_session_required": True}
    browser = Browser(a_party(post_logout_redirect_uris=[BYE], **metadata))
    browser.leaves(id_token_hint=browser.hint, post_logout_redirect_uri=BYE, state="s")
    (frame,) = frames(browser.window.response)

    assert frame.startswith(f"{address}?")
    sid = browser.party.reads(browser.hint)["sid"]
    assert parse_qs(urlsplit(frame).query) == {"iss": [ISSUER], "sid": [sid]}
    assert browser.window.response.headers["Refresh"].endswith(f"url={BYE}?state=s")
    assert not browser.is_signed_in()


@LOGOUT.answers_otherwise(
    "for providers whose session a script watches in a frame, which browsers no longer allow across sites",
    "session-management-discovery-endpoint-verification",
    "session-management-rp-initiated-logout",
)
def test_no_session_is_offered_to_be_watched(client, browser):
    assert "check_session_iframe" not in client.get("/.well-known/openid-configuration").json
    answer = browser.window.client.get(browser.party.front(prompt="none"))
    assert browser.party.told(answer.location).keys() == {"code", "state", "iss"}


def test_every_module_of_the_plans_is_replayed():
    assert LOGOUT.gaps(globals()) == COMPLETE
