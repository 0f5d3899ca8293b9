import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from idp.web import theme
from tests.web.showroom import LANGUAGES, ROOT


@pytest.fixture
def arcadia() -> theme.Theme:
    return theme.load(ROOT / "theme.toml")


def test_arcadia_can_be_read(arcadia: theme.Theme) -> None:
    assert arcadia.problems() == ()


def test_arcadia_speaks_every_language(arcadia: theme.Theme) -> None:
    for words in (arcadia.country, arcadia.service, arcadia.hours, *(link.words for link in arcadia.links)):
        assert set(LANGUAGES) <= set(words)
    for kind in arcadia.detail_types.values():
        labels = [word for member in kind.members.values() for word in (member.label, *member.choices.values())]
        assert all(set(LANGUAGES) <= set(words) for words in (kind.title, kind.text, *labels))


def test_a_faulty_type_of_details_is_found_when_the_pack_is_read(tmp_path: Path) -> None:
    pack = (ROOT / "theme.toml").read_text().replace("theme/emblem.svg", str(ROOT / "theme" / "emblem.svg"))
    (tmp_path / "theme.toml").write_text(pack.replace('kind = "iban"', 'kind = "secret"'))
    with pytest.raises(ValueError, match=r"authorization_details\.tax_payment\.identifier"):
        theme.load(tmp_path / "theme.toml")


def test_telephone_numbers_are_of_the_region_given_or_of_the_country(arcadia: theme.Theme, tmp_path: Path) -> None:
    pack = (ROOT / "theme.toml").read_text().replace("theme/emblem.svg", str(ROOT / "theme" / "emblem.svg"))
    (tmp_path / "theme.toml").write_text(pack.replace("telephone_region =", "# "))
    assert (arcadia.telephone_region, theme.load(tmp_path / "theme.toml").telephone_region) == ("GR", "XA")


def test_a_faint_accent_is_named_with_its_contrast(arcadia: theme.Theme) -> None:
    faint = dataclasses.replace(arcadia, accent_light="#7fd6bd")
    assert faint.problems()[0] == "accent_light #7fd6bd on #ffffff has contrast 1.7; at least 4.5 is needed"


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_surfaces_judged_are_those_of_the_stylesheet() -> None:
    sheet = (ROOT / "idp/web/static/tessera.css").read_text()
    light, dark = theme.LIGHT_SURFACES, theme.DARK_SURFACES
    assert f"--page: light-dark({light[1]}, {dark[1]}); --surface: light-dark({light[0]}, {dark[0]})" in sheet


def test_a_pack_without_a_name_is_refused_by_name(tmp_path: Path) -> None:
    text = (ROOT / "theme.toml").read_text().replace("[service]", "[elsewhere]")
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/emblem.svg").write_bytes(b"<svg/>")
    (tmp_path / "theme.toml").write_text(text)
    with pytest.raises(ValueError, match="lacks 'service'"):
        theme.load(tmp_path / "theme.toml")


def test_a_colour_cannot_carry_a_stylesheet(tmp_path: Path) -> None:
    text = (ROOT / "theme.toml").read_text().replace('"#0d5b4c"', '"red;} *{"')
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/emblem.svg").write_bytes(b"<svg/>")
    (tmp_path / "theme.toml").write_text(text)
    with pytest.raises(ValueError, match="not a colour"):
        theme.load(tmp_path / "theme.toml")


def test_files_are_named_by_their_content_and_kept(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    for address in ("/theme.css?v=", "/theme.svg?v=", "/static/tessera.css?v=", "/static/page.js?v="):
        start = page.index(address)
        with client.get(page[start : page.index('"', start)]) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]


def test_files_are_asked_for_where_the_application_is_mounted(client: FlaskClient) -> None:
    for mounted_at in ("", "/id", ""):
        page = client.get("/", base_url=f"http://localhost{mounted_at}").get_data(as_text=True)
        for address in ("/theme.css?v=", "/theme.svg?v=", "/static/tessera.css?v="):
            assert f'="{mounted_at}{address}' in page


def test_what_a_page_loads_stays_small() -> None:
    static = ROOT / "idp/web/static"
    assert (static / "tessera.css").stat().st_size <= 25_000
    assert (static / "passkey.js").stat().st_size <= 6_000
    assert sum(file.stat().st_size for file in static.glob("*.js")) <= 13_000


def test_the_stylesheet_knows_no_left_and_no_right() -> None:
    sheet = (ROOT / "idp/web/static/tessera.css").read_text()
    for physical in (
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        " left:",
        " right:",
        "text-align: left",
    ):
        assert physical not in sheet
