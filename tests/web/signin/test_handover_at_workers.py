"""A sign-in is handed over while the provider restarts again and again, and no two requests meet the same worker."""

import re
from contextlib import contextmanager

import pyotp
import pytest

from tests.agents import Browser, RelyingParty
from tests.fixtures.house import CLIENT, PASSWORD, SECRET
from tests.serving import serving


class Devices:
    """A kiosk and a telephone, that find the provider again after each restart."""

    def __init__(self, folder, database_url):
        self.folder, self.database_url = folder, database_url
        self.kiosk, self.phone = Browser(""), Browser("")
        for browser in (self.kiosk, self.phone):
            browser.http.headers["Connection"] = "close"

    @contextmanager
    def meet(self):
        """While the provider runs, with two workers."""
        with serving(self.folder, self.database_url, workers=2, upgraded=True) as server:
            self.kiosk.base = self.phone.base = server.url
            yield RelyingParty(server.url, "agency", str(CLIENT["client_secret"]))


@pytest.fixture(params=["sqlite", "postgresql"])
def devices(request, tmp_path, furnished):
    return Devices(tmp_path, furnished.copy(request.param, tmp_path))


@pytest.mark.slow
def test_nothing_is_lost_by_a_restart_nor_known_to_one_worker_alone(devices):
    kiosk, phone = devices.kiosk, devices.phone
    with devices.meet() as agency:
        address, verifier = agency.request()
        waiting = kiosk.submit_to(kiosk.get(address), "/handover")
        typed = re.search(r'id="handover-typed"[^>]*>(\w{4}-\w{4})<', waiting.text)[1]
        opening = phone.get("/handover")
    with devices.meet():
        step = phone.submit_to(opening, "/handover/open", code=typed)
        assert step.path.endswith("/authenticate")
    with devices.meet():
        step = phone.submit_to(step, "/authenticate", username="cleo", password=PASSWORD)
        step = phone.submit_to(step, "/second-factor", code=pyotp.TOTP(SECRET).now())
        assert step.path.startswith("/handover/")
        number = re.search(r"data-matching>(\d\d)<", kiosk.get(waiting.path).text)[1]
    with devices.meet():
        states = {kiosk.http.get(f"{kiosk.base}{waiting.path}/state").json()["state"] for _ in range(8)}
        assert states == {"opened"}
        assert "signed in over there" in phone.submit_to(step, "/approve", matching=number).text
    with devices.meet() as agency:
        consent = kiosk.submit_to(kiosk.get(waiting.path), "/continue")
        assert consent.path.endswith("/consent")
        done = kiosk.submit_to(consent, "/consent")
        assert agency.redeem(done.parameters["code"], verifier, redirect_uri=str(CLIENT["redirect_uris"][0])).ok
        own = kiosk.get("/account/security/add")
        assert own.path.endswith("/authenticate"), "what was handed over is not her own after a restart either"
