"""Downloading one's data, page by page."""

import json
import subprocess

import pytest

from idp.config import ROOT
from idp.domain.people import records
from idp.foundation.audit import log
from tests.builders import a_citizen

ARABIC = "\u0623\u0645\u0644 \u062d\u062f\u0627\u062f"


def downloads(window, form, **more):
    window.goes("/account/data")
    return window.client.post("/account/data", data={"csrf_token": window.token(), "format": form} | more)


def text_of(pdf):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(letter for letter in done.stdout.decode() if letter not in "\u202a\u202b\u202c")


def test_the_json_is_a_file_with_her_name(provider, boris, a_window):
    answer = downloads(a_window(boris), "json")

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    told = json.loads(answer.data)
    assert {one["value"] for one in told["identifiers"]} > {"boris", boris.email}
    assert "Your account was created" in {one["words"] for one in told["activity"]}


def test_every_member_of_the_json_is_described(boris, a_window):
    told = json.loads(downloads(a_window(boris), "json").data)
    described = (ROOT / "docs" / "my-data.md").read_text()

    assert [member for member in told if f"`{member}`" not in described] == []


def test_the_pdf_holds_her_name(provider, a_window):
    ines = a_citizen(provider, username="ines", name="In\u00eas Carvalho")
    answer = downloads(a_window(ines), "pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.pdf"'
    text = text_of(answer.data)
    assert "In\u00eas Carvalho" in text
    assert "What we hold about you" in text
    assert ines.email in text


def test_the_pdf_speaks_her_language_and_joins_the_letters_of_her_name(provider, a_window):
    amal = a_citizen(provider, username="amal", name=ARABIC)
    window = a_window(amal)
    window.client.set_cookie("lang", "ar")
    text = text_of(downloads(window, "pdf").data)

    assert ARABIC in text
    assert "\u064a\u0646\u0627\u064a\u0631" in text, "the date is not in her language"


def test_without_a_font_for_her_letters_the_page_says_that_the_json_holds_everything(
    provider, a_window, app, tmp_path, monkeypatch
):
    amal = a_citizen(provider, username="amal", name=ARABIC)
    window = a_window(amal)
    object.__setattr__(provider, "fonts_dir", tmp_path)
    answer = downloads(window, "pdf")

    assert answer.status_code == 503
    assert "The JSON file holds everything." in answer.text
    assert downloads(window, "json").status_code == 200


def test_an_old_session_signs_in_first_and_downloads_nothing(provider, anna, a_window):
    window = a_window(anna, seconds_ago=601)
    answer = window.client.post("/account/data", data={"csrf_token": window.token(), "format": "json"})

    assert answer.status_code == 303
    assert answer.location.startswith("/signin/")
    assert events(provider, anna) == 0


@pytest.mark.parametrize("more", [{"person_id": "x"}, {"id": "x"}, {"sub": "x"}])
def test_whose_data_it_is_cannot_be_chosen(provider, anna, boris, a_window, more):
    name = next(iter(more))
    told = downloads(a_window(boris), "json", **{name: anna.id})

    assert anna.id not in told.text
    assert a_window(boris).goes(f"/account/data?{name}={anna.id}").status == 200
    assert a_window(boris).goes(f"/account/data/{anna.id}").at == "/account/data"
    assert events(provider, anna) == 0


def test_another_sites_form_downloads_nothing(provider, anna, a_window):
    answer = a_window(anna).client.post("/account/data", data={"format": "json"})

    assert answer.status_code == 403
    assert events(provider, anna) == 0


def test_a_format_that_was_not_offered_is_malformed(boris, a_window):
    assert downloads(a_window(boris), "exe").status_code == 400


def test_after_ten_downloads_the_page_says_when_to_come_back(boris, a_window):
    window = a_window(boris)
    answers = [downloads(window, "json").status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


def test_who_is_closing_her_account_can_still_take_her_data_with_her(provider, boris, a_window):
    window = a_window(boris).goes("/account/close").submits("/account/close", understood="yes")

    assert downloads(window, "json").status_code == 200
    with provider.reading() as connection:
        assert records.get(connection, boris.id).status == "closing"


def events(provider, citizen):
    with provider.reading() as connection:
        names = [leaf.name for leaf in log.search(connection, about=citizen.id, limit=500)]
    return names.count("account.data.downloaded")
