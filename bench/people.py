"""Two things that people do: signing in with a password, and signing a document. Timed over HTTP, answers checked."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import requests

from bench.house import PASSWORD, REDIRECT, SECRET, SERVICE, SIGNERS, WEB, House
from demo.registry.form import birth_form
from tests.agents import RelyingParty

FORM = {"child": "Iris", "born_on": "2026-11-01", "place": "Tegea"}
AT_EASE = 5
"""Seconds in which a signer has come from a code to the next."""
DECLARER = {"name": "Signer", "national_identifier": "1", "address": "Tegea"}


def password_sign_ins(house: House, seconds: float, at_once: int = 8) -> list[float]:
    """The time of each complete sign-in, from a fresh browser to a code, in seconds."""
    agency = RelyingParty(house.url, str(WEB["client_id"]), str(WEB["client_secret"]))
    for number in range(at_once):
        _signed_in(house, agency, number)  # Consents, once.
    until = time.perf_counter() + seconds

    def visitor(number: int) -> list[float]:
        times = []
        while time.perf_counter() < until:
            began = time.perf_counter()
            _signed_in(house, agency, number)
            times.append(time.perf_counter() - began)
        return times

    with ThreadPoolExecutor(at_once) as visitors:
        return [one for times in visitors.map(visitor, range(at_once)) for one in times]


def _signed_in(house: House, agency: RelyingParty, number: int) -> None:
    browser = house.browser()
    landed = browser.sign_in(browser.get(agency.request()[0]), f"u{number}", PASSWORD)
    assert landed.url.startswith(REDIRECT), landed.text[landed.text.find("<main") :][:2000]
    assert "code" in landed.parameters, landed.url


def signatures(house: House) -> list[float]:
    """The time of each authorisation of a signature, from the code to the signed file, in seconds."""
    return [_signature(house, number) for number in range(SIGNERS)]


def _at_ease_within_a_step(totp: pyotp.TOTP) -> None:
    """A step that ends while a code of the one before is on its way makes that too old."""
    left = totp.interval - time.time() % totp.interval
    if left < AT_EASE:
        time.sleep(left)


def _signature(house: House, number: int) -> float:
    service = RelyingParty(house.url, str(SERVICE["client_id"]), str(SERVICE["client_secret"]))
    token = service.post("/oidc/token", {"grant_type": "client_credentials", "scope": "signing"}).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    document = base64.b64encode(birth_form(FORM | {"child": f"Iris {number}"}, DECLARER)).decode()
    asked = {"document": document, "title": "A birth", "reason": "A birth", "return_uri": REDIRECT}
    ceremony = requests.post(f"{house.url}/api/signing/requests", json=asked, headers=headers, timeout=20).json()
    totp = pyotp.TOTP(SECRET + "ABCDEFGH"[number])
    _at_ease_within_a_step(totp)
    browser = house.browser()
    page = browser.get(f"/sign/{ceremony['id']}")
    page = browser.submit(page, username=f"signer{number}", password=PASSWORD)
    page = browser.submit(page, code=totp.at(time.time() - 30))  # The step before, so that this one is still unspent.
    page = browser.get(f"/sign/{ceremony['id']}/authorise")
    asking = [n for n, (_, values) in enumerate(page.forms()) if "code" in values]
    assert asking, page.text[page.text.find("<main") :][:2000]
    began = time.perf_counter()
    browser.submit(page, asking[0], code=totp.now())
    took = time.perf_counter() - began
    path = f"{house.url}/api/signing/requests/{ceremony['id']}/document"
    signed = requests.get(path, headers=headers, timeout=20)
    assert signed.status_code == 200, signed.text[:300]
    assert signed.content.startswith(b"%PDF-")
    return took
