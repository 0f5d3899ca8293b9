"""The pages of a verification, as a citizen meets them."""

import re

import pytest

from demo import specimens, zones
from idp.domain.oversight import roles
from idp.domain.proofing import cases, evidence
from idp.domain.proofing.cases import State
from idp.domain.proofing.decisions import Choice
from idp.domain.proofing.reasons import Reason
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from tests.domain.proofing.pictures import flood, from_a_phone, polyglot
from tests.web.proofing.conftest import DOCUMENT, NADIA, PORTRAIT, Page


def case_of(provider, walker):
    with provider.reading() as connection:
        return cases.latest(connection, walker.person_id)


def test_nobody_verifies_without_signing_in(app):
    response = app.test_client().get("/verify-identity")
    assert response.status_code == 303
    assert response.location.startswith("/signin/")


@pytest.mark.parametrize("page", ["", "/level", "/document", "/status"])
def test_nobody_verifies_in_a_session_that_was_approved_at_another_device(walker, page):
    response = walker(handed_over=True).client.get(f"/verify-identity{page}")
    assert response.status_code == 303
    assert response.location.startswith("/signin/")


def test_the_whole_way_ends_with_a_reference(provider, walker):
    nadia = walker()
    response = nadia.gives_everything()
    assert nadia.at == "/verify-identity/check"
    assert NADIA["passport_number"] in response.text
    response = nadia.sends("/verify-identity/check")
    assert nadia.at == "/verify-identity/status"
    case = case_of(provider, nadia)
    assert case.state is State.WAITING
    assert case.reference in response.text


def test_the_way_has_one_page_for_each_thing(walker):
    nadia = walker()
    nadia.gives_everything()
    steps = ["level", "document", "details", "names", "portrait", "document-image", "check"]
    assert nadia.trail == [f"/verify-identity/{step}" for step in steps]


def test_inputs_have_the_ids_that_automation_relies_on(walker):
    nadia = walker()
    nadia.begins()
    nadia.sends("/verify-identity/document", document="idcard")
    assert {"mrz-line-1", "mrz-line-2", "mrz-line-3", "proofing-continue"} <= Page(nadia.opens(nadia.at).text).ids
    nadia.gives_zone()
    nadia.gives_names()
    assert {"portrait", "proofing-continue"} <= Page(nadia.opens("/verify-identity/portrait").text).ids
    nadia.uploads("portrait", PORTRAIT)
    assert "document-image" in Page(nadia.opens("/verify-identity/document-image").text).ids
    nadia.uploads("document-image", DOCUMENT)
    assert "proofing-submit" in Page(nadia.opens("/verify-identity/check").text).ids


def test_going_back_shows_what_was_given(walker):
    nadia = walker()
    nadia.gives_everything()
    lines = zones.passport(NADIA)
    values = Page(nadia.opens("/verify-identity/details").text).values
    assert (values["mrz-line-1"], values["mrz-line-2"]) == lines
    assert Page(nadia.opens("/verify-identity/names").text).values["family-name"] == NADIA["family_name"]
    assert "/verify-identity/picture/portrait" in nadia.opens("/verify-identity/portrait").text


def test_coming_back_later_goes_on_where_it_was_left(walker):
    nadia = walker()
    nadia.begins()
    nadia.gives_zone()
    nadia.sends("/verify-identity")
    assert nadia.at == "/verify-identity/names"


@pytest.mark.parametrize("step", ["details", "names", "portrait", "document-image", "check"])
def test_a_later_page_leads_back_to_what_is_missing(walker, step):
    nadia = walker()
    nadia.begins()
    nadia.opens(f"/verify-identity/{step}")
    assert nadia.at == "/verify-identity/document"


def test_names_begin_with_what_the_zone_says(walker):
    nadia = walker()
    nadia.begins()
    values = Page(nadia.gives_zone().text).values
    assert (values["given-name"], values["family-name"]) == ("Nadia", "Okafor")


