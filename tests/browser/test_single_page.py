"""Public clients that are nothing but a page: they redeem a code and read user information from their own origin."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.authenticators import App
from tests.browser.country import SECRET
from tests.browser.errands import signs_in
from tests.browser.service import Service, open_for_visitors
from tests.interop.conftest import node_modules

__all__ = ["node_modules"]

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


@contextmanager
def an_application(country, folder, client_id: str, page: str, files: Mapping[str, Path]) -> Iterator[Service]:
    with open_for_visitors({"/": HERE / page, "/callback": HERE / page, **files}) as service:
        members = {"client_id": client_id, "client_name": "Single Page", "token_endpoint_auth_method": "none"}
        members |= {"scope": "openid profile", "id_token_signed_response_alg": "ES256"}
        service.takes_part(country, folder, **members, grant_types=["authorization_code", "refresh_token"])
        yield service


def comes_back(walker, service, username: str) -> None:
    """From the application to the provider and back."""
    walker.goes(service.address)
    with walker.page.expect_navigation():
        walker.page.evaluate(f"begin('{walker.country.issuer}')")
    walker.looks()
    signs_in(walker, username, App(SECRET))
    walker.is_at("signin-consent")
    walker.presses("#consent-approve")
    assert walker.page.url.startswith(f"{service.callback}?")


def test_a_page_of_another_origin_redeems_a_code_and_reads_who_signed_in(country, a_window, tmp_path):
    walker = a_window()
    with an_application(country, tmp_path, "single", "single_page.html", {}) as service:
        comes_back(walker, service, "fetches.en")
        told = walker.page.evaluate("finish()")

        assert (told["tokens"]["status"], told["tokens"]["token_type"]) == (200, "Bearer")
        assert (told["person"]["status"], told["person"]["name"]) == (200, "fetches.en")
        walker.sees("fetches.en", at="#name")
        assert told["revoked"] == 200
        assert (told["over"]["status"], told["over"]["error"]) == (401, "invalid_token")
        assert told["challenge"].startswith('Bearer error="invalid_token"')
        assert (told["again"]["status"], told["again"]["error"]) == (400, "invalid_grant")


def test_a_page_of_another_origin_reads_nothing_with_the_persons_cookies(country, a_window, tmp_path):
    walker = a_window()
    with an_application(country, tmp_path, "single", "single_page.html", {}) as service:
        comes_back(walker, service, "spies.en")
        with_cookies = {"credentials": "include"}
        for path in ("/account", "/oidc/authorize", "/signin/any", "/oidc/userinfo", "/oidc/introspect"):
            asks = [f"{country.issuer}{path}", with_cookies]
            assert walker.page.evaluate("asks => spies(...asks)", asks) == "TypeError", path
        assert walker.page.evaluate("asks => spies(...asks)", [f"{country.issuer}/account", {}]) == "TypeError"
        assert walker.page.evaluate("asks => spies(...asks)", [f"{country.issuer}/oidc/userinfo", {}]) == 401


def test_a_library_in_a_page_pushes_its_request_and_proves_a_key_of_the_browsers(
    country, a_window, tmp_path, node_modules
):
    walker = a_window()
    library = {"/oauth4webapi.js": node_modules / "node_modules" / "oauth4webapi" / "build" / "index.js"}
    with an_application(country, tmp_path, "proving", "single_page_library.html", library) as service:
        comes_back(walker, service, "proves.en")
        told = walker.page.evaluate("finish()")

        assert told["nonce"]
        assert (told["type"].lower(), told["name"]) == ("dpop", "proves.en")
