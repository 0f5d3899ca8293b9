"""What every PopulationRegister keeps: it finds one person by everything they say, or nobody, and never says why."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from idp.domain.people.port import Inquiry, PopulationRegister
from idp.domain.people.registers import COLUMNS, CsvRegister

ROWS = [
    (
        "1,91,Eleni Papadaki,Eleni,Papadaki,Eleni,Papadaki,1986-03-14,female"
        ",Tegea,XAR,XAR,1 Olive Street,2210,Tegea,alive,"
        "XP1,2020-01-01,2030-01-01,XC1,2021-01-01,2031-01-01,XC1,ab"
    ),
    (
        "2,92,عبد الرحمن الحسيني,عبد الرحمن,الحسيني,Abdulrahman,Alhusayni,1971-09-09,male"
        ",Tegea,XAR,XAR,2 Olive Street,2210,Tegea,alive,"
        "XP2,2020-01-01,2030-01-01,,,,,"
    ),
    (
        "3,93,Suharta,Suharta,,Suharta,,1968-01-30,male"
        ",Tegea,XAR,XAR,3 Olive Street,2210,Tegea,alive,"
        "XP3,2020-01-01,2030-01-01,,,,,"
    ),
    (
        "4,94,Orson Pell,Orson,Pell,Orson,Pell,1941-02-11,male"
        ",Tegea,XAR,XAR,4 Olive Street,2210,Tegea,deceased,"
        "XP4,2020-01-01,2030-01-01,,,,,"
    ),
    (
        "5,95,Jürgen Weißmüller,Jürgen,Weißmüller,Jürgen,Weißmüller,1984-05-30,male"
        ",Tegea,XAR,XAR,5 Olive Street,2210,Tegea,alive,"
        "XP5,2020-01-01,2030-01-01,,,,,"
    ),
]
ELENI = Inquiry("Eleni", "Papadaki", "1986-03-14", document_number="XP1")


def written(folder: Path, rows: list[str]) -> Path:
    path = folder / "register.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture(params=["csv"])
def register(request, tmp_path) -> PopulationRegister:
    """Each implementation over the same five people."""
    return {"csv": CsvRegister}[request.param](written(tmp_path, ROWS))


def test_a_document_number_with_names_and_birthdate_finds_the_person(register):
    entry = register.find(ELENI)
    assert (entry.national_identifier, entry.tax_number, entry.alive) == ("1", "91", True)
    assert [document.kind for document in entry.documents] == ["passport", "idcard"]
    assert [document.revoked for document in entry.documents] == [False, True]


def test_a_national_identifier_finds_the_person_too(register):
    assert register.find(replace(ELENI, document_number="", national_identifier="1")) == register.find(ELENI)


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "Helen"},
        {"family_name": "Papadakis"},
        {"birthdate": "1986-03-15"},
        {"document_number": "XP9"},
        {"document_number": "XP2"},
        {"document_number": "1"},
        {"document_number": ""},
        {"given_name": "", "family_name": ""},
    ],
)
def test_one_part_that_is_wrong_finds_nobody(register, changes):
    assert register.find(replace(ELENI, **changes)) is None


@pytest.mark.parametrize("given_name", ["ELENI", "eleni", " Éleni "])
def test_case_marks_and_spaces_do_not_matter(register, given_name):
    assert register.find(replace(ELENI, given_name=given_name)) is not None


@pytest.mark.parametrize(("given", "family"), [("عبد الرحمن", "الحسيني"), ("Abdulrahman", "ALHUSAYNI")])
def test_names_are_known_in_both_scripts(register, given, family):
    assert register.find(Inquiry(given, family, "1971-09-09", "XP2")) is not None


@pytest.mark.parametrize("name", ["Weißmüller", "WEISSMUELLER", "Weissmuller"])
def test_names_are_known_as_passports_spell_them(register, name):
    given = "JUERGEN" if "UE" in name else "Jurgen"
    assert register.find(Inquiry(given, name, "1984-05-30", "XP5")) is not None


@pytest.mark.parametrize(("given", "family"), [("Suharta", ""), ("", "Suharta")])
def test_a_single_name_may_stand_in_either_place(register, given, family):
    assert register.find(Inquiry(given, family, "1968-01-30", "XP3")) is not None


def test_the_dead_are_found_and_said_to_be_dead(register):
    assert register.find(Inquiry("Orson", "Pell", "1941-02-11", "XP4")).alive is False


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([ROWS[0], ROWS[0]], "line 3"),
        ([ROWS[0].replace("alive", "undead")], "line 2"),
        ([ROWS[0].replace("1986-03-14", "14 March 1986")], "line 2"),
        ([ROWS[0].replace("2030-01-01", "2010-01-01")], "line 2"),
        ([ROWS[0] + ",more"], "line 2"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path, rows, complaint):
    with pytest.raises(ValueError, match=complaint):
        CsvRegister(written(tmp_path, rows))


def test_a_file_with_other_columns_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("name,age\nEleni,40\n")
    with pytest.raises(ValueError, match="columns"):
        CsvRegister(tmp_path / "other.csv")


def test_the_demonstration_register_is_read_whole():
    path = Path(__file__).parents[2] / "demo" / "register.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    register = CsvRegister(path)
    inquiries = [
        Inquiry(row["given_name"], row["family_name"], row["birthdate"], row["passport_number"]) for row in rows
    ]
    assert [register.find(inquiry).national_identifier for inquiry in inquiries] == [
        row["national_identifier"] for row in rows
    ]
