"""What a flood of password sign-ins does to whoever asks for a token. Timed over HTTP, answers checked.

The flood is a process of its own: threads of one would wait for each other's turn, and their waiting be counted as the
server's.
"""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from bench.house import PASSWORD, SERVICE, WEB, House
from tests.agents import RelyingParty

VISITORS = 16
"""Who sign in with passwords as fast as they are let."""
ROUNDS = 3
"""Alone and beside a flood in turn: the speed of a machine drifts."""
SETTLES_IN = 0.7
"""Seconds until every visitor has come to the page where a password is asked for."""


def tokens_beside_a_flood(house: House, seconds: float) -> tuple[list[float], list[float], dict[str, int]]:
    """The times of token requests, one after another: alone, and while VISITORS sign in; and what became of these."""
    service = RelyingParty(house.url, str(SERVICE["client_id"]), str(SERVICE["client_secret"]))
    alone: list[float] = []
    beside: list[float] = []
    came_to: Counter[str] = Counter()
    for _ in range(ROUNDS):
        alone += _token_times(service, seconds / ROUNDS)
        with _flood(house, came_to):
            beside += _token_times(service, seconds / ROUNDS)
    return alone, beside, dict(came_to)


def _token_times(service: RelyingParty, seconds: float) -> list[float]:
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        answer = service.post("/oidc/token", {"grant_type": "client_credentials", "scope": "api"})
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    return times


@contextmanager
def _flood(house: House, came_to: Counter[str]) -> Iterator[None]:
    processes = multiprocessing.get_context("spawn")
    over, ready, told = processes.Event(), processes.Event(), processes.Queue()
    flood = processes.Process(target=_visitors, args=(house, ready, over, told))
    flood.start()
    try:
        ready.wait(60)
        time.sleep(SETTLES_IN)
        yield
    finally:
        over.set()
        came_to.update(told.get(timeout=60))
        flood.join(60)


def _visitors(house: House, ready: Any, over: Any, told: Any) -> None:
    agency = RelyingParty(house.url, str(WEB["client_id"]), str(WEB["client_secret"]))
    came_to: Counter[str] = Counter()
    counting = threading.Lock()

    def visitor(number: int) -> None:
        while not over.is_set():
            ready.set()
            browser = house.browser()
            page = browser.get(agency.request()[0])
            page = browser.submit(page, username=f"u{number}", password=PASSWORD)
            with counting:
                came_to["signed in" if page.status < 400 else str(page.status)] += 1

    with ThreadPoolExecutor(VISITORS) as visitors:
        list(visitors.map(visitor, range(VISITORS)))
    told.put(dict(came_to))
