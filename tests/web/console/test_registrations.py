"""What waits for approval, as administrators and auditors see it."""

from dataclasses import replace

import pytest

from idp.domain.clients import registry
from idp.domain.oversight.permissions import Role
from idp.protocol import client_lint, client_metadata, registration
from idp.protocol.registration_policy import FREEDOMS
from idp.web.console import lint_words, registration_words
from idp.web.console.door import FRESH_SECONDS
from tests.builders import FAULT, refused_today
from tests.web.console.conftest import text
from tests.web.oidc.registering import Developer, a_developer, an_administrator

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def settings(settings):
    return replace(settings, registration="approval")


@pytest.fixture
def tax(app, provider) -> Developer:
    """A service that registered a minute ago."""
    developer = a_developer(app.test_client(), provider)
    assert developer.registers(purpose="To show you your tax account.").status_code == 201
    return developer


@pytest.fixture
def at_work(tax, a_colleague) -> Developer:
    """One that was approved, and is at work."""
    tax.is_approved(an_administrator(a_colleague("approver", Role.ADMINISTRATOR).person_id))
    return tax


@pytest.fixture
def desk(at_desk):
    return at_desk["administrator"]


def decision(developer):
    return f"/console/registration-decision/{developer.client_id}"


def review(developer):
    return f"/console/registrations/{developer.client_id}"


def test_what_waits_is_listed_first_and_counted(desk, tax):
    listing = text(desk.get("/console/services"))
    assert "Waiting for approval" in listing
    assert "A new service" in listing
    assert "1 Registrations waiting" in text(desk.get("/console"))


def test_the_whole_record_is_shown_in_words_with_its_grade_and_its_invitation(desk, tax):
    page = text(desk.get(review(tax)))
    for words in (
        "Where answers go https://agency.example/cb",
        "To show you your tax account.",
        "With a secret",
        "people sign in, it comes back while they are away",
        "Ministry of Finance",
        "Grade: C",
        "It proves itself by a secret that two sides keep.",
        "Hosts agency.example",
        "By operator",
    ):
        assert words in page, words


def test_an_auditor_looks_and_does_not_decide(at_desk, tax):
    auditor = at_desk["auditor"]
    assert "registration-decide" not in auditor.get(review(tax)).text
    assert auditor.get(decision(tax)).status_code == 403
    assert auditor.post(decision(tax), choice="approve", seen=tax.fingerprint).status_code == 403
    assert tax.record.status == "pending"


def test_nobody_decides_who_did_not_sign_in_a_short_time_ago(signed_in, a_colleague, tax):
    late = signed_in(a_colleague("late", Role.ADMINISTRATOR).person_id, seconds_ago=FRESH_SECONDS + 1)
    answer = late.post(decision(tax), choice="approve", seen=tax.fingerprint)
    assert answer.status_code in (302, 303)
    assert tax.record.status == "pending"


def test_an_approved_service_works_and_waits_no_more(desk, tax):
    done = desk.post(decision(tax), choice="approve", seen=tax.fingerprint)
    assert "The registration is approved" in text(desk.follow(done))
    assert tax.record.active
    assert "Nothing of this service waits for approval." in text(desk.follow(desk.get(review(tax))))


def test_a_refusal_needs_a_reason_and_the_developer_reads_it(desk, tax):
    assert desk.post(decision(tax), choice="refuse", seen=tax.fingerprint).status_code == 422
    assert desk.post(decision(tax), seen=tax.fingerprint).status_code == 422
    done = desk.post(decision(tax), choice="refuse", seen=tax.fingerprint, reason="incomplete", note="Say who you are.")

    assert "The registration is refused" in text(desk.follow(done))
    told = tax.reads().json
    assert (told["status"], told["refused_because"], told["refusal_note"]) == (
        "refused",
        "incomplete",
        "Say who you are.",
    )


