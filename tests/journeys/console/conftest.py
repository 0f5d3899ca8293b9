from collections.abc import Callable

import pytest

from idp.domain.clients import registry
from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Role
from idp.domain.people import attributes, identifiers, records
from idp.journeys.console.authority import Staff
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level
from tests.journeys.proofing.conftest import a_citizen, a_walker, arcadia

__all__ = ["a_citizen", "a_walker", "arcadia"]

REVENUE = {
    "client_id": "revenue",
    "client_name": "Revenue Service",
    "redirect_uris": ["https://revenue.example/callback"],
    "backchannel_logout_uri": "https://revenue.example/logout",
}


@pytest.fixture
def a_person(provider: Provider) -> Callable[..., str]:
    """Makes somebody with a user name and a name."""

    def make(username: str, name: str = "", level: Level = Level.HIGH) -> str:
        with provider.transaction() as tx:
            person = records.create(tx, provider.vault, assurance=level)
            identifiers.claim(tx, provider.vault, person.id, "username", username, tx.now)
            attributes.put(tx, provider.vault, person.id, {"name": name or username.title()}, "import")
        return person.id

    return make


@pytest.fixture
def a_colleague(provider: Provider, a_person: Callable[..., str]) -> Callable[..., Staff]:
    """Makes somebody who works here."""

    def make(username: str, *held: Role) -> Staff:
        person_id = a_person(username)
        with provider.transaction() as tx:
            for role in held:
                roles.grant(tx, person_id, role, "operator")
        return Staff(person_id, frozenset(held))

    return make


@pytest.fixture
def vera(a_colleague: Callable[..., Staff]) -> Staff:
    return a_colleague("vera", Role.VERIFIER)


@pytest.fixture
def viktor(a_colleague: Callable[..., Staff]) -> Staff:
    return a_colleague("viktor", Role.VERIFIER)


@pytest.fixture
def adele(a_colleague: Callable[..., Staff]) -> Staff:
    return a_colleague("adele", Role.ADMINISTRATOR)


@pytest.fixture
def augustin(a_colleague: Callable[..., Staff]) -> Staff:
    return a_colleague("augustin", Role.AUDITOR)


@pytest.fixture
def revenue(provider: Provider) -> str:
    """A registered service; returns its client_id."""
    with provider.transaction() as tx:
        return registry.register(tx, REVENUE, None, "operator").id
