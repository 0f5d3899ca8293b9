"""In which language signing in is: the reader's own choice, else the service's wish, else the browser's."""

import pytest

from tests.builders import PASSWORD, a_client
from tests.web.pages import Window


def spoken(window):
    return window.page.root["lang"], window.page.root["dir"]


@pytest.mark.parametrize(
    ("ui_locales", "expected"),
    [
        ("ar", ("ar", "rtl")),
        ("ar-EG", ("ar", "rtl")),
        ("zh-TW", ("zh-Hant", "ltr")),
        ("tlh zh-Hant en", ("zh-Hant", "ltr")),
        ("tlh", ("en", "ltr")),
        ("../../etc x\"'<", ("en", "ltr")),
    ],
)
def test_a_service_may_wish_for_a_language(at_sign_in, ui_locales, expected):
    assert spoken(at_sign_in(ui_locales=ui_locales)) == expected


def test_the_wish_holds_on_every_page_and_for_every_mistake(at_sign_in, anna):
    window = at_sign_in(ui_locales="ar")
    window.submits("/authenticate", username="anna", password="wrong wrong")
    assert (window.status, spoken(window)) == (422, ("ar", "rtl"))
    window.submits("/authenticate", username="anna", password=PASSWORD)
    assert spoken(window) == ("ar", "rtl")


def test_the_readers_choice_outweighs_the_wish_and_stays(at_sign_in, asked):
    window = at_sign_in(ui_locales="ar")
    window.goes(f"{window.at}?lang=zh-Hant")
    assert spoken(window) == ("zh-Hant", "ltr")

    assert spoken(window.goes(asked(ui_locales="ar"))) == ("zh-Hant", "ltr")


def test_an_unknown_parameter_that_looks_like_a_choice_of_language_is_ignored(at_sign_in):
    """RFC 6749 section 3.1."""
    assert spoken(at_sign_in(ui_lang="ar", xlang="ar")) == ("en", "ltr")


def test_a_language_can_be_chosen_on_a_page_with_a_mistake(at_sign_in, anna):
    window = at_sign_in()
    form = window.at
    window.submits("/authenticate", username="anna", password="wrong wrong")
    (arabic,) = [link for link in window.page.links if link.endswith("lang=ar")]

    assert spoken(window.goes(arabic)) == ("ar", "rtl")
    assert window.at == form


@pytest.mark.parametrize("step", ["authenticate/passkey", "second-factor/passkey", "enrol/passkey", "cancel"])
def test_an_address_that_only_a_form_leads_to_leads_back_in_another_language(at_sign_in, step):
    window = at_sign_in()
    form = window.at
    window.goes(f"{form.replace('authenticate', step)}?lang=ar")

    assert (window.at, spoken(window)) == (form, ("ar", "rtl"))


def test_without_a_choice_and_a_wish_the_browser_is_asked(app, asked):

    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ar-EG,en;q=0.5"
    assert spoken(Window(client).goes(asked())) == ("ar", "rtl")


def test_what_is_over_says_so_in_the_readers_language(at_sign_in, clock):
    window = at_sign_in()
    window.client.set_cookie("lang", "ar")
    clock.advance(1800)
    window.goes(window.at)

    assert (window.status, spoken(window)) == (400, ("ar", "rtl"))
    assert "لم تعد هذه الصفحة مستخدمة" in window.page.words


def test_why_a_service_asks_and_who_is_responsible_is_told_in_the_readers_language(provider, at_sign_in, boris):
    told = {"agency": "Ministry of Finance", "purpose": "To show taxes."}
    arabic = {"agency#ar": "وزارة المالية", "purpose#ar": "لعرض الضرائب."}
    a_client(provider, client_id="taxes", **told, **arabic)
    for language, texts in (("en", told), ("ar", arabic), ("zh-Hant", told)):
        page = at_sign_in(client_id="taxes", ui_locales=language).submits(
            "/authenticate", username="boris", password=PASSWORD
        )
        assert page.at.endswith("/consent"), page.at
        assert all(text in page.page.words for text in texts.values()), page.page.words
