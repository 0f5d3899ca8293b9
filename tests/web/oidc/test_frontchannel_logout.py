"""Signing out at the end-session endpoint: asked first unless it is proven, and told in frames to who wants that."""

import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jws

from idp.domain.grants import consents
from idp.domain.sessions import browser
from tests.builders import REDIRECT_URI, a_client
from tests.web.oidc.conftest import VERIFIER, authorize
from tests.web.pages import Page

AUTH = ("agency", "a-secret-of-the-agency")
BYE = "https://agency.example/bye"
FRAMED = "https://agency.example/signed-out"


@pytest.fixture
def agency(provider):
    return a_client(
        provider,
        client_id="agency",
        secret=AUTH[1],
        id_token_signed_response_alg="ES256",
        post_logout_redirect_uris=[BYE],
        frontchannel_logout_uri=FRAMED,
        frontchannel_logout_session_required=True,
    )


@pytest.fixture
def library(provider, anna, signed_in):
    """Another service that takes part in the same session, and wants frames without knowing which session it is."""
    client = a_client(
        provider,
        client_id="library",
        redirect_uris=["https://library.example/cb"],
        frontchannel_logout_uri="https://library.example/bye?x=1",
    )
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, ["openid"])
    signed_in.get(authorize(client_id="library", redirect_uri="https://library.example/cb"))
    return client


def hint_of(http):
    """An ID token that the agency was given in this browser's session, and its sid."""
    code = parse_qs(urlsplit(http.get(authorize()).location).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return http.post("/oidc/token", data=form, auth=AUTH).json["id_token"]


def signs_out(http, **asks):
    return http.get(f"/oidc/logout?{urlencode(asks)}")


def frames(answer):
    return [address.replace("&amp;", "&") for address in re.findall(r'<iframe src="([^"]*)"', answer.text)]


def policy(answer, directive):
    found = re.search(rf"{directive} ([^;]*)", answer.headers["Content-Security-Policy"])
    return found[1].split() if found else None


def is_signed_in(http, provider):
    with provider.reading() as connection:
        return browser.find(connection, http.get_cookie("session").value, provider.store.now(), 3600) is not None


def test_a_proven_wish_is_told_in_frames_and_then_leads_back(provider, signed_in, library):
    """Front-Channel Logout 1.0 sections 2 and 3."""
    secret = signed_in.get_cookie("session").value
    answer = signs_out(signed_in, id_token_hint=hint_of(signed_in), post_logout_redirect_uri=BYE, state="s t")

    assert answer.status_code == 200
    told = {urlsplit(address).netloc: address for address in frames(answer)}
    mine = parse_qs(urlsplit(told["agency.example"]).query)
    assert told["agency.example"].startswith(f"{FRAMED}?")
    assert mine["iss"] == ["http://localhost"]
    assert len(mine["sid"][0]) == 22
    assert told["library.example"] == "https://library.example/bye?x=1"
    assert policy(answer, "frame-src") == ["https://agency.example", "https://library.example"]
    assert answer.headers["Refresh"] == f"1; url={BYE}?state=s%20t"
    assert f"{BYE}?state=s%20t" in Page(answer.text).links
    with provider.reading() as connection:
        assert browser.find(connection, secret, provider.store.now(), 3600) is None


def test_the_session_that_is_named_is_that_of_the_id_token(signed_in, agency):
    hint = hint_of(signed_in)
    told = parse_qs(urlsplit(frames(signs_out(signed_in, id_token_hint=hint))[0]).query)
    claims = jws_claims(hint)

    assert told["sid"] == [claims["sid"]]


def jws_claims(token):
    return json.loads(jws.extract_compact(token.encode()).payload)


def test_a_frame_can_neither_lead_the_page_away_nor_learn_where_it_is(signed_in, agency):
    answer = signs_out(signed_in, id_token_hint=hint_of(signed_in))

    assert answer.text.count('sandbox="allow-scripts allow-same-origin"') == 1
    assert answer.text.count('referrerpolicy="no-referrer"') == 1


def test_without_frames_the_browser_goes_back_at_once(provider, anna, signed_in):
    a_client(
        provider,
        client_id="agency",
        secret=AUTH[1],
        id_token_signed_response_alg="ES256",
        post_logout_redirect_uris=[BYE],
    )
    answer = signs_out(signed_in, id_token_hint=hint_of(signed_in), post_logout_redirect_uri=BYE)

    assert (answer.status_code, answer.location) == (303, BYE)


@pytest.mark.parametrize("asks", [{}, {"client_id": "agency"}, {"state": "s"}])
def test_whatever_is_not_proven_is_asked_first(provider, signed_in, agency, asks):
    """RP-Initiated Logout 1.0 section 2, and section 6 for why: anybody can link here."""
    hint_of(signed_in)
    answer = signs_out(signed_in, **asks)
    assert answer.status_code == 200
    assert frames(answer) == []
    assert policy(answer, "frame-src") is None
    assert is_signed_in(signed_in, provider)

    form = Page(answer.text).form("/oidc/logout/confirm")
    done = signed_in.post(form.action, data=form.values)
    assert [urlsplit(address).netloc for address in frames(done)] == ["agency.example"]
    assert "Refresh" not in done.headers
    assert signed_in.get_cookie("session") is None


def test_another_sessions_hint_proves_nothing(app, provider, signed_in, anna, agency):
    foreign = hint_of(signed_in)
    with provider.transaction() as tx:
        proved = browser.Authenticated(anna.id, ("pwd",), browser.Strength.ONE_FACTOR, tx.now)
        _session, secret = browser.start(tx, proved, "Firefox", 3600)
    another = app.test_client()
    another.set_cookie("session", secret)
    answer = signs_out(another, id_token_hint=foreign, post_logout_redirect_uri=BYE)

    assert answer.status_code == 200
    assert "logout-confirm" in Page(answer.text).by_id
    assert is_signed_in(another, provider)


@pytest.mark.parametrize("uri", [f"{BYE}?foo=bar", f"{BYE}/", "https://evil.example/"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(provider, signed_in, agency, uri):
    answer = signs_out(signed_in, id_token_hint=hint_of(signed_in), post_logout_redirect_uri=uri)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "Refresh" not in answer.headers


def test_a_service_that_took_no_part_is_not_framed(provider, signed_in, agency):
    a_client(
        provider,
        client_id="elsewhere",
        redirect_uris=["https://elsewhere.example/cb"],
        frontchannel_logout_uri="https://elsewhere.example/bye",
    )
    told = frames(signs_out(signed_in, id_token_hint=hint_of(signed_in)))
    assert [urlsplit(address).netloc for address in told] == ["agency.example"]


def test_it_is_published(client):
    told = client.get("/.well-known/openid-configuration").json
    assert told["frontchannel_logout_supported"] is told["frontchannel_logout_session_supported"] is True
