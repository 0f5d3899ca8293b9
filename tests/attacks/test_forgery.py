"""Every form of every page: without its token, with another browser's, and from another site, it changes nothing."""

import re

import pytest

from idp.app import create_app, prepare
from idp.config import MIGRATIONS, load
from idp.foundation import database
from idp.foundation.transaction import Store
from tests.fixtures.house import House
from tests.serving import settings


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The path of every route that takes a POST and is not for machines."""
    folder = tmp_path_factory.mktemp("routes")
    loaded = load(settings(folder, f"sqlite:///{folder}/tessera.db", 8000))
    store = Store(loaded.database_url)
    database.upgrade(store, MIGRATIONS)
    prepare(loaded)
    app = create_app(loaded)
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    guarded = [rule for rule in rules if not getattr(app.view_functions[rule.endpoint], "csrf_exempt", False)]
    with app.test_request_context():
        return [_path(str(rule)) for rule in guarded]


def _path(rule: str) -> str:
    chosen = re.sub(r"<any\('?([\w-]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]*>", "1", chosen)


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
