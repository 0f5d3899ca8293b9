"""Two hundred tries at once, at two nodes over one database: ten are evaluated, and one code lets one in."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from threading import Barrier

import pyotp
import pytest

from tests.agents import Browser, Page, RelyingParty
from tests.fixtures.house import CLIENT, PASSWORD, SECRET, within_one_window
from tests.serving import beside, serving

TRIES, EVALUATED = 200, 10
WRONG, THROTTLED = 422, 429
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Nodes:
    """Where the provider answers: one installation, two servers."""

    bases: tuple[str, str]

    def begin(self, number: int, base: str) -> tuple[Browser, Page]:
        """A browser of its own, at an address of its own, on the page that asks who it is."""
        browser = Browser.at(base, f"127.{number // 250 + 2}.{number % 250}.7")
        asked, _ = RelyingParty(base, "agency", str(CLIENT["client_secret"])).request()
        return browser, browser.get(asked)

    def at_once(
        self, prepare: Callable[[int, str], Callable[[], Page]], last: Callable[[], None] | None = None
    ) -> list[Page]:
        """Prepare every try, do what is to be done `last`, then let all of them go together.

        A try counts from when it begins, a right password's too until it is found right: of more than ten that are
        prepared side by side for one person, the eleventh would be refused wherever hashing is slow.
        """
        with ThreadPoolExecutor(EVALUATED) as pool:
            ready = list(pool.map(prepare, range(TRIES), islice(cycle(self.bases), TRIES)))
        within_one_window(60)
        together = Barrier(TRIES, last)

        def go(one: Callable[[], Page]) -> Page:
            together.wait(60)
            return one()

        with ThreadPoolExecutor(TRIES) as pool:
            return list(pool.map(go, ready))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def nodes(request, tmp_path_factory, furnished) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    url = furnished.copy(request.param, folder)
    with serving(folder, url, upgraded=True) as one, beside(one, folder) as other:
        yield Nodes((one.url, other.url))


def statuses(pages: list[Page]) -> Counter[int]:
    return Counter(page.status for page in pages)


def test_of_two_hundred_wrong_passwords_ten_are_evaluated(nodes: Nodes) -> None:
    def prepare(number: int, base: str) -> Callable[[], Page]:
        browser, page = nodes.begin(number, base)
        return lambda: browser.submit(page, username="ben", password=f"wrong {number}")

    assert statuses(nodes.at_once(prepare)) == {WRONG: EVALUATED, THROTTLED: TRIES - EVALUATED}


def test_of_two_hundred_wrong_codes_ten_are_evaluated(nodes: Nodes) -> None:
    def prepare(number: int, base: str) -> Callable[[], Page]:
        browser, page = nodes.begin(number, base)
        page = browser.submit(page, username="cleo", password=PASSWORD)
        assert page.path.endswith("/second-factor"), page.text
        return lambda: browser.submit(page, code=f"{number:06}")

    assert statuses(nodes.at_once(prepare)) == {WRONG: EVALUATED, THROTTLED: TRIES - EVALUATED}


def test_of_two_hundred_that_hold_the_right_code_one_gets_in(nodes: Nodes) -> None:
    def prepare(number: int, base: str) -> Callable[[], Page]:
        browser, page = nodes.begin(number, base)
        page = browser.submit(page, username="emil", password=PASSWORD)
        assert page.path.endswith("/second-factor"), page.text
        return lambda: browser.submit(page, code=shown[0])

    shown: list[str] = []  # Looked up at the end: preparing may take longer than a code is good for.
    pages = nodes.at_once(prepare, lambda: shown.append(pyotp.TOTP(SECRET).now()))
    assert sum(page.path.endswith("/consent") for page in pages) == 1
