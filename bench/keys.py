"""Signing in with a passkey, and what a flood of passwords does to everybody else. Timed over HTTP, answers checked."""

import html
import re
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.house import PASSWORD, REDIRECT, SERVICE, WEB, House
from tests.agents import Browser, Page, RelyingParty
from tests.passkeys import SoftKey

OPTIONS = re.compile(r'data-options="([^"]*)"[^>]*action="([^"]*)"')
FLOOD = 16
"""Visitors who sign in with passwords as fast as they are let."""


def passkey_sign_ins(house: House, seconds: float, at_once: int = 8) -> list[float]:
    """The time of each complete sign-in, from a fresh browser to a code, in seconds."""
    agency = RelyingParty(house.url, str(WEB["client_id"]), str(WEB["client_secret"]))
    keys = [_bound(house, agency, number) for number in range(at_once)]
    until = time.perf_counter() + seconds

    def visitor(key: SoftKey) -> list[float]:
        times = []
        while time.perf_counter() < until:
            began = time.perf_counter()
            _signed_in(house, agency, key)
            times.append(time.perf_counter() - began)
        return times

    with ThreadPoolExecutor(at_once) as visitors:
        return [one for times in visitors.map(visitor, keys) for one in times]


def tokens_beside_a_flood(house: House, seconds: float) -> tuple[list[float], list[float]]:
    """The times of token requests, one after another: alone, and while FLOOD visitors sign in with passwords."""
    service = RelyingParty(house.url, str(SERVICE["client_id"]), str(SERVICE["client_secret"]))
    alone = _token_times(service, seconds)
    with _flood(house):
        return alone, _token_times(service, seconds)


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
def _flood(house: House) -> Iterator[None]:
    agency = RelyingParty(house.url, str(WEB["client_id"]), str(WEB["client_secret"]))
    over = threading.Event()

    def visitor(number: int) -> None:
        while not over.is_set():
            browser = _browser(house)
            browser.submit(browser.get(agency.request()[0]), username=f"u{number}", password=PASSWORD)

    with ThreadPoolExecutor(FLOOD) as visitors:
        going = [visitors.submit(visitor, number) for number in range(FLOOD)]
        time.sleep(0.5)
        try:
            yield
        finally:
            over.set()
    for one in going:
        one.result()


def _browser(house: House) -> Browser:
    """Somewhere else on the loopback network: an address has a budget of tries."""
    return Browser.at(house.url, f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250)}.1")


def _bound(house: House, agency: RelyingParty, number: int) -> SoftKey:
    """A passkey that was added in the account, whose owner has consented once."""
    browser = _browser(house)
    browser.sign_in(browser.get(agency.request()[0]), f"u{63 - number}", PASSWORD)  # Nobody who signs in otherwise.
    page = browser.get("/account/security/add")
    options, path = _question(page, "/account/security/passkey")
    key = SoftKey("127.0.0.1", house.url)
    form = next(n for n, (action, _) in enumerate(page.forms()) if action == path)
    done = browser.submit(page, form, credential=key.make(options))
    assert done.path == "/account/security", done.text[:500]
    return key


def _signed_in(house: House, agency: RelyingParty, key: SoftKey) -> None:
    browser = _browser(house)
    page = browser.get(agency.request()[0])
    options, path = _question(page, "/authenticate/passkey")
    form = next(n for n, (action, _) in enumerate(page.forms()) if action == path)
    landed = browser.submit(page, form, credential=key.answer(options))
    assert landed.url.startswith(REDIRECT), landed.text[:500]
    assert "code" in landed.parameters, landed.url


def _question(page: Page, action_ends: str) -> tuple[str, str]:
    """(options as JSON, path) of the page's passkey form that goes there."""
    found = [(html.unescape(options), html.unescape(path)) for options, path in OPTIONS.findall(page.text)]
    return next((options, path) for options, path in found if path.endswith(action_ends))
