"""`idp passwords prepare`, and what a wrong list of leaked passwords is told."""

import hashlib

import pytest

from tests.cli.test_commands import Installation

LEAKED = [f"leaked password {number}" for number in range(2000)]
LINES = sorted(f"{hashlib.sha1(one.encode()).hexdigest().upper()}:3\r\n" for one in LEAKED)
WHOLE = "".join(LINES)
WRONG = {
    "unsorted": ("".join(reversed(LINES)), "is not sorted by hash"),
    "cut off": ("".join(LINES[:1200]), "was cut off"),
    "of another kind": ("password\n123456\n", "no SHA-1 hash"),
    "empty": ("", "is empty"),
}


@pytest.fixture
def home(tmp_path, furnished):
    return Installation(tmp_path, furnished.copy("sqlite", tmp_path))


def given(home, text):
    file = home.folder / "download.txt"
    file.write_text(text, newline="")
    return file


def leaks(home):
    """What doctor says of the list."""
    return next(one for one in home.json("doctor") if one["check"] == "breaches")


def test_a_download_is_prepared_and_used(home):
    out = home.folder / "breached.bin"
    made = home.json("passwords", "prepare", str(given(home, WHOLE)), str(out))

    assert made == {"file": str(out), "hashes": 2000}
    home.environment["IDP_BREACHED_PASSWORDS"] = str(out)
    assert leaks(home) == {"check": "breaches", "state": "ok", "advice": str(out)}


def test_without_a_list_doctor_warns(home):
    assert leaks(home)["state"] == "warning"


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_list_is_not_prepared_and_what_was_there_stays(home, kind):
    text, why = WRONG[kind]
    out = home.folder / "breached.bin"
    out.write_bytes(b"the list of yesterday")
    refused = home.idp("passwords", "prepare", str(given(home, text)), str(out))

    assert refused.returncode != 0
    assert why in refused.stderr
    assert out.read_bytes() == b"the list of yesterday"
    assert sorted(file.name for file in home.folder.iterdir() if "breached" in file.name) == ["breached.bin"]


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_list_stops_the_start_and_doctor_says_why(home, kind):
    text, why = WRONG[kind]
    home.environment["IDP_BREACHED_PASSWORDS"] = str(given(home, text))
    for command in ("serve", "--port", "1"), ("doctor",):
        told = home.idp(*command)
        assert told.returncode != 0
        assert "IDP_BREACHED_PASSWORDS" in told.stdout + told.stderr
        assert why in told.stdout + told.stderr
        assert "Traceback" not in told.stderr


def test_a_list_that_is_not_there_is_a_wrong_setting(home):
    home.environment["IDP_BREACHED_PASSWORDS"] = "/nowhere/list"

    assert "cannot be opened" in home.idp("serve", "--port", "1").stderr
