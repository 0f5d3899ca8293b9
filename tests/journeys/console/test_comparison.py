from dataclasses import replace

import pytest

from idp.domain.proofing.details import Details, Found
from idp.journeys.console.comparison import Agreement, compare

DETAILS = Details(
    document_number="XP8989025",
    birthdate="1974-08-12",
    expires_on="2030-04-15",
    issuing_state="XAR",
    mrz=("P<", "XP"),
    mrz_names=("ANNA MARIA", "MUELLER"),
    given_name="Anna Maria",
    family_name="Müller",
)
FOUND = Found(
    national_identifier="1",
    alive=True,
    birthdate="1974-08-12",
    names_latin=("Anna Maria", "Müller"),
    claims={"given_name": "Anna Maria", "family_name": "Müller"},
    document_kind="passport",
    document_country="XAR",
    issued_on="2020-04-16",
    expires_on="2030-04-15",
)


class Case:
    """As much of a case file as a comparison looks at."""

    def __init__(self, details=DETAILS, found=FOUND):
        self.details = details
        self.found = found


def agreements(**changed):
    return {line.field: line.agreement for line in compare(Case(**changed))}


def test_everything_agrees_when_all_three_say_the_same():
    told = agreements()
    assert told.pop("issued_on") is Agreement.INCOMPLETE
    assert set(told.values()) == {Agreement.AGREES}


@pytest.mark.parametrize(
    ("field", "value"),
    [("birthdate", "1974-08-13"), ("expires_on", "2031-04-15"), ("issuing_state", "UTO")],
)
def test_a_fact_that_the_register_knows_otherwise_differs(field, value):
    assert agreements(details=replace(DETAILS, **{field: value}))[field] is Agreement.DIFFERS


def test_a_name_that_was_typed_otherwise_differs():
    told = agreements(details=replace(DETAILS, given_name="Anne"))
    assert (told["given_name"], told["family_name"]) == (Agreement.DIFFERS, Agreement.AGREES)


def test_a_name_that_the_zone_says_otherwise_differs():
    told = agreements(details=replace(DETAILS, mrz_names=("ANNA MARIA", "MILLER")))
    assert (told["given_name"], told["family_name"]) == (Agreement.AGREES, Agreement.DIFFERS)


def test_a_single_name_agrees_though_passports_print_it_as_a_surname():
    single = replace(DETAILS, given_name="Suharta", family_name="", mrz_names=("", "SUHARTA"))
    known = replace(FOUND, names_latin=("Suharta", ""), claims={"given_name": "Suharta"})
    told = agreements(details=single, found=known)
    assert (told["given_name"], told["family_name"]) == (Agreement.AGREES, Agreement.AGREES)


def test_a_name_in_another_script_agrees_with_what_the_passport_spells():
    details = replace(DETAILS, given_name="美玲", family_name="陳", mrz_names=("MEILING", "CHEN"))
    found = replace(FOUND, names_latin=("Meiling", "Chen"), claims={"given_name": "美玲", "family_name": "陳"})
    lines = {line.field: line for line in compare(Case(details, found))}
    assert (lines["given_name"].agreement, lines["given_name"].latin) == (Agreement.AGREES, "Meiling")


def test_nothing_is_said_to_agree_when_the_register_knows_nobody():
    assert set(agreements(found=None).values()) == {Agreement.INCOMPLETE}


def test_what_was_typed_by_hand_stands_in_the_citizens_column():
    typed = replace(DETAILS, mrz=(), mrz_names=("", ""))
    line = next(line for line in compare(Case(typed)) if line.field == "birthdate")
    assert (line.entered, line.zone) == ("1974-08-12", "")


def test_a_missing_value_neither_agrees_nor_differs():
    assert agreements(details=replace(DETAILS, issuing_state=""))["issuing_state"] is Agreement.INCOMPLETE
