from collections.abc import Callable
from dataclasses import dataclass

import pytest

from demo.registry.form import birth_form
from idp.domain.clients.registry import Client
from idp.domain.signatures.ceremonies import Ceremony
from idp.journeys.provider import Provider
from idp.journeys.signing import authorise
from idp.journeys.signing.prepare import Asked, prepare
from idp.journeys.signing.review import open_for
from idp.protocol.assurance import Level
from tests.builders import REDIRECT_URI, Citizen, a_citizen, a_client
from tests.fixtures.storage import Clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RETURN_URI = "https://agency.example/signed"
DECLARED_BY = {"name": "Anna Lindqvist", "national_identifier": "10000000001", "address": "1 Olive Street\nArcadia"}
PDF = birth_form({"child": "Lina", "born_on": "2026-11-20", "place": "Arcadia"}, DECLARED_BY)
OTHER_PDF = birth_form({"child": "Lina", "born_on": "2026-11-21", "place": "Arcadia"}, DECLARED_BY)
SIGNING = {
    "signing": True,
    "grant_types": ["authorization_code", "client_credentials"],
    "scope": "openid profile signing",
    "redirect_uris": [REDIRECT_URI, RETURN_URI],
}


@pytest.fixture
def agency(provider: Provider) -> Client:
    """A service that may ask for signatures."""
    return a_client(provider, **SIGNING)


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    """A verified citizen with an authenticator app."""
    names = {"name": "Anna Lindqvist", "given_name": "Anna", "family_name": "Lindqvist"}
    return a_citizen(provider, assurance=Level.SUBSTANTIAL, totp=SECRET, **names)


@pytest.fixture
def boris(provider: Provider) -> Citizen:
    """Another one."""
    return a_citizen(provider, assurance=Level.HIGH, totp=SECRET)


@dataclass(frozen=True)
class Desk:
    """An agency that asks, and citizens who answer."""

    provider: Provider
    agency: Client
    clock: Clock

    def asks(self, content: bytes = PDF, **terms: object) -> Ceremony:
        """A ceremony for a document."""
        told = {"title": "Registration of a birth", "reason": "I declare a birth", "return_uri": RETURN_URI}
        return prepare(self.provider, self.agency, Asked(content, **(told | terms)))

    def opened_by(self, citizen: Citizen, **terms: object) -> Ceremony:
        """A ceremony that this citizen looked at."""
        return open_for(self.provider, self.asks(**terms).id, citizen.id).ceremony

    def activated_by(self, citizen: Citizen, ceremony: Ceremony) -> str:
        """The activation for the next code of the citizen's app."""
        self.clock.advance(30)
        return authorise.with_code(self.provider, ceremony.id, citizen.id, citizen.code(self.clock.now))


@pytest.fixture
def desk(provider: Provider, agency: Client, clock: Clock) -> Desk:
    return Desk(provider, agency, clock)


@pytest.fixture
def mails(app) -> Callable[[], list[str]]:
    """Delivers what waits, and tells the subjects and texts of everything in the inbox."""

    def read() -> list[str]:
        app.extensions["courier"].round()
        told = app.test_client().get("/inbox?format=json").get_json()
        return [f"{one['subject']}\n{one['text']}" for one in told]

    return read
