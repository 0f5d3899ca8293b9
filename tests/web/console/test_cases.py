import re

import pytest

from idp.domain.people import records
from idp.domain.proofing.decisions import CLAIM_SECONDS
from idp.foundation.audit import log
from idp.protocol.assurance import Level
from tests.web.console.conftest import text


def assurance(provider, person_id):
    with provider.reading() as connection:
        return records.get(connection, person_id).assurance


@pytest.fixture
def waiting(a_walker):
    return a_walker().submits(Level.HIGH)


@pytest.fixture
def of_vera(signed_in, vera):
    return signed_in(vera.person_id)


@pytest.fixture
def of_viktor(signed_in, viktor):
    return signed_in(viktor.person_id)


def decide(desk, case, choice="approved", **more):
    return desk.post(f"/console/cases/{case.id}/decision", choice=choice, **more)


def test_the_queue_tells_nothing_about_the_person(of_vera, waiting):
    page = text(of_vera.get("/console/cases"))
    assert waiting.reference in page
    assert "Nadia" not in page
    assert waiting.person_id not in page


def test_the_queue_is_filtered_by_its_address(of_vera, waiting, clock):
    assert waiting.reference in text(of_vera.get("/console/cases?level=high"))
    assert waiting.reference not in text(of_vera.get("/console/cases?level=substantial"))
    assert waiting.reference not in text(of_vera.get("/console/cases?age=1"))
    assert waiting.reference in text(of_vera.get("/console/cases?state=any&reference=" + waiting.reference.lower()))


@pytest.mark.parametrize("query", ["level=extreme", "state=1", "age=x", "holder=viktor", "level=high&level=low"])
def test_a_filter_that_was_never_offered_is_refused(of_vera, query):
    assert of_vera.get(f"/console/cases?{query}").status_code == 400


def test_a_case_is_closed_until_it_is_claimed(of_vera, waiting):
    page = of_vera.get(f"/console/cases/{waiting.id}")
    assert "Claim this case" in text(page)
    assert "Nadia" not in text(page)
    assert of_vera.get(f"/console/cases/{waiting.id}/evidence/portrait").status_code == 400


def test_the_next_case_is_claimed_and_shown_whole(of_vera, waiting):
    taken = of_vera.post("/console/cases/next")
    page = text(of_vera.follow(taken))
    assert taken.location.startswith(f"/console/cases/{waiting.id}")
    for told in ("Nadia", "Typed by the citizen", "Population register", "Agrees", "Check digits", "0 of 2 approvals"):
        assert told in page


def test_pictures_are_data_that_no_cache_keeps(of_vera, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    picture = of_vera.get(f"/console/cases/{waiting.id}/evidence/document")
    assert (picture.mimetype, picture.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert picture.headers["Cache-Control"] == "no-store"
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_high_assurance_takes_two_different_verifiers(provider, of_vera, of_viktor, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    first = decide(of_vera, waiting, note="Looks like her.")
    assert "A second, different verifier must approve too" in text(of_vera.follow(first))
    assert "You have decided on this case" in text(of_vera.post(f"/console/cases/{waiting.id}/claim"))
    assert assurance(provider, waiting.person_id) is Level.LOW

    of_viktor.post(f"/console/cases/{waiting.id}/claim")
    page = text(of_viktor.get(f"/console/cases/{waiting.id}"))
    second = decide(of_viktor, waiting)
    assert "1 of 2 approvals" in page
    assert "Looks like her." not in page
    assert "The identity is verified" in text(of_viktor.follow(second))
    assert assurance(provider, waiting.person_id) is Level.HIGH


def test_a_refusal_needs_a_reason_and_keeps_what_was_written(of_vera, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    page = decide(of_vera, waiting, "refused", note="The photograph is of a statue.")
    assert page.status_code == 422
    assert "Choose one or more reasons for refusing" in text(page)
    assert "The photograph is of a statue." in page.text


def test_a_case_is_refused_for_reasons_from_the_list(provider, of_vera, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    answer = decide(of_vera, waiting, "refused", reason=["portrait_differs", "portrait_unclear"])
    assert "The verification is refused" in text(of_vera.follow(answer))
    assert assurance(provider, waiting.person_id) is Level.LOW


def test_neither_approving_nor_refusing_is_no_decision(of_vera, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    page = of_vera.post(f"/console/cases/{waiting.id}/decision")
    assert (page.status_code, "Choose whether you approve or refuse" in text(page)) == (422, True)


def test_a_page_left_open_for_too_long_decides_nothing(provider, clock, of_vera, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    clock.advance(CLAIM_SECONDS)
    answer = decide(of_vera, waiting)
    assert "your half hour with this case was over" in text(of_vera.follow(answer))
    assert assurance(provider, waiting.person_id) is Level.LOW


def test_a_case_goes_back_into_the_queue(of_vera, of_viktor, waiting):
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    assert "A colleague has this case now" in text(of_viktor.post(f"/console/cases/{waiting.id}/claim"))
    of_vera.post(f"/console/cases/{waiting.id}/release")
    assert of_viktor.post(f"/console/cases/{waiting.id}/claim").status_code == 303


def test_an_auditor_says_why_before_a_case_opens(provider, at_desk, waiting):
    desk = at_desk["auditor"]
    path = f"/console/cases/{waiting.id}"
    assert "Nadia" not in text(desk.get(path))
    assert desk.post(f"{path}/inspect", purpose="audit", reference="").status_code == 422
    opened = desk.follow(desk.post(f"{path}/inspect", purpose="audit", reference="2026/7"))
    assert "Nadia" in text(opened)
    assert "Your decision" not in text(opened)
    with provider.reading() as connection:
        looks = log.search(connection, about=waiting.person_id, name="console.record.viewed")
    assert {look.facts["reference"] for look in looks} == {"2026/7"}


def test_a_case_that_does_not_exist_is_a_page_and_no_crash(of_vera):
    assert of_vera.get("/console/cases/nothing").status_code in (400, 404)
    assert of_vera.post("/console/cases/nothing/claim").status_code in (400, 404)


@pytest.mark.parametrize("language", ["en", "zh-Hant", "ar"])
def test_a_case_is_shown_in_every_language(of_vera, waiting, language):
    of_vera.client.set_cookie("lang", language)
    of_vera.post(f"/console/cases/{waiting.id}/claim")
    page = of_vera.get(f"/console/cases/{waiting.id}")
    assert re.search(rf'<html lang="{language}"', page.text)
