import json

import pytest
from sqlalchemy import update

from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves
from tests.web.console.conftest import text


@pytest.fixture
def desk(at_desk):
    return at_desk["auditor"]


@pytest.fixture
def recorded(provider):
    with provider.transaction() as tx:
        tx.record(Event("tests.thing.done", "ann", "bob", {"say": "<b>"}))


def test_nothing_is_searched_for_until_somebody_asks(desk, recorded):
    assert "say=" not in desk.get("/console/audit").text


def test_events_are_found_by_name_person_and_day(desk, recorded):
    page = desk.get("/console/audit?about=bob&name=tests.&since=2027-01-01&until=2027-12-31").text
    assert "say=&lt;b&gt;" in page
    assert "tests.<wbr>thing.<wbr>done" in page
    assert "say=" not in desk.get("/console/audit?name=tests.&until=2026-01-01").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "name=Tests.%25", "since=9999-99-99"])
def test_what_cannot_be_read_is_named_and_kept(desk, query):
    page = desk.get(f"/console/audit?{query}")
    assert (page.status_code, "There is a problem" in text(page)) == (422, True)


def test_older_events_are_a_page_away(provider, desk):
    with provider.transaction() as tx:
        for number in range(51):
            tx.record(Event("tests.thing.done", "ann", "bob", {"number": number}))
    first = desk.get("/console/audit?name=tests.").text
    link = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "number=50" in first
    assert "number=0<" not in first
    assert "number=0<" in desk.get(link).text


def test_colleagues_have_names_and_citizens_stay_identifiers(provider, desk, vera, a_person):
    eleni = a_person("eleni", "Eleni Papadaki")
    with provider.transaction() as tx:
        tx.record(Event("tests.thing.done", vera.person_id, eleni))
    page = text(desk.get("/console/audit?name=tests."))
    assert "Vera" in page
    assert eleni in page
    assert "Eleni" not in page


def test_a_search_is_downloaded_as_csv_and_json(desk, recorded):
    csv = desk.get("/console/audit/export.csv?name=tests.")
    document = json.loads(desk.get("/console/audit/export.json?name=tests.").data)
    assert csv.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert csv.mimetype == "text/csv"
    assert "tests.thing.done" in csv.text
    assert document["events"][0]["subject"] == "bob"


def test_a_download_of_what_cannot_be_read_is_refused(desk):
    assert desk.get("/console/audit/export.csv?since=yesterday").status_code == 400


def test_the_audit_is_verified_on_demand(app, desk, recorded):
    app.extensions["courier"].round()
    assert "The audit is whole" in text(desk.post("/console/audit/verify"))


def test_a_changed_audit_is_called_out(app, provider, desk, recorded):
    app.extensions["courier"].round()
    with provider.transaction() as tx:
        tx.execute(update(leaves).where(leaves.c.subject == "bob").values(subject="eve"))
    assert "The audit is not whole" in text(desk.post("/console/audit/verify"))


def test_the_badge_says_how_far_the_audit_is_signed(app, desk, recorded):
    assert "Not signed yet" in text(desk.get("/console/audit"))
    app.extensions["courier"].round()
    assert "under a signed checkpoint" in text(desk.get("/console/audit"))