FIRST, SECOND = zones.passport(NADIA)


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ((FIRST, SECOND[:-1]), "mrz-line-2", "Line 2 has 43 characters. It must have 44"),
        ((FIRST[:-3], SECOND), "mrz-line-1", "Line 1 has 41 characters. It must have 44"),
        ((FIRST, "%" + SECOND[1:]), "mrz-line-2", "Line 2: character 1 must be A to Z"),
        ((FIRST, SECOND[:2] + "9" + SECOND[3:]), "mrz-line-2", "document number (characters 1 to 9)"),
        ((FIRST, SECOND[:9] + "0" + SECOND[10:]), "mrz-line-2", "(character 10)"),
        ((FIRST, SECOND[:19] + "9" + SECOND[20:]), "mrz-line-2", "date of birth (characters 14 to 19)"),
        ((FIRST, SECOND[:27] + "9" + SECOND[28:]), "mrz-line-2", "date of expiry (characters 22 to 27)"),
        ((FIRST, SECOND[:-1] + "9"), "mrz-line-2", "checks all lines together"),
        (("", ""), "mrz-line-1", "Type all lines"),
    ],
)
def test_a_fault_in_the_zone_is_named_with_line_and_characters(walker, lines, field, words):
    nadia = walker()
    nadia.begins()
    nadia.sends("/verify-identity/document", document="passport")
    response = nadia.sends("/verify-identity/details", **{"mrz-line-1": lines[0], "mrz-line-2": lines[1]})
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert words in response.text
    assert Page(response.text).values["mrz-line-1"] == lines[0]


def test_a_zone_of_another_document_is_said_to_be_that(walker):
    nadia = walker()
    nadia.begins()
    nadia.sends("/verify-identity/document", document="passport")
    card = zones.card(NADIA)
    response = nadia.sends("/verify-identity/details", **{"mrz-line-1": "\n".join(card), "mrz-line-2": ""})
    assert response.status_code in (400, 422)


def test_an_expired_document_is_refused_by_name(walker):
    pedro = walker()
    pedro.begins()
    response = pedro.gives_zone(row=specimens.person("Pedro"))
    assert response.status_code == 422
    assert "no longer valid" in response.text


def test_a_card_without_zone_is_typed_by_hand(provider, walker):
    clara, row = walker(), specimens.person("Clara")
    clara.begins("substantial")
    clara.sends("/verify-identity/document", document="idcard_data")
    year, month, day = row["birthdate"].split("-")
    until = row["idcard_expires_on"].split("-")
    given = {
        "document-number": row["idcard_number"],
        "birthdate-day": day,
        "birthdate-month": month,
        "birthdate-year": year,
        "expires-on-day": until[2],
        "expires-on-month": until[1],
        "expires-on-year": until[0],
    }
    wrong = clara.sends("/verify-identity/details", **given | {"birthdate-day": "31", "birthdate-month": "2"})
    assert wrong.status_code == 422
    assert "There is no such date" in wrong.text
    assert Page(wrong.text).values["expires-on-year"] == until[0]
    clara.sends("/verify-identity/details", **given)
    assert clara.at == "/verify-identity/names"


def test_high_assurance_does_not_offer_a_card_without_zone(walker):
    nadia = walker()
    assert "idcard_data" not in nadia.begins("high").text


BAD_PICTURES = {
    "too big": (b"\xff\xd8\xff" + b"\0" * (11 * 1024 * 1024), "larger than 10 MB"),
    "empty": (b"", "Choose a picture"),
    "wrong type": (b"%PDF-1.7 not a picture at all", "not a JPEG, PNG or WebP"),
    "wrong type by name only": (b"GIF89a\x01\x00\x01\x00", "not a JPEG, PNG or WebP"),
    "pixel flood": (flood(), "million pixels"),
    "truncated": (from_a_phone()[:600], "damaged"),
    "too small": (from_a_phone(300, 200), "too small"),
}


@pytest.mark.parametrize("fault", BAD_PICTURES)
def test_a_bad_picture_is_refused_with_its_reason(provider, walker, fault):
    content, words = BAD_PICTURES[fault]
    nadia = walker()
    nadia.begins()
    nadia.gives_zone()
    nadia.gives_names()
    response = nadia.uploads("portrait", content, "holiday.jpg")
    assert response.status_code == 422
    assert words in response.text
    with provider.reading() as connection:
        assert evidence.of(connection, case_of(provider, nadia).id) == ()


