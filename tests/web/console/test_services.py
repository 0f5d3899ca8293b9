import pytest

from idp.domain.clients import registry
from idp.foundation.outbox import Job
from idp.journeys.oidc.log_out import NOTICE
from tests.builders import FAULT, a_client, refused_today
from tests.web.console.conftest import text

PATH = "/console/service-status/revenue"


def status(provider):
    with provider.reading() as connection:
        client = registry.find(connection, "revenue")
    return None if client is None else client.status


def test_services_are_listed_and_shown_as_registered(at_desk, revenue):
    assert "Revenue Service" in text(at_desk["auditor"].get("/console/services"))
    page = text(at_desk["auditor"].get("/console/services/revenue"))
    assert "https://revenue.example/callback" in page
    assert "Suspend this service" not in page


def test_a_service_is_suspended_with_a_reason_and_works_again(provider, at_desk, revenue):
    desk = at_desk["administrator"]
    assert desk.post(PATH).status_code == 422
    suspended = desk.post(PATH, reason="security_incident")
    assert status(provider) == "suspended"
    assert "The service is suspended" in text(desk.follow(suspended))
    reinstated = desk.post(PATH, reason="resolved")
    assert status(provider) == "active"
    assert "The service works again" in text(desk.follow(reinstated))


def test_a_reason_for_the_other_direction_is_refused(provider, at_desk, revenue):
    assert at_desk["administrator"].post(PATH, reason="resolved").status_code == 400
    assert status(provider) == "active"


def test_notices_to_the_service_are_shown_with_what_became_of_them(provider, at_desk, revenue):
    with provider.transaction() as tx:
        tx.send(Job(NOTICE, {"client": revenue}, about=revenue))
    assert "Latest notices" in text(at_desk["auditor"].get("/console/services/revenue"))


def test_a_service_that_is_not_registered_is_not_found(at_desk):
    assert at_desk["administrator"].get("/console/services/nobody").status_code == 404
    assert at_desk["administrator"].get("/console/service-status/nobody").status_code == 404


def test_a_service_with_an_unusual_identifier_has_its_page(provider, at_desk):
    odd = {"client_id": "https://a.example/x?y=1", "client_name": "Odd", "redirect_uris": ["https://a.example/cb"]}
    with provider.transaction() as tx:
        registry.register(tx, odd, None, "operator")
    listing = at_desk["auditor"].get("/console/services").text
    address = listing.partition('href="/console/services/')[2].partition('"')[0]
    assert "Odd" in text(at_desk["auditor"].get(f"/console/services/{address}"))


def test_a_service_that_todays_rules_refuse_is_listed_as_such_beside_the_others(provider, at_desk, revenue):
    a_client(provider, client_id="library", client_name="Library")
    refused_today(provider.store, revenue)
    listing = at_desk["auditor"].get("/console/services")

    assert "Library" in text(listing)
    assert f"Revenue Service revenue Refused {FAULT}" in text(listing)
    assert "/console/services/revenue" not in listing.text


@pytest.mark.parametrize("path", ["/console/services/revenue", PATH])
def test_the_page_of_a_service_that_todays_rules_refuse_says_why(provider, at_desk, revenue, path):
    refused_today(provider.store, revenue)
    answer = at_desk["administrator"].get(path)

    assert (answer.status_code, FAULT in text(answer)) == (400, True)
