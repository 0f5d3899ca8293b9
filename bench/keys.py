"""Signing in with a passkey. Timed over HTTP, answers checked."""

import html
import re
import time
from concurrent.futures import ThreadPoolExecutor

from bench.house import PASSWORD, REDIRECT, WEB, House
from tests.agents import Page, RelyingParty
from tests.passkeys import SoftKey

OPTIONS = re.compile(r'data-options="([^"]*)"[^>]*action="([^"]*)"')


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


def _bound(house: House, agency: RelyingParty, number: int) -> SoftKey:
    """A passkey that was added in the account, whose owner has consented once."""
    browser = house.browser()
    browser.sign_in(browser.get(agency.request()[0]), f"u{63 - number}", PASSWORD)  # Nobody who signs in otherwise.
    page = browser.get("/account/security/add")
    options, path = _question(page, "/account/security/passkey")
    key = SoftKey("127.0.0.1", house.url)
    form = next(n for n, (action, _) in enumerate(page.forms()) if action == path)
    done = browser.submit(page, form, credential=key.make(options))
    assert done.path == "/account/security", done.text[:500]
    return key


def _signed_in(house: House, agency: RelyingParty, key: SoftKey) -> None:
    browser = house.browser()
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