@pytest.mark.parametrize("content", [from_a_phone(), polyglot()])
def test_what_is_kept_of_a_picture_is_its_pixels(walker, content):
    nadia = walker()
    nadia.begins()
    nadia.gives_zone()
    nadia.gives_names()
    nadia.uploads("portrait", content, "../../evil.html")
    assert nadia.at == "/verify-identity/document-image"
    response = nadia.client.get("/verify-identity/picture/portrait")
    assert (response.mimetype, response.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in response.headers["Cache-Control"]
    assert not [secret for secret in (b"SECRET", b"Exif", b"<script>", b"GPS") if secret in response.data]


def test_nobody_sees_anybody_elses_picture(walker):
    nadia, other = walker(), walker()
    nadia.gives_everything()
    assert other.client.get("/verify-identity/picture/portrait").status_code == 404


def answer(provider, walker, row):
    """The page after submitting, without what is random in every page."""
    case_page = walker.gives_everything(row) and walker.sends("/verify-identity/check")
    reference = case_of(provider, walker).reference
    page, nonce = case_page.text, case_page.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    page = re.sub(r'data-whose="[^"]*"|name="csrf_token" value="[^"]*"', "", page)
    return page.replace(reference, "REFERENCE").replace(nonce, "NONCE")


def test_the_page_is_the_same_whatever_did_not_match(provider, walker):
    orson = specimens.person("Orson")
    rows = [
        NADIA | {"given_name": "Nadja"},
        NADIA | {"family_name": "Okoro"},
        NADIA | {"birthdate": "1997-02-10"},
        NADIA | {"passport_number": "XP9999999"},
        NADIA | {"given_name_latin": "Nadja"},
        orson,
    ]
    pages = {answer(provider, walker(), row) for row in rows}
    assert len(pages) == 1
    assert "could not confirm your details" in pages.pop()


def test_a_refused_citizen_learns_why_and_what_to_do(provider, walker):
    nadia, vera = walker(), walker()
    nadia.gives_everything()
    nadia.sends("/verify-identity/check")
    make_verifier(provider, vera.person_id)
    case = case_of(provider, nadia)
    claim_case(provider, vera.person_id, case.id)
    decide(provider, vera.person_id, case.id, Choice.REFUSED, (Reason.PORTRAIT_UNCLEAR, Reason.SUSPECTED_FRAUD))
    page = nadia.opens("/verify-identity/status").text
    assert "face cannot be seen clearly" in page
    assert "daylight" in page
    assert "fraud" not in page
    assert case.reference in page


def test_a_verified_citizen_is_told(provider, walker):
    nadia = walker()
    nadia.gives_everything()
    nadia.sends("/verify-identity/check")
    for _ in range(2):
        vera = walker()
        make_verifier(provider, vera.person_id)
        case = case_of(provider, nadia)
        claim_case(provider, vera.person_id, case.id)
        decide(provider, vera.person_id, case.id, Choice.APPROVED)
    assert "Your identity is verified" in nadia.opens("/verify-identity").text
    assert nadia.at == "/verify-identity/status"


def make_verifier(provider, person_id):
    with provider.transaction() as tx:
        roles.grant(tx, person_id, roles.Role.VERIFIER, "operator")


def test_withdrawing_deletes_the_pictures(provider, walker):
    nadia = walker()
    nadia.gives_everything()
    nadia.sends("/verify-identity/check")
    page = Page(nadia.opens("/verify-identity/status").text)
    nadia.client.post("/verify-identity/withdraw", data={"csrf_token": page.values["csrf_token"]})
    assert case_of(provider, nadia).state is State.WITHDRAWN
    assert nadia.client.get("/verify-identity/picture/portrait").status_code == 404


def test_a_form_without_proof_of_our_page_changes_nothing(provider, walker):
    nadia = walker()
    nadia.begins()
    response = nadia.client.post("/verify-identity/document", data={"document": "passport"})
    assert response.status_code == 403
    assert case_of(provider, nadia).document is None


def test_a_choice_that_was_not_offered_is_refused(walker):
    nadia = walker()
    nadia.begins("high")
    response = nadia.sends("/verify-identity/document", document="idcard_data")
    assert response.status_code == 400


def test_no_address_or_cookie_holds_anything_personal(walker):
    nadia = walker()
    nadia.gives_everything()
    nadia.sends("/verify-identity/check")
    kept = [nadia.client.get_cookie(name) for name in ("session", "browser", "signin")]
    seen = " ".join(nadia.trail) + " ".join(cookie.value for cookie in kept if cookie)
    assert not [secret for secret in ("Okafor", NADIA["passport_number"], "1997") if secret in seen]
