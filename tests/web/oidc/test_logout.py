"""Signing out: at once when the request is proven, asked otherwise, and told to every service until it listens."""

import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.domain.sessions import browser, participants
from idp.foundation.audit import log
from idp.foundation.courier import Courier
from idp.foundation.outbound import OutboundClient
from idp.foundation.outbox import RETRY_AFTER
from idp.journeys.oidc import logout_notices
from idp.journeys.oidc.log_out import NOTICE
from idp.protocol.logout import EVENT
from tests.builders import REDIRECT_URI, a_citizen, a_client, refused_today
from tests.web.oidc.conftest import VERIFIER, authorize
from tests.web.pages import Window

AUTH = ("agency", "a-secret-of-the-agency")
HOME = "https://agency.example/bye"


@dataclass
class Desk:
    """Where a service takes notices of logout."""

    status: int = 204
    port: int = 0
    tokens: list[str] = field(default_factory=list)

    def server(self) -> ThreadingHTTPServer:
        desk = self

        class Clerk(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                desk.tokens.append(parse_qs(body)["logout_token"][0])
                self.send_response(desk.status)
                self.end_headers()

            def log_message(self, format, *args):  # noqa: A002 (as it is named above)
                """Say nothing."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Clerk)


@pytest.fixture
def desk():
    desk = Desk()
    server = desk.server()
    desk.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def agency(provider, desk):
    """As the others' agency, with addresses for signing out."""
    return a_client(
        provider,
        client_id="agency",
        secret=AUTH[1],
        id_token_signed_response_alg="ES256",
        post_logout_redirect_uris=[HOME],
        backchannel_logout_uri=f"http://localhost:{desk.port}/out",
    )


@pytest.fixture
def courier(provider, desk):
    """Delivers what is due, also to the desk."""
    reaching = replace(provider, outbound=OutboundClient(frozenset({f"localhost:{desk.port}"})))
    return Courier(provider.store, {NOTICE: logout_notices.handler(reaching)})


@pytest.fixture
def tokens(signed_in):
    """What the agency was given in Anna's session."""
    code = parse_qs(urlsplit(signed_in.get(authorize()).location).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return signed_in.post("/oidc/token", data=form, auth=AUTH).json


def logout(**parameters):
    return f"/oidc/logout?{urlencode(parameters)}"


def is_signed_in(http):
    """Whether the agency would be given a code without a question."""
    return "code" in parse_qs(urlsplit(http.get(authorize(prompt="none")).location).query)


def read(token, client):
    return jwt.decode(token, KeySet.import_key_set(client.get("/oidc/jwks").json), algorithms=["ES256"])


def test_who_comes_with_the_sessions_own_id_token_is_signed_out_at_once_and_sent_back(signed_in, tokens):
    assert is_signed_in(signed_in)
    answer = signed_in.get(logout(id_token_hint=tokens["id_token"], post_logout_redirect_uri=HOME, state="s p"))

    assert (answer.status_code, answer.location) == (303, f"{HOME}?state=s%20p")
    assert not is_signed_in(signed_in)


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(app, signed_in, tokens):
    thief = app.test_client()
    thief.set_cookie("session", signed_in.get_cookie("session").value)
    signed_in.get(logout(id_token_hint=tokens["id_token"]))

    assert not is_signed_in(thief)


def test_what_was_issued_in_the_session_ends_with_it(signed_in, tokens):
    signed_in.get(logout(id_token_hint=tokens["id_token"]))
    told = signed_in.post("/oidc/introspect", data={"token": tokens["access_token"]}, auth=AUTH).json

    assert told == {"active": False}


@pytest.mark.parametrize("parameters", [{}, {"client_id": "agency"}])
def test_whoever_links_here_without_proof_signs_nobody_out(signed_in, tokens, parameters):
    window = Window(signed_in).goes(logout(**parameters))

    assert window.page.by_id["logout-confirm"]
    assert is_signed_in(signed_in)
    window.submits("/oidc/logout/confirm")
    assert not is_signed_in(signed_in)


def test_an_id_token_of_another_session_proves_nothing(app, provider, signed_in, tokens):
    boris = a_citizen(provider)
    window = Window.of(app).goes("/account")
    window.submits("/authenticate", username=boris.username, password=boris.password)
    assert window.at == "/account"
    window.goes(logout(id_token_hint=tokens["id_token"]))

    assert "logout-confirm" in window.page.by_id
    assert window.goes("/account").at == "/account"
    assert is_signed_in(signed_in)


@pytest.mark.parametrize("parameters", [{}, {"client_id": "agency"}])
def test_another_sites_post_which_brings_no_cookies_signs_nobody_out_either(app, signed_in, tokens, parameters):
    answer = app.test_client().post("/oidc/logout", data=parameters)  # As SameSite=Lax has browsers send it.

    assert answer.status_code == 303
    assert "session=;" not in "".join(answer.headers.getlist("Set-Cookie")), "the browser forgets a living session"
    assert "logout-confirm" in Window(signed_in).goes(answer.location).page.by_id
    assert is_signed_in(signed_in)


def test_a_services_post_signs_out_when_the_browser_comes_again_with_its_cookies(app, signed_in, tokens):
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": HOME, "state": "a&b=c"}
    answer = signed_in.get(app.test_client().post("/oidc/logout", data=asked).location)

    assert answer.location == f"{HOME}?state=a%26b%3Dc"
    assert not is_signed_in(signed_in)


@pytest.mark.parametrize("uri", [f"{HOME}/", "https://evil.example/", REDIRECT_URI, "javascript:alert(1)"])
def test_nobody_is_sent_to_an_address_that_was_not_registered_for_it(signed_in, tokens, uri):
    for answer in (
        signed_in.get(logout(id_token_hint=tokens["id_token"], post_logout_redirect_uri=uri)),
        signed_in.post("/oidc/logout", data={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": uri}),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    assert is_signed_in(signed_in)


def test_an_address_without_proof_of_who_asks_is_not_gone_to(signed_in, tokens):
    answer = signed_in.get(logout(client_id="agency", post_logout_redirect_uri=HOME))

    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-2] + "AA", lambda token: token.rpartition(".")[0] + ".", str.lower], ids=range(3)
)
def test_an_id_token_that_we_did_not_sign_is_refused(signed_in, tokens, spoil):
    answer = signed_in.get(logout(id_token_hint=spoil(tokens["id_token"]), post_logout_redirect_uri=HOME))

    assert answer.status_code == 400
    assert is_signed_in(signed_in)


def test_a_service_that_took_part_is_told_which_of_its_sessions_is_over(client, signed_in, tokens, courier, desk):
    signed_in.get(logout(id_token_hint=tokens["id_token"]))
    courier.round()
    (token,) = desk.tokens
    told, known = read(token, client), read(tokens["id_token"], client).claims

    assert told.header["typ"] == "logout+jwt"
    assert {name: told.claims[name] for name in ("iss", "aud", "sub", "sid")} == {
        name: known[name] for name in ("iss", "aud", "sub", "sid")
    }
    assert told.claims["events"] == {EVENT: {}}
    assert "nonce" not in told.claims


def test_a_service_that_is_down_is_told_again_until_it_listens(client, signed_in, tokens, courier, desk, clock):
    desk.status = 503
    signed_in.get(logout(id_token_hint=tokens["id_token"]))
    courier.round()
    courier.round()
    assert len(desk.tokens) == 1, "a service that is down is hammered"

    clock.advance(RETRY_AFTER[0])
    desk.status = 200
    courier.round()
    clock.advance(RETRY_AFTER[1])
    courier.round()
    first, second = (read(token, client).claims for token in desk.tokens)
    assert first["jti"] != second["jti"]
    assert first["sid"] == second["sid"]


def test_a_service_that_todays_rules_refuse_keeps_no_other_from_being_told(
    provider, anna, agency, signed_in, courier, desk
):
    library = a_client(provider, client_id="library", backchannel_logout_uri=HOME)
    with provider.transaction() as tx:
        (session,) = browser.of_person(tx.connection, anna.id, tx.now, 3600)
        for service in (library, agency):
            participants.join(tx, session.id, service.id)
    refused_today(provider.store, "library")
    window = Window(signed_in).goes(logout())
    window.submits("/oidc/logout/confirm")
    courier.round()

    assert len(desk.tokens) == 1
    with provider.reading() as connection:
        (leaf,) = log.search(connection, about=anna.id, name="sessions.browser.ended")
    assert leaf.facts == {"reason": "citizen", "services": 2}
