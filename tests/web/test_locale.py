import re

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from idp.web import locale
from tests.web.showroom import LANGUAGES


def spoken(client: FlaskClient, path: str = "/", accept: str = "") -> tuple[str, str]:
    page = client.get(path, headers={"Accept-Language": accept}).get_data(as_text=True)
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)"', page)
    assert found
    return found[1], found[2]


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (["ar-EG", "en"], "ar"),
        (["zh-HK"], "zh_Hant"),
        (["zh-TW"], "zh_Hant"),
        (["zh-Hant-MO"], "zh_Hant"),
        (["zh-CN", "ar"], "ar"),
        (["en-GB"], "en"),
        (["fr", "de"], "en"),
        ([], "en"),
        (["", "*", "a" * 10_000, "x-\x00", "ar"], "ar"),
    ],
)
def test_the_first_language_that_we_speak_is_spoken(tags: list[str], language: str) -> None:
    assert locale.negotiate(tags, LANGUAGES) == language


def test_the_browser_decides_when_nobody_else_does(client: FlaskClient) -> None:
    assert spoken(client, accept="ar-EG,en;q=0.5") == ("ar", "rtl")


def test_the_service_decides_before_the_browser(client: FlaskClient) -> None:
    assert spoken(client, "/asked", accept="zh-TW") == ("ar", "rtl")


def test_the_reader_decides_before_the_service(client: FlaskClient) -> None:
    client.get("/?lang=zh-Hant")
    assert spoken(client, "/asked", accept="en") == ("zh-Hant", "ltr")


def test_a_change_of_language_keeps_the_page_and_its_parameters_as_sent(client: FlaskClient) -> None:
    response = client.get("/leave?scope=a%20b&lang=ar&state=%7B%2F%7D&scope=c+d")
    assert response.status_code == 303
    assert response.headers["Location"] == "/leave?scope=a%20b&state=%7B%2F%7D&scope=c+d"


@pytest.mark.parametrize(
    "query",
    [
        "ui_lang=fr",
        "state=lang=x",
        "state=a&xlang=ar&lang_=ar",
        "a=b;lang=ar",
        "Lang=ar",
        "state=%26lang=ar",
        "lan=g=ar",
    ],
)
def test_what_only_looks_like_a_change_of_language_is_left_alone(client: FlaskClient, query: str) -> None:
    assert client.get(f"/leave?{query}").status_code == 200
    assert client.get(f"/leave?{query}&lang=ar").headers["Location"] == f"/leave?{query}"


@pytest.mark.parametrize("wish", ["lang=ar", "%6Cang=ar", "lang=ar&lang=en", "lang=%61r", "lang", "lang=", "lang=ar=b"])
def test_a_change_of_language_is_made_once_however_it_is_written(client: FlaskClient, wish: str) -> None:
    response = client.get(f"/leave?{wish}&&state=a=b+c%20&nothing")
    assert response.headers["Location"] == "/leave?&state=a=b+c%20&nothing"
    assert client.get(response.headers["Location"]).status_code == 200


def test_octets_that_no_address_may_hold_are_the_same_octets_afterwards(client: FlaskClient) -> None:
    raw = "é=\udcff"
    query = {"QUERY_STRING": f"lang=ar&{raw}".encode("utf-8", "surrogateescape").decode("latin-1")}
    assert client.get("/leave", environ_overrides=query).headers["Location"] == "/leave?%C3%A9=%FF"


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example", "/%2F%2Fevil.example"])
def test_a_change_of_language_never_leads_away(client: FlaskClient, path: str) -> None:
    location = client.get(f"{path}?lang=ar", base_url="http://localhost").headers["Location"]
    assert re.match(r"(http://localhost)?/(?![/\\])", location)


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    response = client.get("/?lang=tlh")
    assert response.status_code == 303
    assert "Set-Cookie" not in response.headers


def test_a_planted_cookie_is_only_a_wish(client: FlaskClient) -> None:
    client.set_cookie("lang", '"><script>')
    assert spoken(client) == ("en", "ltr")


def test_the_switcher_names_each_language_in_itself_and_keeps_the_parameters(client: FlaskClient) -> None:
    page = client.get("/?step=2&note=%26").get_data(as_text=True)
    assert 'href="/?step=2&amp;note=%26&amp;lang=zh-Hant" lang="zh-Hant"' in page
    assert ">繁體中文<" in page
    assert ">العربية<" in page


def test_the_first_form_of_a_page_is_its_own(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert page.index("<main") < page.index("<form")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "22 November 2025, 08:26"), ("zh-TW", "2025年11月22日 上午8:26"), ("ar", "22 نوفمبر 2025، 8:26 ص")],
)
def test_a_moment_is_written_as_the_reader_writes_it(app: Flask, language: str, text: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert text in locale.moment(1763800000).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [("en", "1993-08-08", "8 August 1993"), ("ar", "1993-08-08", "8 أغسطس 1993"), ("en", "1993", "1993")],
)
def test_a_date_is_written_as_the_reader_writes_it(app: Flask, language: str, text: str, written: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert locale.calendar_day(text) == written


def test_a_constant_is_not_frozen_in_the_language_of_the_first_reader(client: FlaskClient) -> None:
    client.get("/", headers={"Accept-Language": "en"})
    page = client.get("/", headers={"Accept-Language": "ar"}).get_data(as_text=True)
    assert page.count("22 نوفمبر 2025") == 2


def test_a_text_is_told_to_each_reader_in_turn_and_what_is_put_into_it_is_escaped(app: Flask) -> None:
    page = "{{ _('Skip to the main content') }}|{{ _('to continue to %(service)s', service='<b>') }}"

    def told(language: str) -> tuple[str, str]:
        with app.test_request_context(headers={"Accept-Language": locale.bcp47(language)}):
            text, filled = render_template_string(page).split("|")
        return text, filled

    first, again = [told(language) for language in LANGUAGES], [told(language) for language in LANGUAGES]
    assert first == again
    assert first[0] == ("Skip to the main content", "to continue to &lt;b&gt;")
    assert len({text for text, _ in first}) == len(LANGUAGES)
    assert all("&lt;b&gt;" in filled for _, filled in first)


def test_a_moment_is_told_in_the_time_of_the_country() -> None:
    app = Flask("athens")
    locale.init(app, LANGUAGES, timezone="Europe/Athens")
    with app.test_request_context():
        assert locale.moment(1763800000) == (
            '<time datetime="2025-11-22T10:26:40+02:00">22 November 2025, 10:26</time>'
        )
