from collections.abc import Callable

import pytest

from idp.domain.clients.registry import Client
from idp.domain.people import identifiers, records
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated, Session
from idp.foundation.audit import log
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from tests.builders import a_client
from tests.journeys.proofing.letters import letters
from tests.journeys.signin.conftest import Browser, a_browser, anna, boris, service, user

__all__ = ["Browser", "a_browser", "anna", "boris", "service", "user"]


@pytest.fixture
def revenue(provider: Provider) -> Client:
    """A service that wants to know when a session ends."""
    return a_client(provider, client_id="revenue", backchannel_logout_uri="https://agency.example/ended")


@pytest.fixture
def gina(provider: Provider) -> str:
    """Somebody who has an address and no way to sign in yet."""
    with provider.transaction() as tx:
        person = records.create(tx, provider.vault)
        identifiers.claim(tx, provider.vault, person.id, "email", "gina@people.example", tx.now)
    return person.id


@pytest.fixture
def a_session(provider: Provider) -> Callable[[str], Session]:
    """A session of somebody in yet another browser."""

    def make(person_id: str) -> Session:
        with provider.transaction() as tx:
            proved = Authenticated(person_id, ("pwd",), Strength.ONE_FACTOR, tx.now)
            return browser.start(tx, proved, "Safari, iPhone", 3600)[0]

    return make


@pytest.fixture
def mail(provider: Provider) -> Callable[[str], list[str]]:
    """The subjects of what was written to an address, in order."""
    return lambda address: [one["subject"] for one in letters(provider) if one["address"] == address]


@pytest.fixture
def audit(provider: Provider) -> Callable[[str], list[str]]:
    """The names of what happened around somebody, in order."""

    def read(person_id: str) -> list[str]:
        with provider.reading() as connection:
            return [leaf.name for leaf in log.search(connection, about=person_id, limit=500)][::-1]

    return read
