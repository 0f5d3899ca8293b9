"""Every page of the console in a real browser: readable by everybody, in every language, on a telephone too."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from idp.domain.people import identifiers
from idp.domain.proofing.decisions import Choice
from idp.foundation.audit.event import Event
from idp.foundation.outbox import Job
from idp.journeys.console import services
from idp.journeys.console.services import Reason
from idp.journeys.oidc.log_out import NOTICE
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from idp.protocol.assurance import Level
from tests import eyes
from tests.web.console.conftest import Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def at(chromium: Browser, address: str, signed_in: Callable[..., Desk]) -> Iterator[Callable[..., Page]]:
    """Gives a member of staff a window."""
    windows = []

    def open_window(person_id: str, language: str, width: int, scheme: str = "light") -> Page:
        cookie = signed_in(person_id).client.get_cookie("session")
        assert cookie is not None
        window = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        window.add_cookies(
            [
                {"name": "session", "value": cookie.value, "url": address},
                {"name": "lang", "value": language, "url": address},
            ]
        )
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_window
    for window in windows:
        window.close()


def look(page: Page, name: str) -> None:
    """No violation, and nothing beyond the edge."""
    found = eyes.violations(page)
    assert not found, f"{name}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
    eyes.keep(page, name)


@pytest.fixture
def busy(arcadia, clock, a_walker, vera, viktor, adele, augustin, revenue):
    """A day at the console: cases of both levels, one half approved, a service suspended, a notice that waits."""
    half = a_walker("Nadia").submits(Level.HIGH)
    claim_case(arcadia, viktor.person_id, half.id)
    decide(arcadia, viktor.person_id, half.id, Choice.APPROVED, (), "All well.")
    clock.advance(3600)
    a_walker("Tobias").submits()
    services.suspend(arcadia, adele, revenue, Reason.SECURITY)
    with arcadia.transaction() as tx:
        tx.send(Job(NOTICE, {"client": revenue}, about=revenue))
        tx.record(Event("tests.thing.done", vera.person_id, half.person_id, {"case": half.id}))
        identifiers.claim(tx, arcadia.vault, half.person_id, "username", "nadia", tx.now)
    return half


WIDE, NARROW = 1280, 320
WINDOWS = [
    ("en", WIDE, "light"),
    ("en", NARROW, "dark"),
    ("zh-Hant", WIDE, "dark"),
    ("ar", WIDE, "light"),
    ("ar", NARROW, "light"),
]


@pytest.mark.parametrize(("language", "width", "scheme"), WINDOWS)
def test_a_verifiers_pages_can_be_read_by_everybody(at, address, busy, vera, language, width, scheme):
    page, kind = at(vera.person_id, language, width, scheme), f"{language}-{width}"
    for path, name in (("", "home"), ("/cases?state=any", "queue"), (f"/cases/{busy.id}", "case-closed")):
        page.goto(f"{address}/console{path}")
        look(page, f"{kind}-{name}")
    page.click("#case-claim")
    page.wait_for_selector("#case-decide")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    look(page, f"{kind}-case")
    page.click("label[for=choice-2]")
    page.click("#case-decide")
    page.wait_for_selector("#error-summary")
    look(page, f"{kind}-case-error")


@pytest.mark.parametrize(("language", "width", "scheme"), WINDOWS)
def test_an_administrators_pages_can_be_read_by_everybody(at, address, busy, adele, vera, language, width, scheme):
    page, kind = at(adele.person_id, language, width, scheme), f"{language}-{width}"
    paths = {
        "services": "/services",
        "service": "/services/revenue",
        "service-status": "/service-status/revenue",
        "staff": "/staff",
        "grant": "/staff/grant",
        "revoke": f"/staff/{vera.person_id}/verifier/revoke",
        "people": "/people",
    }
    for name, path in paths.items():
        page.goto(f"{address}/console{path}")
        look(page, f"{kind}-{name}")
    page.click("label[for=kind]")
    page.fill("#value", "nadia")
    page.select_option("#purpose", "support")
    page.fill("#reference", "T-2041")
    page.click("#person-find")
    page.wait_for_url("**/console/records/*")
    look(page, f"{kind}-record")


@pytest.mark.parametrize(("language", "width", "scheme"), WINDOWS)
def test_an_auditors_pages_can_be_read_by_everybody(app, at, address, busy, augustin, language, width, scheme):
    app.extensions["courier"].round()
    page, kind = at(augustin.person_id, language, width, scheme), f"{language}-{width}"
    for path, name in (("", "auditor"), ("/audit?name=", "audit"), ("/audit?since=x", "audit-error")):
        page.goto(f"{address}/console{path}")
        look(page, f"{kind}-{name}")
    page.click("#audit-verify")
    page.wait_for_selector("main .notice")
    look(page, f"{kind}-audit-verified")


def test_a_case_is_decided_with_the_keyboard_alone(at, address, busy, vera):
    page = at(vera.person_id, "en", 1280)
    page.goto(f"{address}/console/cases/{busy.id}")
    page.focus("#case-claim")
    page.keyboard.press("Enter")
    page.wait_for_selector("#case-decide")
    page.focus("#choice")
    page.keyboard.press("Space")
    page.focus("#case-decide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases?said=approved")
