"""`idp demo` as a newcomer starts it, on free ports and in a folder of its own, with more citizens for the walks."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from demo import specimens
from idp.foundation.clock import monotonic, pause
from tests.makers import Maker
from tests.serving import IDP, command, free_port

READY_SECONDS = 40.0
TIMEOUT = 10
PASSWORD = "a lantern under quiet water"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CITIZENS = {
    "knows.en": ("Theo", "substantial"),
    "knows.ar": ("Emre", "substantial"),
    "denies.en": ("Clara", "substantial"),
    "rises.en": ("Matteo", "low"),
    "rises.ar": ("Ibrahim", "low"),
    "fails.en": ("Agnieszka", "low"),
    "fails.ar": ("Dimitra", "low"),
    "mistypes.en": ("Carmen", "low"),
    "mistypes.ar": ("Ngozi", "low"),
    "signs.en": ("Siobhán", "high"),
    "signs.ar": ("Hana", "high"),
    "declines.en": ("Pedro", "high"),
    "declines.ar": ("Zofia", "high"),
    "misses.en": ("Rosalind", "high"),
    "alarms.en": ("", "low"),
    "strays.en": ("", "low"),
    "strays.ar": ("", "low"),
    "leaves.en": ("Jürgen", "substantial"),
    "leaves.ar": ("Þóra", "substantial"),
    "closes.en": ("Nadia", "substantial"),
    "closes.ar": ("Thuy Linh", "substantial"),
    "parts.en": ("Noor", "substantial"),
    "parts.ar": ("Ruben", "substantial"),
    "tidies.en": ("Priya", "substantial"),
    "tidies.ar": ("Leila", "substantial"),
    "waits.en": ("", "low"),
    "waits.ar": ("", "low"),
    "hands.en": ("Anselm", "substantial"),
    "hands.ar": ("Devi", "substantial"),
    "borrows.en": ("", "low"),
    "borrows.ar": ("", "low"),
    "borrows.zh_Hant": ("", "low"),
    "pays.en": ("", "substantial"),
    "pays.ar": ("", "substantial"),
    "frames.en": ("", "substantial"),
    "posts.en": ("", "low"),
    "posts.ar": ("", "low"),
    "posts.onward": ("", "low"),
    "presses.en": ("", "low"),
    "presses.ar": ("", "low"),
    "fetches.en": ("", "low"),
    "spies.en": ("", "low"),
    "proves.en": ("", "low"),
    "moves.en": ("Samuel", "substantial"),
    "moves.ar": ("Oskar", "substantial"),
    "moves.zh_Hant": ("", "low"),
}
"""Who has an account already, by user name, one for each walk and language: name in Latin letters, and assurance.

Without a name it is somebody whom the register need not know."""


@dataclass(frozen=True)
class Country:
    """The provider and the two agencies, by their addresses."""

    port: int
    environment: Mapping[str, str]
    maker: Maker
    """Whose hardware keys the provider takes."""

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def revenue(self) -> str:
        return f"http://localhost:{self.port + 1}"

    @property
    def registry(self) -> str:
        return f"http://localhost:{self.port + 2}"

    def letters(self, address: str) -> list[dict[str, str]]:
        """What was sent to an address, newest first."""
        answer = requests.get(f"{self.issuer}/inbox", {"to": address, "format": "json"}, timeout=TIMEOUT)
        answer.raise_for_status()
        found: list[dict[str, str]] = answer.json()
        return found

    def letter(self, address: str, pattern: str, count: int = 1) -> "re.Match[str]":
        """The newest letter to an address that says `pattern`, once there are `count`; waits for the courier."""
        deadline = monotonic() + TIMEOUT
        while monotonic() < deadline:
            told = [f"{one['subject']}\n{one['text']}" for one in self.letters(address)]
            found = list(filter(None, (re.search(pattern, text) for text in told)))
            if len(found) >= count:
                return found[0]
            pause(0.1)
        raise AssertionError(f"no letter to {address} says {pattern!r}: {self.letters(address)}")


def row_of(username: str) -> dict[str, str]:
    """What the population register says of somebody in CITIZENS."""
    return specimens.person(CITIZENS[username][0])


def admit(country: Country, folder: Path) -> None:
    """Bring in the people whom another system knew, as an operator does."""
    file = folder / "people.json"
    file.write_text(json.dumps([_entry(username, assurance) for username, (_, assurance) in CITIZENS.items()]))
    command(country.environment, "people", "import", str(file), "--json")


def _entry(username: str, assurance: str) -> dict[str, object]:
    account = {"username": username, "password": PASSWORD, "totp_secret": SECRET, "assurance": assurance}
    if not CITIZENS[username][0]:
        return account | {"claims": {"name": username, "email": f"{username}@arcadia.example", "email_verified": True}}
    row = row_of(username)
    address = {name: row[name] for name in ("street_address", "postal_code", "locality")} | {"country": "XAR"}
    claims = {name: row[name] for name in ("name", "given_name", "family_name", "birthdate", "tax_number") if row[name]}
    claims |= {"national_identifier": row["national_identifier"], "address": address}
    claims |= {"email": f"{username}@arcadia.example", "email_verified": True}
    return account | {"claims": claims}


@contextmanager
def running(folder: Path, database_url: str = "", **settings: str) -> Iterator[Country]:
    """Start everything with the one command, wait for its three doors, and tell it to end at the end.

    `settings` are variables of the provider's environment.
    """
    maker = Maker()
    listed = {"IDP_ATTESTATION": str(maker.listed(folder))}
    country = Country(free_port(3), _environment(folder, database_url) | listed | settings, maker)
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*IDP, "demo", "--port", str(country.port)],
            env=country.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(country, process, log)
        yield country
    finally:
        process.terminate()  # Not Ctrl-C, which whoever started the tests may have had ignored.
        try:
            process.wait(20)
        finally:
            _end(process.pid)


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    named = {"IDP_DATA_DIR": str(folder / "var"), "IDP_KEYS_DIR": str(folder / "keys")}
    return inherited | named | ({"IDP_DATABASE_URL": database_url} if database_url else {})


def _wait(country: Country, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = monotonic() + READY_SECONDS
    while monotonic() < deadline and process.poll() is None:
        if b"Ctrl-C stops" in log.read_bytes() and _answers(country):
            return
        pause(0.1)
    raise AssertionError(f"idp demo did not start:\n{log.read_text()}")


def _answers(country: Country) -> bool:
    try:
        return all(
            requests.get(address, timeout=TIMEOUT).ok
            for address in (f"{country.issuer}/health/ready", country.revenue, country.registry)
        )
    except requests.RequestException:
        return False


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return  # Everybody left when asked to.
