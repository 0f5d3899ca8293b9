"""The staff console from the chairs of a verifier, an administrator and an auditor, and from outside."""

import json

import pytest
import requests
from playwright.sync_api import expect
from sqlalchemy import select, update

from idp.config import load
from idp.domain.clients.tables import clients
from idp.foundation.transaction import Store
from tests.browser.authenticators import App
from tests.browser.country import SECRET, TIMEOUT
from tests.browser.errands import signs_in
from tests.serving import command

pytestmark = pytest.mark.slow
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])


@LANGUAGES
def test_a_verifier_finds_the_queue_and_nothing_that_is_not_hers(at_work, language):
    vera = at_work("vera", language)
    vera.presses("nav.sections a[href='/console/cases']")
    for path in ("/console/services", "/console/audit", "/console/people", "/console/staff"):
        assert vera.page.goto(vera.country.issuer + path).status == 403
    vera.looks()


@LANGUAGES
def test_an_administrator_sees_services_and_colleagues(at_work, language):
    adele = at_work("adele", language)
    adele.presses("nav.sections a[href='/console/services']")
    adele.presses("table a[href='/console/services/revenue']")
    adele.sees("Revenue Service of Arcadia", "revenue.arcadia.example")
    adele.presses("#service-status")
    adele.presses("#service-suspend")
    assert adele.all("#error-summary a[href='#reason']").count() == 1, "suspended without a reason"
    adele.presses("nav.sections a[href='/console/staff']")
    adele.sees("Vera Lindqvist", "Viktor Halász", "Augustin Mbeki")


def a_service_that_registers(country):
    """As a developer's script does it; returns where it looks after its registration, with what, and what it is."""
    environment = country.environment | {"IDP_ISSUER": country.issuer}
    invited = command(environment, "clients", "invite", "--agency", "Harbour", "--host", "harbour.example", "--json")
    names = {"client_name": "Harbour Dues", "client_name#ar": "رسوم الميناء"}
    wish = names | {"redirect_uris": ["https://harbour.example/cb"], "scope": "openid email"}
    headers = {"Authorization": f"Bearer {invited['token']}"}
    told = requests.post(f"{country.issuer}/oidc/register", json=wish, headers=headers, timeout=TIMEOUT).json()
    headers = {"Authorization": f"Bearer {told['registration_access_token']}"}
    return told["registration_client_uri"], headers, wish | {"client_id": told["client_id"]}


@LANGUAGES
def test_an_administrator_sees_which_service_todays_rules_refuse_and_why(at_work, language):
    adele = at_work("adele", language)
    refused = a_service_that_registers(adele.country)[2]["client_id"]
    store = Store(load(adele.country.environment | {"IDP_ISSUER": adele.country.issuer}).database_url)
    with store.transaction() as tx:
        wanted = clients.c.id == refused
        sound = tx.execute(select(clients.c.metadata).where(wanted)).scalar_one()
        faulty = json.dumps(json.loads(sound) | {"initiate_login_uri": "http://harbour.example/"})
        tx.execute(update(clients).where(wanted).values(metadata=faulty))
    adele.goes("/console/services")
    adele.sees(refused, "initiate_login_uri is neither https nor http on a loopback host.")
    adele.looks()
    with store.transaction() as tx:
        tx.execute(update(clients).where(wanted).values(metadata=sound))
    store.dispose()


@LANGUAGES
def test_an_administrator_refuses_and_approves_what_a_service_registers(at_work, language):
    adele = at_work("adele", language)
    address, headers, wish = a_service_that_registers(adele.country)
    adele.goes("/console/services")
    adele.presses(f"table a[href='/console/registrations/{wish['client_id']}']")
    adele.sees("Harbour Dues", "رسوم الميناء", "https://harbour.example/cb")
    adele.presses("#registration-decide")
    adele.presses("#registration-done")
    assert adele.all("#error-summary a[href='#choice']").count() == 1, "decided without a choice"
    adele.chooses("choice-2")
    adele.chooses("reason-3")
    adele.types("note", "Say what you need the address for.")
    adele.presses("#registration-done")
    refused = requests.get(address, headers=headers, timeout=TIMEOUT).json()
    assert (refused["status"], refused["refused_because"]) == ("refused", "incomplete")

    requests.put(address, json=wish | {"scope": "openid"}, headers=headers, timeout=TIMEOUT).raise_for_status()
    adele.goes(f"/console/registration-decision/{wish['client_id']}")
    adele.chooses("choice")
    adele.presses("#registration-done")
    assert adele.all(".notice.success").count() == 1
    assert requests.get(address, headers=headers, timeout=TIMEOUT).json()["status"] == "active"
    requests.put(address, json=wish, headers=headers, timeout=TIMEOUT).raise_for_status()
    adele.goes(f"/console/registrations/{wish['client_id']}")
    adele.goes(f"/console/services/{wish['client_id']}")


@LANGUAGES
def test_an_auditor_finds_what_was_done_and_proves_that_nothing_was_changed(at_work, language):
    augustin = at_work("augustin", language)
    augustin.presses("nav.sections a[href='/console/audit']")
    augustin.types("name", "signin")
    augustin.presses("#audit-search")
    expect(augustin.all("tbody tr th bdi").first).to_be_visible()
    events = augustin.all("tbody tr td:nth-child(2)").all_inner_texts()
    assert "signin.completed" in events
    assert all(name.startswith("signin.") for name in events), events
    augustin.types("since", "yesterday")
    augustin.presses("#audit-search")
    assert augustin.all("#error-summary a[href='#since']").count() == 1
    augustin.goes("/console/audit")
    augustin.presses("#audit-verify")
    assert augustin.all(".notice.success").count() == 1
    assert augustin.page.goto(augustin.country.issuer + "/console/service-status/revenue").status == 403


@LANGUAGES
def test_a_citizen_who_comes_to_the_console_is_refused(a_window, language):
    walker = a_window(language)
    walker.goes("/console")
    signs_in(walker, f"strays.{language}", App(SECRET))
    walker.is_at("console")
    assert walker.page.reload().status == 403
    assert walker.all("nav.sections").count() == 0
