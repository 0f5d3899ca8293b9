"""Workers, and the database itself, are killed while people sign in: whatever was acknowledged is there afterwards."""

import json
import os
import secrets
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import requests

from idp.foundation import back_room
from idp.foundation.clock import monotonic, pause
from tests import postgres
from tests.agents import REDIRECT, Browser, RelyingParty
from tests.fixtures.house import CLIENT, PASSWORD
from tests.serving import command, serving, settings

VISITORS = 4
STRIKES = 5
EVERY = 1.5
"""Seconds. The server gives up on a worker that dies twice within 5.5 if no other died between, so they die in turn."""
ENOUGH = 20
"""Fewer sign-ins than these would be no load."""
LONGEST = 60.0


@dataclass
class Town:
    """Visitors who sign in again and again, and what each was told."""

    agency: RelyingParty
    codes: list[tuple[str, str]] = field(default_factory=list)
    """Redeemed, each with its verifier."""
    refreshed: list[str] = field(default_factory=list)
    """Refresh tokens that were spent."""
    tokens: list[str] = field(default_factory=list)
    interrupted: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def came(self) -> int:
        """How many sign-ins came to their end."""
        return len(self.codes) + len(self.refreshed)

    def visitor(self, number: int) -> None:
        """Sign in at a fresh browser; whoever is interrupted begins anew."""
        while not self.over.is_set():
            try:
                self._sign_in(number)
            except (requests.RequestException, AssertionError, KeyError, IndexError):
                self.interrupted += 1
                pause(0.05)

    def browser(self) -> Browser:
        """Each somewhere else: an address has a budget of tries."""
        return Browser.at(self.agency.base, f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250)}.1")

    def _sign_in(self, number: int) -> None:
        asked, verifier = self.agency.request(scope="openid offline_access")
        browser = self.browser()
        landed = browser.sign_in(browser.get(asked), f"u{number}", PASSWORD)
        code = landed.parameters["code"]
        first = self.agency.redeem(code, verifier)
        if first.status_code != 200:
            return
        self.tokens.append(first.json()["access_token"])
        if number % 2:  # Shown again it ends the grant, which would hide that a refresh token counts twice.
            self.codes.append((code, verifier))
            return
        second = self.agency.refresh(first.json()["refresh_token"])
        if second.status_code == 200:
            self.tokens.append(second.json()["access_token"])
            self.refreshed.append(first.json()["refresh_token"])


@pytest.fixture
def town(request, tmp_path):
    """(visitors, the server's process, the database's socket folder if it has one)."""
    with ExitStack() as running:
        database = running.enter_context(postgres.running(fsync="on")) if request.param == "postgresql" else None
        url = f"sqlite:///{tmp_path}/tessera.db" if database is None else database.url(database.create())
        environment = settings(tmp_path, url, 1)
        command(environment, "db", "upgrade", "--json")
        people = [{"username": f"u{n}", "password": PASSWORD, "claims": {"name": f"U {n}"}} for n in range(VISITORS)]
        for kind, entries in (("clients", [CLIENT]), ("people", people)):
            file = tmp_path / f"{kind}.json"
            file.write_text(json.dumps(entries))
            command(environment, kind, "import", str(file), "--json")
        server = running.enter_context(serving(tmp_path, url, workers=2, upgraded=True))
        agency = RelyingParty(server.url, str(CLIENT["client_id"]), str(CLIENT["client_secret"]))
        yield Town(agency), server, database


def workers_of(pid: int) -> list[int]:
    """The server's children that serve."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in children if Path(f"/proc/{one}/comm").read_text().strip() != back_room.NAME]


def kill_a_worker(server, _database) -> None:
    """The older one, which is the other one than last time."""
    os.kill(workers_of(server.process.pid)[0], signal.SIGKILL)


def kill_a_backend(_server, database) -> None:
    """PostgreSQL then throws every connection out and recovers from its log, as after a crash of the machine."""
    with psycopg.connect(user="postgres", dbname="postgres", host=str(database.folder), autocommit=True) as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        found = [row[0] for row in connection.execute(asked)]
    if found:
        os.kill(found[0], signal.SIGKILL)


def struck_home(strike) -> bool:
    """Strike; False if what was aimed at was gone or is still getting up from the last time."""
    try:
        strike()
    except (psycopg.OperationalError, OSError, IndexError):
        return False
    return True


def storm(town: Town, strike) -> int:
    """Let people sign in while it strikes, until both were often enough; returns how often it struck."""
    struck = 0
    with ThreadPoolExecutor(VISITORS) as visitors:
        going = [visitors.submit(town.visitor, number) for number in range(VISITORS)]
        until = monotonic() + LONGEST
        try:
            while monotonic() < until and (struck < STRIKES or town.came <= ENOUGH):
                pause(EVERY)
                struck += struck < STRIKES and struck_home(strike)
        finally:
            town.over.set()
        for one in going:
            one.result()
    return struck


def ready(agency: RelyingParty) -> bool:
    until = monotonic() + 20
    while monotonic() < until:
        try:
            if requests.get(f"{agency.base}/health/ready", timeout=5).status_code == 200:
                return True
        except requests.RequestException:
            pause(0.1)
    return False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("town", "strike"),
    [("sqlite", kill_a_worker), ("postgresql", kill_a_worker), ("postgresql", kill_a_backend)],
    indirect=["town"],
)
def test_what_was_acknowledged_is_kept_and_what_was_spent_stays_spent(town, strike):
    visitors, server, database = town
    struck = storm(visitors, lambda: strike(server, database))

    assert struck >= STRIKES
    assert visitors.interrupted > 0, "nobody noticed: the storm was none"
    assert visitors.came > ENOUGH
    assert ready(visitors.agency)
    assert [token for token in visitors.tokens if not visitors.agency.is_active(token)] == []
    assert visitors.codes
    assert visitors.refreshed
    again = [visitors.agency.redeem(code, verifier).status_code for code, verifier in visitors.codes]
    assert 200 not in again, "a code was redeemed twice"
    again = [visitors.agency.refresh(token).status_code for token in visitors.refreshed]
    assert 200 not in again, "a refresh token was spent twice"
    browser = visitors.browser()
    assert browser.sign_in(browser.get(visitors.agency.request()[0]), "u0", PASSWORD).url.startswith(REDIRECT)
    assert server.run("audit", "verify")["fault"] is None