def test_what_was_exchanged_after_the_look_is_not_approved(desk, tax):
    seen = tax.fingerprint
    tax.changes(client_name="Something else")
    done = desk.post(decision(tax), choice="approve", seen=seen)

    assert "Nothing was decided" in text(desk.follow(done))
    assert tax.record.status == "pending"


@pytest.mark.parametrize("seen", ["", "x" * 64])
def test_nothing_is_approved_unseen(desk, tax, seen):
    desk.post(decision(tax), choice="approve", seen=seen)
    assert tax.record.status == "pending"


def test_a_change_shows_what_is_now_and_what_would_be(desk, at_work):
    at_work.changes(client_name="Taxes", scope="openid", purpose="To show you your tax account.")
    page = text(desk.get(review(at_work)))
    assert "Name Tax Taxes Yes" in page
    assert "What it may ask for That you signed in, E-mail address That you signed in No" in page
    assert "A change" in text(desk.get("/console/services"))


def test_a_service_that_was_never_approved_is_not_reinstated(desk, tax):
    path = f"/console/service-status/{tax.client_id}"
    assert desk.get(path).status_code == 303
    assert desk.post(path, reason="resolved").status_code == 303
    assert tax.record.status == "pending"
    assert "Let this service work again" not in text(desk.get(f"/console/services/{tax.client_id}"))


def test_a_name_cannot_become_part_of_a_page(desk, tax):
    tax.changes(client_name=EVIL, purpose=EVIL, contacts=[EVIL], **{"client_name#ar": EVIL})
    desk.post(decision(tax), choice="refuse", seen=tax.fingerprint, reason="incomplete", note=EVIL)
    tax.changes(client_name=EVIL, purpose=EVIL, contacts=[EVIL], **{"client_name#ar": EVIL})
    for path in (review(tax), decision(tax), "/console/services", f"/console/services/{tax.client_id}"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "alert(1)" in page


def test_every_services_page_shows_its_grade(desk, at_work):
    page = text(desk.get(f"/console/services/{at_work.client_id}"))
    assert "Protection Grade: C" in page


def test_every_check_has_its_words():
    assert {check.id for check in client_lint.CHECKS} == set(lint_words.SENTENCES)
    assert all(str(lint_words.SENTENCES[check.id]) == check.sentence for check in client_lint.CHECKS)


def test_every_freedom_has_its_words():
    assert set(FREEDOMS) == set(registration_words.FREEDOMS)


def test_every_word_is_of_a_member_that_exists():
    assert set(registration_words.LABELS) - set(registration.READERS) == set(client_metadata.LOCALISED)


def test_a_service_that_an_operator_registered_waits_for_nothing(provider, desk, revenue):
    assert desk.get(f"/console/registrations/{revenue}").status_code == 303
    with provider.reading() as connection:
        assert registry.get(connection, revenue).active


def test_one_that_todays_rules_refuse_before_anybody_decided_is_listed_with_why(provider, desk, tax):
    refused_today(provider.store, tax.client_id)
    listing = text(desk.get("/console/services"))

    assert "Waiting for approval" not in listing
    assert f"Tax {tax.client_id} Refused {FAULT}" in listing


def test_one_that_todays_rules_refuse_can_be_refused_for_good(provider, desk, tax):
    seen = tax.fingerprint
    refused_today(provider.store, tax.client_id)
    desk.post(decision(tax), choice="refuse", reason="incomplete", seen=seen)

    with provider.reading() as connection:
        assert registry.status_of(connection, tax.client_id) == registry.REFUSED


def test_one_that_todays_rules_refuse_is_told_why_and_can_end_its_registration(provider, at_work):
    refused_today(provider.store, at_work.client_id)
    told = at_work.reads()
    assert (told.status_code, told.json["error_description"]) == (400, FAULT)

    assert at_work.ends().status_code == 204
    with provider.reading() as connection:
        assert registry.status_of(connection, at_work.client_id) is None
