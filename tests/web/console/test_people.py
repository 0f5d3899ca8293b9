from idp.domain.oversight.viewings import SECONDS
from idp.domain.people import attributes
from tests.web.console.conftest import text

ASKED = {"kind": "username", "value": "eleni", "purpose": "support", "reference": "T-7"}


def find(desk, **changed):
    return desk.post("/console/people", **{**ASKED, **changed})


def test_a_record_opens_for_a_stated_purpose_and_no_address_names_the_person(at_desk, a_person):
    eleni = a_person("eleni", "Eleni Papadaki")
    found = find(at_desk["administrator"])
    page = at_desk["administrator"].follow(found)
    assert "Eleni Papadaki" in text(page)
    assert "The person asked for help (T-7)" in text(page)
    assert eleni not in found.location
    assert "eleni" not in found.location


def test_who_opened_it_and_why_is_in_the_activity_of_the_person(at_desk, signed_in, a_person):
    eleni = a_person("eleni", "Eleni Papadaki")
    desk = signed_in(eleni)
    assert "opened your record" not in text(desk.get("/account/activity"))
    at_desk["administrator"].follow(find(at_desk["administrator"]))

    told = "A member of staff opened your record: The person asked for help (T-7)"
    assert told in text(desk.get("/account/activity"))
    assert told not in text(at_desk["administrator"].get("/account/activity"))


def test_everything_that_is_missing_is_named_at_once(at_desk, a_person):
    page = find(at_desk["administrator"], kind="", value="", purpose="", reference="")
    summary = page.text.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert page.status_code == 422
    assert summary.count("<li>") == 4


def test_nobody_found_is_said_and_what_was_typed_is_kept(at_desk):
    page = find(at_desk["administrator"], value="elena")
    assert "Nobody is registered with exactly this" in text(page)
    assert 'value="elena"' in page.text
    assert 'value="T-7"' in page.text


def test_a_purpose_that_was_not_offered_is_refused(at_desk, a_person):
    a_person("eleni")
    assert find(at_desk["administrator"], purpose="curiosity").status_code == 400
    assert find(at_desk["administrator"], purpose="verification").status_code == 400


def test_a_record_closes_after_a_quarter_of_an_hour(at_desk, a_person, clock):
    a_person("eleni")
    found = find(at_desk["administrator"])
    clock.advance(SECONDS)
    assert at_desk["administrator"].follow(found).location == "/console/people"


def test_a_colleague_cannot_use_anothers_licence(at_desk, a_person):
    a_person("eleni")
    found = find(at_desk["administrator"])
    assert at_desk["auditor"].follow(found).location == "/console/people"


def test_what_a_citizen_wrote_is_shown_and_never_run(provider, at_desk, a_person):
    eleni = a_person("eleni")
    with provider.transaction() as tx:
        attributes.put(tx, provider.vault, eleni, {"name": "<script>alert(1)</script>"}, "person")
    page = at_desk["administrator"].follow(find(at_desk["administrator"]))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_an_auditor_may_go_on_to_the_events_about_the_person(at_desk, a_person):
    eleni = a_person("eleni")
    link = f"/console/audit?about={eleni}"
    assert link in at_desk["auditor"].follow(find(at_desk["auditor"])).text
    assert link not in at_desk["administrator"].follow(find(at_desk["administrator"])).text


def test_the_citizen_sees_that_staff_looked_and_why(at_desk, signed_in, a_person):
    eleni = a_person("eleni")
    find(at_desk["administrator"])
    at_desk["auditor"].get(f"/console/audit?about={eleni}")
    activity = text(signed_in(eleni).get("/account/activity"))
    assert "A member of staff opened your record: The person asked for help (T-7)" in activity
    assert "An auditor looked at what was recorded about you" in activity
