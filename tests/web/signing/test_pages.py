import re

import pytest

from idp.domain.clients import registry as clients
from idp.foundation.audit.log import search
from idp.journeys.provider import Provider
from idp.journeys.signing import collect
from idp.protocol.assurance import Level, Strength
from tests.builders import a_citizen
from tests.journeys.signing.conftest import PDF, RETURN_URI
from tests.journeys.signing.passkeys import SoftPasskey


@pytest.fixture
def told(service) -> dict[str, str]:
    """What the service was told about its new request."""
    return service.asks().get_json()


@pytest.fixture
def path(told) -> str:
    return f"/sign/{told['id']}"


def ids(page: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', page))


def confirms(walker, path: str, code: str):
    walker.opens(path)
    walker.opens(f"{path}/authorise")
    return walker.posts(f"{path}/authorise", code=code)


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(app, path):
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin")


def test_a_session_of_one_factor_is_not_enough(a_walker, anna, path):
    answer = a_walker(anna, strength=Strength.ONE_FACTOR).opens(path)
    assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin")


def test_an_approval_at_another_device_shows_no_document(a_walker, anna, path):
    answer = a_walker(anna, handed_over=True).opens(path)
    assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin")


def test_somebody_unverified_is_sent_to_verification_and_the_document_stays_free(
    a_walker, provider, path, service, told
):
    walker = a_walker(a_citizen(provider, totp="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    answer = walker.opens(path)
    assert answer.location.startswith("/signin/")
    assert walker.opens(answer.location).location.endswith("/verify-identity")
    assert service.get(told["id"]).get_json()["status"] == "awaiting"


def test_the_overview_shows_who_asks_what_for_in_whose_name_and_the_code(walker, path, told, agency):
    assert walker.opens(path).status_code == 200
    shown = (agency.metadata.client_name, "Registration of a birth", "I declare a birth", "Anna Lindqvist")
    assert [text for text in (*shown, told["code"], told["sha256"]) if text not in walker.page] == []
    assert {"sign-continue", "sign-decline"} <= ids(walker.page)


def test_each_page_is_a_picture_with_words_for_those_who_do_not_see_it(walker, path):
    walker.opens(path)
    (source, words) = re.search(r'<img class="sheet" src="([^"]+\.png)"[^>]*alt="([^"]+)"', walker.page).groups()
    picture = walker.opens(source)
    assert (picture.mimetype, words.startswith("Page 1 of 1")) == ("image/png", True)


def test_a_page_that_does_not_exist_is_an_error_page(walker, path):
    walker.opens(path)
    assert walker.opens(f"{path}/pages/2.png").status_code == 404


def test_the_document_can_be_downloaded_before_signing(walker, path):
    walker.opens(path)
    answer = walker.opens(f"{path}/document")
    assert (answer.data, answer.headers["Content-Disposition"][:10]) == (PDF, "attachment")


def test_a_citizen_signs_with_a_code_and_goes_back_to_the_service(walker, path, told):
    answer = confirms(walker, path, walker.code())
    assert (answer.status_code, answer.location) == (303, f"{path}/done")
    walker.opens(answer.location)
    assert "You signed the document" in walker.page
    back = walker.opens(f"{path}/return")
    assert (back.status_code, back.location) == (303, f"{RETURN_URI}?signing_request={told['id']}")


def test_a_citizen_signs_with_a_passkey(walker, path, anna, provider: Provider):
    passkey = SoftPasskey(provider, anna.id)
    walker.opens(path)
    walker.opens(f"{path}/authorise")
    hidden = dict(re.findall(r'name="(challenge|nonce)" value="([^"]+)"', walker.page))
    options = re.search(r'data-options="([^"]+)"', walker.page).group(1).replace("&#34;", '"')
    answer = walker.posts(f"{path}/authorise/passkey", credential=passkey.answer(options), **hidden)
    assert (answer.status_code, answer.location) == (303, f"{path}/done")


def test_a_passkeys_nonsense_is_explained_on_the_page(walker, path, anna, provider: Provider):
    SoftPasskey(provider, anna.id)
    walker.opens(path)
    walker.opens(f"{path}/authorise")
    answer = walker.posts(f"{path}/authorise/passkey", credential="{}", challenge="none", nonce="none")
    assert (answer.status_code, "The passkey could not be checked" in walker.page) == (422, True)


def test_the_citizen_keeps_a_copy_of_what_she_signed(walker, path, provider, agency, told):
    confirms(walker, path, walker.code())
    mine = walker.opens(f"{path}/signed")
    assert mine.data == collect.signed_document(provider, agency, told["id"])


@pytest.mark.parametrize(("code", "words"), [("000000", "This code is wrong"), ("12", "Enter the six digits")])
def test_a_wrong_code_is_explained_and_nothing_is_signed(walker, path, service, told, code, words):
    answer = confirms(walker, path, code)
    assert (answer.status_code, words in walker.page) == (422, True)
    assert service.get(told["id"]).get_json()["status"] == "viewed"


def test_a_code_used_for_one_document_does_not_sign_the_next(walker, service, path):
    code = walker.code()
    confirms(walker, path, code)
    second = f"/sign/{service.asks().get_json()['id']}"
    assert confirms(walker, second, code).status_code == 422


def test_after_ten_wrong_codes_the_citizen_is_asked_to_wait(walker, path):
    statuses = [confirms(walker, path, "000000").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_somebody_without_a_second_factor_is_told_where_to_add_one(a_walker, path, provider):
    walker = a_walker(a_citizen(provider, assurance=Level.SUBSTANTIAL))
    walker.opens(path)
    walker.opens(f"{path}/authorise")
    assert "sign-enrol" in ids(walker.page)


def test_declining_asks_why_and_tells_the_service(walker, path, service, told):
    walker.opens(path)
    walker.opens(f"{path}/decline")
    assert "decline-submit" in ids(walker.page)
    answer = walker.posts(f"{path}/decline", reason="incorrect", comment="The date is wrong.")
    assert (answer.status_code, answer.location) == (303, f"{path}/done")
    after = service.get(told["id"]).get_json()
    assert (after["status"], after["decline_reason"]) == ("declined", "incorrect")
    assert after["decline_comment"] == "The date is wrong."
    walker.opens(answer.location)
    assert "sign-return" in ids(walker.page)


@pytest.mark.parametrize("fields", [{}, {"reason": "other"}])
def test_declining_without_saying_why_is_asked_again(walker, path, fields):
    walker.opens(path)
    walker.opens(f"{path}/decline")
    assert walker.posts(f"{path}/decline", **fields).status_code == 422


def test_a_reason_that_was_not_offered_is_malformed(walker, path):
    walker.opens(path)
    walker.opens(f"{path}/decline")
    assert walker.posts(f"{path}/decline", reason="because").status_code == 400


def test_another_citizen_learns_nothing_about_the_document(walker, a_walker, boris, path):
    walker.opens(path)
    other = a_walker(boris)
    for at in ("", "/pages/1.png", "/document", "/signed", "/authorise", "/decline", "/done", "/return"):
        answer = other.opens(path + at)
        assert (answer.status_code, "birth" in answer.get_data(as_text=True)) == (403, False)


def test_an_unknown_address_is_a_clear_page_with_a_reference(walker):
    answer = walker.opens("/sign/nothing-here")
    assert (answer.status_code, "There is no such document" in walker.page) == (404, True)
    assert "reference number" in walker.page


def test_an_expired_request_says_so(walker, service, clock):
    path = f"/sign/{service.asks(expires_in=60).get_json()['id']}"
    walker.opens(path)
    clock.advance(60)
    assert walker.opens(path).location == f"{path}/done"
    walker.opens(f"{path}/done")
    assert "The time to sign is over" in walker.page


def test_a_request_that_expired_unopened_cannot_be_opened(walker, service, clock):
    path = f"/sign/{service.asks(expires_in=60).get_json()['id']}"
    clock.advance(60)
    assert walker.opens(path).status_code == 403


def test_a_signed_document_is_not_offered_to_be_signed_again(walker, path):
    confirms(walker, path, walker.code())
    for at in ("", "/authorise", "/decline"):
        assert walker.opens(path + at).location == f"{path}/done"


def test_nothing_is_signed_or_declined_by_a_form_of_another_site(walker, path, service, told):
    walker.opens(path)
    for at in ("/authorise", "/authorise/passkey", "/decline"):
        assert walker.http.post(path + at, data={"code": walker.code(), "reason": "other"}).status_code == 403
    assert service.get(told["id"]).get_json()["status"] == "viewed"


def test_a_return_address_that_is_not_registered_any_more_is_not_followed(walker, path, agency, provider):
    confirms(walker, path, walker.code())
    kept = provider.clients.find(agency.id).metadata.redirect_uris
    assert RETURN_URI in kept
    with provider.transaction() as tx:
        document = agency.metadata.document() | {"redirect_uris": [kept[0]]}
        clients.register(tx, document, agency.secret_digest, "operator")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds of cache)
    assert walker.opens(f"{path}/return").status_code == 409


def test_the_account_shows_the_signature(walker, path):
    confirms(walker, path, walker.code())
    walker.opens("/account/activity")
    assert "You signed a document" in walker.page


def test_no_title_and_no_name_reach_the_audit(walker, path, provider):
    confirms(walker, path, walker.code())
    with provider.reading() as connection:
        told = str(search(connection, name="signatures."))
    assert "birth" not in told
    assert "Lindqvist" not in told


@pytest.mark.parametrize("language", ["ar", "zh-Hant"])
def test_every_page_speaks_the_citizens_language(walker, path, language):
    walker.http.set_cookie("lang", language)
    spoken = []
    for at in ("", "/authorise", "/decline"):
        walker.opens(path + at)
        spoken.append(re.search(r"<h1>(.+?)</h1>", walker.page).group(1))
    assert all(not heading.isascii() for heading in spoken)
