from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from demo import specimens, zones
from idp.domain.oversight import roles
from idp.domain.people import identifiers, records
from idp.domain.people.registers import CsvRegister
from idp.domain.proofing.cases import Case
from idp.domain.proofing.decisions import Choice
from idp.domain.proofing.details import Document
from idp.journeys.proofing import submit_evidence
from idp.journeys.proofing.begin import begin
from idp.journeys.proofing.check import submit
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level
from tests.domain.proofing.pictures import encoded


@pytest.fixture
def arcadia(provider: Provider) -> Provider:
    """The provider of the demonstration country: everybody in demo/register.csv exists."""
    return replace(provider, register=CsvRegister(specimens.REGISTER))


@pytest.fixture
def a_citizen(arcadia: Provider) -> Callable[[], str]:
    """Somebody with an account and a proven address, whom nobody has verified."""

    def make() -> str:
        with arcadia.transaction() as tx:
            person = records.create(tx, arcadia.vault)
            address = f"{person.id}@arcadia.example"
            identifiers.claim(tx, arcadia.vault, person.id, "email", address, tx.now)
        return person.id

    return make


@pytest.fixture
def a_verifier(a_citizen: Callable[[], str], arcadia: Provider) -> Callable[[], str]:
    """Somebody who works here."""

    def make() -> str:
        person_id = a_citizen()
        with arcadia.transaction() as tx:
            roles.grant(tx, person_id, roles.Role.VERIFIER, "operator")
        return person_id

    return make


@dataclass(frozen=True)
class Citizen:
    """Walks through a verification with the papers of an Arcadian."""

    provider: Provider
    person_id: str
    row: dict[str, str]

    def gives(self, level: Level = Level.SUBSTANTIAL, **wrong: str) -> "Citizen":
        """Everything, honestly except for what is told to be `wrong`; with a passport."""
        provider, person, row = self.provider, self.person_id, self.row | wrong
        begin(provider, person, level)
        submit_evidence.choose_document(provider, person, Document.PASSPORT)
        submit_evidence.read_zone(provider, person, "\n".join(zones.passport(row)))
        submit_evidence.keep_names(provider, person, row["given_name"], row["family_name"])
        submit_evidence.upload(provider, person, "portrait", PORTRAIT)
        submit_evidence.upload(provider, person, "document", DOCUMENT)
        return self

    def submits(self, level: Level = Level.SUBSTANTIAL, **wrong: str) -> Case:
        """The case after everything was given."""
        return submit(self.gives(level, **wrong).provider, self.person_id)


PORTRAIT = encoded(specimens.portrait(specimens.person("Nadia")), "PNG")
DOCUMENT = encoded(specimens.passport(specimens.person("Nadia")), "PNG")


@pytest.fixture
def a_walker(arcadia: Provider, a_citizen: Callable[[], str]) -> Callable[..., Citizen]:
    """A new citizen with the papers of the Arcadian of that given name."""

    def make(given_name: str = "Nadia") -> Citizen:
        return Citizen(arcadia, a_citizen(), specimens.person(given_name))

    return make


@pytest.fixture
def approves(arcadia: Provider) -> Callable[[str, str], Case]:
    """A verifier takes a case and approves it."""

    def approve(verifier: str, case_id: str) -> Case:
        claim_case(arcadia, verifier, case_id)
        return decide(arcadia, verifier, case_id, Choice.APPROVED)

    return approve
