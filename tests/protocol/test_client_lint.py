"""RFC 9700 and its relatives: what is said of a client, and which grade that makes."""

import pytest

from idp.protocol.client_lint import CHECKS, GRADES, WORST, Check, Severity, findings, grade
from tests.protocol.builders import CALLBACK, EC, ED, a_client

KEYS = {"keys": [EC.as_dict(private=False), ED.as_dict(private=False)]}
BEST = {
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "ES256",
    "jwks": KEYS,
    "profile": "fapi2-security",
    "id_token_signed_response_alg": "ES256",
    "scope": "openid profile",
    "backchannel_logout_uri": "https://revenue.example.org/logout",
    "contacts": ["it@revenue.example.org"],
    "policy_uri": "https://revenue.example.org/privacy",
    "purpose": "To show you your tax account.",
    "agency": "Ministry of Finance",
}
STANDARD = {**BEST, "profile": "standard"}
SECRET = {**STANDARD, "token_endpoint_auth_method": "client_secret_basic", "token_endpoint_auth_signing_alg": None}
PUBLIC = {**SECRET, "token_endpoint_auth_method": "none", "jwks": None}
LOOPBACK = {"redirect_uris": ["http://localhost:5000/cb"]}
HOSTS = [f"https://{name}.example.org/cb" for name in ("a", "b", "c", "d")]
SECTOR = {"sector_identifier_uri": "https://revenue.example.org/sector.json"}
OWN = {"grant_types": ["client_credentials"], "redirect_uris": [], "response_types": []}

WRONG = {
    "pkce_off": {**SECRET, "require_pkce": False},
    "loopback_on_web": {**SECRET, **LOOPBACK},
    "called_without_tls": {**SECRET, "backchannel_logout_uri": "http://127.0.0.1/logout"},
    "leads_on": {**SECRET, "redirect_uris": [f"{CALLBACK}?return_to=x"]},
    "shared_secret": SECRET,
    "secret_in_body": {**SECRET, "token_endpoint_auth_method": "client_secret_post"},
    "public_on_web": PUBLIC,
    "public_refresh": PUBLIC,
    "unbound_tokens": SECRET,
    "single_factor": {**SECRET, "single_factor": True},
    "public_subjects": {**SECRET, "subject_type": "public"},
    "no_agreement": {**SECRET, "scope": "openid tax_number"},
    "many_hosts": {**SECRET, "redirect_uris": HOSTS, **SECTOR},
    "asks_in_vain": {**SECRET, **OWN},
    "requests_by_browser": SECRET,
    "rs256": {**SECRET, "id_token_signed_response_alg": "RS256"},
    "any_algorithm": {**STANDARD, "token_endpoint_auth_signing_alg": None},
    "single_key": {**STANDARD, "jwks": {"keys": KEYS["keys"][:1]}},
    "names_localhost": {**PUBLIC, **LOOPBACK, "application_type": "native"},
    "no_logout": {**SECRET, "backchannel_logout_uri": None},
    "another_sector": {**SECRET, "sector_identifier_uri": "https://elsewhere.example.org/sector.json"},
    "could_keep_more": {**SECRET},
    "nobody_to_ask": {**SECRET, "contacts": None},
    "no_policy": {**SECRET, "policy_uri": None},
    "no_purpose": {**SECRET, "purpose": None},
}


def said(members, *, production=True):
    return {check.id for check in findings(a_client(**members), production=production)}


def test_a_client_of_the_strictest_kind_has_nothing_to_mend():
    assert said(BEST) == set()
    assert grade(()) == "A"


@pytest.mark.parametrize("check", [check for check in CHECKS if check.id != "could_keep_more"], ids=lambda one: one.id)
def test_every_check_finds_what_it_is_for(check):
    assert check.id in said(WRONG[check.id])


def test_every_check_has_its_own_name_a_clause_and_a_remedy():
    assert {check.id for check in CHECKS} == set(WRONG)
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert any(digit.isdigit() for digit in check.clause)
        assert check.sentence.count(". ") == 1, check.id


@pytest.mark.parametrize("name", ["loopback_on_web", "called_without_tls"])
def test_a_developers_own_machine_is_wrong_in_production_only(name):
    assert name not in said(WRONG[name], production=False)


def test_a_native_client_may_listen_on_loopback():
    assert "loopback_on_web" not in said({**PUBLIC, **LOOPBACK, "application_type": "native"})


@pytest.mark.parametrize("binding", ["dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"])
def test_bound_tokens_are_found_by_either_kind_of_key(binding):
    assert not {"unbound_tokens", "public_refresh"} & said({**PUBLIC, binding: True})


def test_a_client_that_keeps_more_than_it_promises_is_told():
    assert "could_keep_more" in said({**STANDARD, "require_pushed_authorization_requests": True})
    assert "could_keep_more" not in said({**BEST, "profile": "high-assurance"})


def test_an_agreement_that_leaves_a_whole_scope_out_is_told():
    assert "asks_in_vain" in said({**SECRET, "scope": "openid profile email", "agreed_claims": ["name"]})
    assert "asks_in_vain" not in said({**SECRET, "scope": "openid profile", "agreed_claims": ["name"]})


def test_a_program_without_people_is_not_blamed_for_what_people_would_need():
    told = said({**SECRET, **OWN, "scope": "api"})
    assert told == {"shared_secret", "unbound_tokens"}


def test_the_worst_is_said_first():
    severities = [check.severity for check in findings(a_client(**WRONG["pkce_off"]), production=True)]
    assert severities == sorted(severities, reverse=True)


def test_one_severe_finding_is_the_worst_grade():
    severe = next(check for check in CHECKS if check.severity is Severity.SEVERE)
    assert grade((severe,)) == WORST


def test_more_findings_never_make_a_better_grade():
    letters = [grade(CHECKS_BY_COST[:count]) for count in range(len(CHECKS_BY_COST) + 1)]
    assert letters == sorted(letters)
    assert set(letters) == {*(letter for _, letter in GRADES), WORST}


CHECKS_BY_COST: tuple[Check, ...] = tuple(sorted(CHECKS, key=lambda check: check.severity))


def test_a_plain_client_with_a_secret_is_not_at_the_bottom():
    plain = a_client(scope="openid profile email")
    assert grade(findings(plain, production=True)) == "C"
