"""Sign-out that the browser tells: every service's address is opened in a frame, and then the browser goes back."""

import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Page

from idp.domain.clients.directory import CACHE_SECONDS
from idp.foundation.clock import pause
from tests.agents import challenge
from tests.browser.authenticators import App
from tests.browser.country import SECRET, TIMEOUT
from tests.browser.errands import consents, signs_in
from tests.serving import command

pytestmark = pytest.mark.slow
VERIFIER = "v" * 43
CLIENT_SECRET = "a-secret-of-the-service-0123456789"


@dataclass
class Service:
    """A service on loopback that answers everything and keeps what it was asked for."""

    address: str
    asked: list[str] = field(default_factory=list)

    def told(self) -> list[dict[str, list[str]]]:
        """What its front-channel address was opened with."""
        return [parse_qs(urlsplit(one).query) for one in self.asked if one.startswith("/signed-out")]


@pytest.fixture
def service(country, tmp_path) -> Iterator[Service]:
    """It takes part by registration, with the operator's own command; no worker knows an older one any more."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><html lang=en><title>Service</title><main><h1>Service</h1></main></html>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as it is named above)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    found = Service(f"http://localhost:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "client.json").write_text(json.dumps([_registration(found.address)]))
    command(country.environment, "clients", "import", str(tmp_path / "client.json"), "--json")
    pause(CACHE_SECONDS)
    yield found
    server.shutdown()
    server.server_close()


def _registration(address: str) -> dict[str, object]:
    return {
        "client_id": "framed",
        "client_secret": CLIENT_SECRET,
        "client_name": "Framed Service",
        "redirect_uris": [f"{address}/callback"],
        "post_logout_redirect_uris": [f"{address}/bye"],
        "frontchannel_logout_uri": f"{address}/signed-out",
        "frontchannel_logout_session_required": True,
        "scope": "openid",
    }


def comes_in(country, walker, service, app) -> str:
    """From nowhere to the service; returns the ID token that it was given."""
    asks = {
        "client_id": "framed",
        "redirect_uri": f"{service.address}/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    walker.goes(f"/oidc/authorize?{urlencode(asks)}")
    if walker.met[-1] == "signin-authenticate":
        signs_in(walker, "frames.en", app)
    if walker.met[-1] == "signin-consent":
        consents(walker)
    code = parse_qs(urlsplit(walker.page.url).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    form["redirect_uri"] = f"{service.address}/callback"
    answer = requests.post(f"{country.issuer}/oidc/token", form, auth=("framed", CLIENT_SECRET), timeout=TIMEOUT)
    hint: str = answer.json()["id_token"]
    return hint


def leaves(page: Page, country, service, hint: str) -> None:
    """A proven wish, and where it ends."""
    asks = {"id_token_hint": hint, "post_logout_redirect_uri": f"{service.address}/bye", "state": "s t"}
    page.goto(f"{country.issuer}/oidc/logout?{urlencode(asks)}")
    page.wait_for_url(f"{service.address}/bye?state=s%20t")


def sid_of(token: str) -> str:
    body = token.split(".")[1]
    sid: str = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sid"]
    return sid


def test_who_signs_out_here_is_signed_out_there_in_a_frame_with_and_without_scripts(
    country, a_window, service, chromium
):
    walker, app = a_window(), App(SECRET)
    comes_in(country, walker, service, app)
    walker.goes("/oidc/logout")
    walker.presses("#logout-confirm")
    walker.is_at("oidc-logout-confirm")
    assert len(service.told()) == 1

    hint = comes_in(country, walker, service, app)
    leaves(walker.page, country, service, hint)
    assert service.told()[-1] == {"iss": [country.issuer], "sid": [sid_of(hint)]}
    assert len(service.told()) == 2

    hint = comes_in(country, walker, service, app)
    plain = chromium.new_context(java_script_enabled=False, storage_state=walker.page.context.storage_state())
    leaves(plain.new_page(), country, service, hint)
    plain.close()
    assert service.told()[-1]["sid"] == [sid_of(hint)]
