"""Every address of the console, for every role, for nobody in particular and for nobody at all: deny by default."""

import pytest
from flask import Blueprint

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Role
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.protocol.assurance import Strength
from idp.web.console.door import FRESH_SECONDS

V, A, U = "verifier", "administrator", "auditor"
WHO_MAY = {
    ("GET", "/console"): {V, A, U},
    ("GET", "/console/cases"): {V, U},
    ("POST", "/console/cases/next"): {V},
    ("GET", "/console/cases/<case_id>"): {V, U},
    ("POST", "/console/cases/<case_id>/claim"): {V},
    ("POST", "/console/cases/<case_id>/release"): {V},
    ("GET", "/console/cases/<case_id>/decision"): {V},
    ("POST", "/console/cases/<case_id>/decision"): {V},
    ("POST", "/console/cases/<case_id>/inspect"): {U},
    ("GET", "/console/cases/<case_id>/evidence/<any(portrait, document):kind>"): {V, U},
    ("GET", "/console/people"): {A, U},
    ("POST", "/console/people"): {A, U},
    ("GET", "/console/records/<viewing_id>"): {A, U},
    ("GET", "/console/services"): {A, U},
    ("GET", "/console/services/<path:client_id>"): {A, U},
    ("GET", "/console/service-status/<path:client_id>"): {A},
    ("POST", "/console/service-status/<path:client_id>"): {A},
    ("GET", "/console/registrations/<path:client_id>"): {A, U},
    ("GET", "/console/registration-decision/<path:client_id>"): {A},
    ("POST", "/console/registration-decision/<path:client_id>"): {A},
    ("GET", "/console/staff"): {A, U},
    ("GET", "/console/staff/grant"): {A},
    ("POST", "/console/staff/grant"): {A},
    ("GET", "/console/staff/<person_id>/<any(verifier, administrator, auditor):role>/revoke"): {A},
    ("POST", "/console/staff/<person_id>/<any(verifier, administrator, auditor):role>/revoke"): {A},
    ("GET", "/console/audit"): {U},
    ("GET", "/console/audit/export.<any(csv, json):kind>"): {U},
    ("POST", "/console/audit/verify"): {U},
}
"""Written by hand, against the code: a new address fails here until somebody says who may."""
VALUES = {
    "<case_id>": "case",
    "<any(portrait, document):kind>": "portrait",
    "<viewing_id>": "viewing",
    "<path:client_id>": "client",
    "<person_id>": "person",
    "<any(verifier, administrator, auditor):role>": "verifier",
    "<any(csv, json):kind>": "csv",
}


def addresses(app):
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule == "/console" or rule.rule.startswith("/console/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def send(desk, method, rule):
    for variable, value in VALUES.items():
        rule = rule.replace(variable, value)
    return desk.get(rule) if method == "GET" else desk.post(rule)


def test_somebody_has_said_of_every_address_who_may_use_it(app):
    assert addresses(app) == set(WHO_MAY)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_own_addresses_and_no_other(at_desk, role):
    answers = {address: send(at_desk[role], *address).status_code for address in WHO_MAY}
    assert {address for address, status in answers.items() if status != 403} == {
        address for address, may in WHO_MAY.items() if role in may
    }
    assert set(answers.values()) <= {200, 303, 400, 403, 404, 422}


def test_a_citizen_who_is_signed_in_opens_nothing(signed_in, a_person):
    desk = signed_in(a_person("eleni"))
    assert {send(desk, *address).status_code for address in WHO_MAY} == {403}


def test_somebody_who_is_not_signed_in_is_asked_to_sign_in(app, signed_in):
    desk = signed_in("nobody")
    desk.client = app.test_client()
    answers = [send(desk, *address) for address in WHO_MAY]
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.location.partition("/signin/")[0] for answer in answers} <= {"", "/console"}


def test_a_form_sent_after_the_session_ended_leads_to_signing_in_and_to_a_page(app, signed_in):
    desk = signed_in("nobody")
    desk.client = app.test_client()
    assert desk.post("/console/cases/next").location == "/console"


def test_without_proof_of_its_origin_no_form_is_obeyed(at_desk):
    answers = {
        desk.client.post(rule.replace("<case_id>", "case")).status_code
        for role, rule in ((V, "/console/cases/<case_id>/claim"), (A, "/console/people"), (U, "/console/audit/verify"))
        for desk in [at_desk[role]]
    }
    assert answers == {403}


def test_one_factor_is_not_enough(signed_in, vera):
    answer = signed_in(vera.person_id, Strength.ONE_FACTOR).get("/console")
    assert answer.status_code == 303
    assert answer.location.startswith("/signin/")


def test_an_approval_at_another_device_opens_no_console(signed_in, vera):
    answer = signed_in(vera.person_id, handed_over=True).get("/console")
    assert answer.status_code == 303
    assert answer.location.startswith("/signin/")


@pytest.mark.parametrize("path", ["/console/staff/grant", "/console/service-status/revenue"])
def test_what_changes_others_powers_needs_a_sign_in_of_a_moment_ago(signed_in, adele, revenue, path):
    assert signed_in(adele.person_id).get(path).status_code == 200
    stale = signed_in(adele.person_id, seconds_ago=FRESH_SECONDS + 1).get(path)
    assert stale.location.startswith("/signin/")


def test_a_role_that_is_taken_away_closes_the_console_at_the_next_click(provider, signed_in, vera):
    desk = signed_in(vera.person_id)
    assert desk.get("/console").status_code == 200
    with provider.transaction() as tx:
        roles.revoke(tx, vera.person_id, Role.VERIFIER, "operator")
    assert desk.get("/console").status_code == 403


def test_a_locked_colleague_stays_outside(provider, signed_in, vera):
    desk = signed_in(vera.person_id)
    with provider.transaction() as tx:
        records.set_status(tx, vera.person_id, Status.LOCKED, "operator", "test")
    answer = desk.get("/console")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "/signin/" in desk.get("/console").location, "the browser's session is over, too"


def test_a_view_that_does_not_say_what_it_needs_opens_for_nobody(app, at_desk):
    forgotten = Blueprint("console", __name__, url_prefix="/console")
    forgotten.before_request_funcs = app.blueprints["console"].before_request_funcs
    app.view_functions["console.forgotten"] = lambda: "everybody's secret"
    app.url_map._remap = True  # noqa: SLF001 (a rule is added after the first request on purpose)
    app.url_map.add(app.url_rule_class("/console/forgotten", endpoint="console.forgotten", methods=["GET"]))
    assert at_desk["administrator"].get("/console/forgotten").status_code == 403


def test_the_navigation_shows_what_a_role_may_open(at_desk):
    page = at_desk["verifier"].get("/console").text
    assert 'href="/console/cases"' in page
    assert 'href="/console/audit"' not in page
    assert 'href="/console/staff"' not in page
