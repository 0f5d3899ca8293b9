"""Can a stranger tell by the clock who has an account? Wrong passwords, for names that exist and names that do not.

The measure is the area under the receiver operating characteristic curve: how often a try of a name that exists takes
longer than one of a name that does not. 0.5 is chance; a leak of a hash alone would be 1.
"""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.house import KNOWN, WEB, House, known
from tests.agents import Browser, Page, RelyingParty

BOUNDS = (0.45, 0.55)
TRIES_OF_A_NAME = 10
TRIES_OF_A_BROWSER = 25
"""What lockout lets a name and a browser do in a quarter of an hour; each browser here has an address of its own."""
WRONG = "a quiet olive tree"


@dataclass(frozen=True)
class Timings:
    """Seconds of each try, in the order in which they were made."""

    existing: list[float]
    unknown: list[float]

    @property
    def auc(self) -> float:
        """0.5 if they cannot be told apart."""
        return auc(self.existing, self.unknown)

    def document(self) -> dict[str, object]:
        """For the results."""
        middle = {"existing": statistics.median(self.existing), "unknown": statistics.median(self.unknown)}
        return {"auc": self.auc, "bounds": BOUNDS, "median_seconds": middle, "tries": len(self.existing)}


def measure(house: House, tries: int = KNOWN * TRIES_OF_A_NAME) -> Timings:
    """`tries` of each kind, one after another, in an order made by chance."""
    names = [known(number % KNOWN) for number in range(tries)]
    order = [(name, True) for name in names] + [(name.replace("known", "other"), False) for name in names]
    random.shuffle(order)
    agency = RelyingParty(house.url, str(WEB["client_id"]), str(WEB["client_secret"]))
    timings = Timings([], [])
    for begin in range(0, len(order), TRIES_OF_A_BROWSER):
        browser, page = _arrived(house, agency, begin // TRIES_OF_A_BROWSER)
        for name, exists in order[begin : begin + TRIES_OF_A_BROWSER]:
            (timings.existing if exists else timings.unknown).append(_try(browser, page, name))
    return timings


def auc(longer: Sequence[float], shorter: Sequence[float]) -> float:
    """The probability that one of `longer` is above one of `shorter`; ties count half (Mann and Whitney's U)."""
    tagged = sorted([(one, True) for one in longer] + [(one, False) for one in shorter])
    values = [one for one, _ in tagged]
    rank, total = 0, 0.0
    while rank < len(values):
        tied = rank
        while tied < len(values) and values[tied] == values[rank]:
            tied += 1
        total += sum(is_longer for _, is_longer in tagged[rank:tied]) * (rank + 1 + tied) / 2
        rank = tied
    return (total - len(longer) * (len(longer) + 1) / 2) / (len(longer) * len(shorter))


def _arrived(house: House, agency: RelyingParty, number: int) -> tuple[Browser, Page]:
    browser = Browser.at(house.url, f"127.3.{number // 250}.{number % 250 + 1}")
    return browser, browser.get(agency.request()[0])


def _try(browser: Browser, page: Page, name: str) -> float:
    action, kept = page.forms()[0]
    values = kept | {"username": name, "password": WRONG}
    began = time.perf_counter()
    answer = browser.post(action, values)
    took = time.perf_counter() - began
    assert answer.status == 422, f"{name}: {answer.status} {answer.text[:300]}"
    return took
