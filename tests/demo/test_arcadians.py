"""The people of the demonstration country: what is imported, what the register knows and what is printed agree."""

import json
from datetime import UTC, date, datetime

import pytest

from demo import specimens, zones
from idp.domain.people.port import Inquiry
from idp.domain.people.registers import CsvRegister
from idp.domain.proofing.images import clean
from idp.journeys.people.admit import read
from idp.journeys.proofing.submit_evidence import SHORTEST_SIDE
from idp.protocol import mrz
from tests.domain.proofing.pictures import encoded
from tests.fixtures.storage import NOW

TODAY: date = datetime.fromtimestamp(NOW, UTC).date()
PEOPLE = json.loads((specimens.REGISTER.parent / "people.json").read_text(encoding="utf-8"))
ROWS = specimens.register()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["username"])
def test_every_seeded_person_can_be_imported(person):
    entry = {name: value for name, value in person.items() if name != "about"}
    assert read(entry).username == person["username"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["username"])
def test_what_is_imported_is_what_the_register_says(person):
    claims = person["claims"]
    row = next(row for row in ROWS if row["given_name"] == claims["given_name"])
    assert claims["name"] == row["name"]
    assert claims.get("family_name", "") == row["family_name"]
    if person["assurance"] != "low":
        assert claims["national_identifier"] == row["national_identifier"]
        assert (claims["tax_number"], claims["birthdate"]) == (row["tax_number"], row["birthdate"])


def test_every_kind_of_person_is_there():
    assert {person["assurance"] for person in PEOPLE} == {"low", "substantial", "high"}
    assert {person["status"] for person in PEOPLE} == {"active", "locked", "deceased"}
    roles = [role for person in PEOPLE for role in person.get("roles", ())]
    assert sorted(roles) == ["administrator", "auditor", "verifier", "verifier"]
    assert any("family_name" not in person["claims"] for person in PEOPLE)


def test_who_is_above_low_or_works_here_has_a_second_factor():
    above = [person for person in PEOPLE if person["assurance"] != "low" or person.get("roles")]
    assert all(person.get("totp_secret") for person in above)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["given_name_latin"])
def test_every_printed_zone_is_right_and_finds_its_bearer(row):
    register = CsvRegister(specimens.REGISTER)
    for lines in (zones.passport(row), zones.card(row)):
        zone = mrz.parse("\n".join(lines), TODAY)
        names = (row["given_name"], row["family_name"])
        found = register.find(Inquiry(*names, zone.birth_date.isoformat(), zone.document_number))
        assert found.national_identifier == row["national_identifier"]


def test_specimens_are_good_enough_to_be_accepted():
    row = specimens.person("Nadia")
    assert clean(encoded(specimens.portrait(row), "PNG"), SHORTEST_SIDE["portrait"]).width
    for document in (specimens.passport(row), specimens.card(row)):
        assert clean(encoded(document, "PNG"), SHORTEST_SIDE["document"]).width


def test_specimens_are_written_with_their_zones(tmp_path):
    assert specimens.draw_all(tmp_path) == len(ROWS)
    nadia = tmp_path / "nadia-okafor"
    assert {file.name for file in nadia.iterdir()} == {"passport.png", "idcard.png", "portrait.png", "mrz.txt"}
    assert zones.passport(specimens.person("Nadia"))[1] in (nadia / "mrz.txt").read_text(encoding="utf-8")
