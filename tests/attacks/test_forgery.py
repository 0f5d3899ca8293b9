"""Every form of every page: without its token, with another browser's, and from another site, it changes nothing."""

import re

import pytest

from idp.app import create_app
from idp.config import MIGRATIONS, load
from idp.foundation import database
from idp.foundation.transaction import Store
from idp.parts import prepare
from tests.fixtures.house import House
from tests.serving import settings

EXEMPT = {
    "/oidc/authorize",  # Other sites send people here, by either method; it changes nothing until a page of ours asks.
    "/oidc/logout",  # The same; what signs out at once carries an ID token of that very session.
    "/api/signing/requests",  # For programs, which carry a token and no cookie.
    "/api/signing/requests/1",
}
"""Where an unsafe method is obeyed without the token of a form."""


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """The path of every route that takes an unsafe method, and whether it asks for the token of a form."""
    folder = tmp_path_factory.mktemp("routes")
    loaded = load(settings(folder, f"sqlite:///{folder}/tessera.db", 8000))
    store = Store(loaded.database_url)
    database.upgrade(store, MIGRATIONS)
    prepare(loaded)
    app = create_app(loaded)
    rules = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}]
    return {_path(str(rule)): not hasattr(app.view_functions[rule.endpoint], "csrf_exempt") for rule in rules}


@pytest.fixture
def posts(unsafe: dict[str, bool]) -> list[str]:
    return [path for path, is_guarded in unsafe.items() if is_guarded]


def _path(rule: str) -> str:
    chosen = re.sub(r"<any\('?([\w-]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]*>", "1", chosen)


def test_nothing_else_than_this_list_is_obeyed_without_a_token(unsafe: dict[str, bool]) -> None:
    assert {path for path, is_guarded in unsafe.items() if not is_guarded} == EXEMPT


def test_every_form_refuses_without_its_token(house: House, posts: list[str]) -> None:
    assert len(posts) > 25
    browser = house.browser()
    browser.get("/register")
    for path in posts:
        assert browser.post(path, {"csrf_token": "", "username": "ana"}).status == 403, path


def test_every_form_refuses_another_browsers_token(house: House, posts: list[str]) -> None:
    stolen = house.browser().get("/register").forms()[0][1]["csrf_token"]
    browser = house.browser()
    browser.get("/register")
    for path in posts:
        assert browser.post(path, {"csrf_token": stolen}).status == 403, path


def test_every_form_refuses_another_site(house: House, posts: list[str]) -> None:
    browser = house.browser()
    token = browser.get("/register").forms()[0][1]["csrf_token"]
    browser.http.headers["Sec-Fetch-Site"] = "cross-site"
    for path in posts:
        assert browser.post(path, {"csrf_token": token}).status == 403, path
