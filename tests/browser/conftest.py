"""The country, one browser, and windows for whoever walks."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import eyes, postgres
from tests.browser.country import Country, admit, running
from tests.browser.staff import Colleague, colleague, comes_to_work
from tests.browser.walker import Walker, without_scripts

LOCALES = {"en": "en-GB", "ar": "ar-EG", "zh_Hant": "zh-TW"}
PATIENCE = 15_000
"""Milliseconds."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """The country on its embedded database, with people who have an account there, for all walks."""
    folder = tmp_path_factory.mktemp("country")
    with running(folder) as country:
        admit(country, folder)
        yield country


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_server: postgres.Server) -> Iterator[Country]:
    """The same on PostgreSQL."""
    with running(tmp_path_factory.mktemp("country"), postgres_server.url(postgres_server.create())) as country:
        yield country


@pytest.fixture
def country(request: pytest.FixtureRequest) -> Country:
    """On SQLite, or on what a walk is parametrised with."""
    found: Country = request.getfixturevalue(getattr(request, "param", "embedded"))
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For whoever walks."""
    with eyes.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> eyes.Judged:
    """One for all processes of this run, whose folders lie side by side."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if hasattr(request.config, "workerinput") else mine) / "judged"
    folder.mkdir(exist_ok=True)
    return eyes.Judged(folder)


@pytest.fixture
def a_window(
    chromium: Browser, country: Country, judged: eyes.Judged, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Walker]]:
    """Opens a browser without cookies, whose reader prefers a language."""
    database = "_on_postgresql" if "IDP_DATABASE_URL" in country.environment else ""
    walk = request.node.originalname.removeprefix("test_") + database
    contexts = []

    def open_window(language: str = "en", who: str = "citizen", *, scripts: bool = True) -> Walker:
        context = chromium.new_context(locale=LOCALES[language], accept_downloads=True)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        walker = Walker(context.new_page(), country, walk, who, language, judged)
        return walker if scripts else without_scripts(walker)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def offices() -> dict[tuple[str, str], Colleague]:
    """Who of the staff has come to work in which country."""
    return {}


@pytest.fixture
def at_work(
    a_window: Callable[..., Walker], offices: dict[tuple[str, str], Colleague], country: Country
) -> Callable[..., Walker]:
    """Gives a member of staff a window at the console; she signs in once for all walks."""

    def come(username: str, language: str = "en") -> Walker:
        walker = a_window(language, username)
        comes_to_work(walker, offices.setdefault((country.issuer, username), colleague(username)))
        return walker

    return come
