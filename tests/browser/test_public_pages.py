"""What anybody may read, and what anybody meets who took a wrong turn."""

import pytest

LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])


@LANGUAGES
def test_public_pages_speak_the_language_that_was_chosen(a_window, language):
    walker = a_window("ar" if language == "en" else "en")
    walker.goes("/")
    walker.speaks(language)
    assert walker.page.get_attribute("html", "dir") == {"en": "ltr", "ar": "rtl"}[language]
    for path in ("/legal/privacy", "/legal/accessibility", "/legal/terms", "/verify-signature", "/inbox"):
        walker.goes(path)


@LANGUAGES
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/oidc/authorize?client_id=nobody&response_type=code", 400),
        ("/signin/AAAAAAAAAAAAAAAAAAAAAA/authenticate", 400),
        ("/sign/AAAAAAAAAAAAAAAAAAAAAA", 200),
    ],
)
def test_a_wrong_turn_leads_to_a_page_that_helps(a_window, language, path, status):
    walker = a_window(language)
    assert walker.page.goto(walker.country.issuer + path).status == status
    walker.looks()
    assert "Traceback" not in walker.page.content()
    if status != 200:
        assert walker.all("main .aside bdi").inner_text(), "a reference number to give to who helps"


@LANGUAGES
def test_who_is_no_pdf_is_told_so(a_window, language):
    walker = a_window(language)
    walker.goes("/verify-signature")
    walker.page.set_input_files("#signed-file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"hello"})
    walker.presses("#verify-submit")
    assert walker.all("#error-summary a[href='#signed-file']").count() == 1
    assert walker.all("[data-conclusion]").count() == 0
