"""Who may do what in an account: nobody signed out, nobody by another site's form, nobody with an old session."""

import re

import pytest

from idp.domain.authenticators import registry
from idp.foundation.audit import log
from idp.journeys.account import contacts
from idp.protocol.assurance import Strength
from tests.web.pages import Window

LEAD_ELSEWHERE = [
    "/account/<section>/<path:_elsewhere>",
    "/account/security/totp",
    "/account/security/passkey",
    "/account/security/security-key",
    "/account/security/recovery-codes",
    "/account/security/text-message/code",
]
UNSAFE = [
    "/account/close",
    "/account/close/keep",
    "/account/contacts/add/email",
    "/account/contacts/<id>/change",
    "/account/contacts/<id>/confirm",
    "/account/contacts/code",
    "/account/contacts/code/again",
    "/account/contacts/code/lost",
    "/account/contacts/give-up",
    "/account/data",
    "/account/former",
    "/account/former/stop",
    "/account/former/take",
    "/account/not-me",
    "/account/security/totp",
    "/account/security/passkey",
    "/account/security/passkey/quietly",
    "/account/security/security-key",
    "/account/security/text-message",
    "/account/security/text-message/code",
    "/account/security/<id>/rename",
    "/account/security/<id>/remove",
    "/account/security/password",
    "/account/security/recovery-codes",
    "/account/services/<id>/remove",
    "/account/sessions/<id>/end",
    "/account/sessions/end-everywhere",
    "/account/sessions/end-others",
    "/account/sessions/remembered/<id>/forget",
]
SAFE = [
    "/account",
    "/account/contacts",
    "/account/contacts/add/email",
    "/account/contacts/<id>/change",
    "/account/contacts/code",
    "/account/contacts/code/lost",
    "/account/activity",
    "/account/close",
    "/account/data",
    "/account/details",
    "/account/former",
    "/account/security",
    "/account/security/<id>",
    "/account/security/<id>/remove",
    "/account/security/add",
    "/account/security/text-message",
    "/account/security/password",
    "/account/not-me",
    "/account/services",
    "/account/services/<id>",
    "/account/services/<id>/remove",
    "/account/sessions",
    "/account/sessions/<id>/end",
    "/account/sessions/end-everywhere",
    "/account/sessions/end-others",
]
NEEDS_FRESHNESS = [
    ("GET", "/account/close"),
    ("POST", "/account/close"),
    ("GET", "/account/contacts/add/phone"),
    ("GET", "/account/contacts/code"),
    ("GET", "/account/contacts/code/lost"),
    ("POST", "/account/contacts/add/phone"),
    ("POST", "/account/contacts/<id>/change"),
    ("POST", "/account/contacts/<id>/confirm"),
    ("POST", "/account/contacts/<id>/prefer"),
    ("POST", "/account/contacts/<id>/remove"),
    ("POST", "/account/contacts/code"),
    ("POST", "/account/contacts/code/again"),
    ("POST", "/account/contacts/code/lost"),
    ("POST", "/account/contacts/give-up"),
    ("POST", "/account/former/take"),
    ("GET", "/account/data"),
    ("POST", "/account/data"),
    ("GET", "/account/security/add"),
    ("GET", "/account/security/text-message"),
    ("POST", "/account/security/text-message"),
    ("POST", "/account/security/text-message/code"),
    ("GET", "/account/security/password"),
    ("POST", "/account/security/totp"),
    ("POST", "/account/security/passkey"),
    ("POST", "/account/security/passkey/quietly"),
    ("POST", "/account/security/security-key"),
    ("GET", "/account/security/<id>/remove"),
    ("POST", "/account/security/<id>/remove"),
    ("POST", "/account/security/password"),
    ("POST", "/account/security/recovery-codes"),
]


@pytest.fixture
def known(provider, anna):
    """Fills in an identifier of anna's own for <id>."""
    with provider.reading() as connection:
        app = registry.of(connection, anna.id)[-1]
    return lambda path: path.replace("<id>", app.id)


def history(provider):
    with provider.reading() as connection:
        return [leaf.id for leaf in log.search(connection, limit=500)]


def sent(window, method, path):
    """The answer to one request, with a good token if it is unsafe."""
    if method == "GET":
        return window.client.get(path)
    values = {"csrf_token": window.token(), "label": "x", "password": "seventeen quiet lamps", "code": "123456"}
    return window.client.post(path, data=values)


def test_the_tables_here_name_every_page_and_every_form(app):
    rules = {
        (method, str(rule))
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/account")
        for method in rule.methods & {"GET", "POST"}
    }
    named = {("GET", path) for path in (*SAFE, *LEAD_ELSEWHERE)} | {("POST", path) for path in UNSAFE}

    assert {(method, plain(rule)) for method, rule in rules} == named


def plain(rule):
    """With <id> for any identifier, and the first of several words."""
    return re.sub("<any[(]([a-z]+)[^>]*>", r"\1", re.sub("<[a-z]*_id>", "<id>", rule))


def test_no_page_is_shown_to_somebody_signed_out(app, known):
    for path in SAFE:
        answer = app.test_client().get(known(path))
        assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin"), path


def test_no_form_of_somebody_signed_out_changes_anything(app, provider, known):
    before = history(provider)
    for path in UNSAFE:
        answer = sent(Window.of(app), "POST", known(path))
        assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin"), path
    assert history(provider) == before


@pytest.mark.parametrize("kind", ["missing", "empty", "another browser's", "another site's"])
def test_no_form_that_is_not_ours_changes_anything(app, provider, anna, a_window, known, kind):
    window, other = a_window(anna), Window.of(app)
    other.client.set_cookie("browser", "a-secret-of-another-browser")
    tokens = {"missing": {}, "empty": {"csrf_token": ""}, "another browser's": {"csrf_token": other.token()}}
    values = tokens.get(kind, {"csrf_token": window.token()})
    headers = {"Sec-Fetch-Site": "cross-site"} if kind == "another site's" else {}
    before = history(provider)
    for path in UNSAFE:
        assert window.client.post(known(path), data=values, headers=headers).status_code == 403, path
    assert history(provider) == before


@pytest.mark.parametrize(
    "lacking",
    [{"seconds_ago": 601}, {"strength": Strength.ONE_FACTOR}, {"handed_over": True}],
    ids=["old", "one factor", "handed over"],
)
def test_what_opens_the_account_is_changed_only_by_a_session_that_is_young_strong_and_proved_here(
    provider, anna, a_window, known, lacking
):
    window = a_window(anna, **lacking)
    before = history(provider)
    for method, path in NEEDS_FRESHNESS:
        answer = sent(window, method, known(path))
        assert (answer.status_code, answer.location.split("/")[1]) == (303, "signin"), path
    assert history(provider) == before


def test_after_signing_in_again_the_citizen_is_where_she_was(anna, a_window, clock):
    window = a_window(anna, seconds_ago=3000)
    window.goes("/account/security/password")
    window.submits("/authenticate", username="anna", password=anna.password)
    window.submits("/second-factor", code=anna.code(clock.now))

    assert (window.status, window.at) == (200, "/account/security/password")


def test_a_session_that_was_handed_over_is_her_own_after_both_factors_and_not_after_one(anna, a_window, clock):
    window = a_window(anna, handed_over=True)
    window.goes("/account/security/password")
    assert "login-handover" not in window.page.by_id, "an approval leads to no more than the last one did"
    window.submits("/authenticate", username="anna", password=anna.password)
    assert window.at.endswith("/second-factor")
    assert window.goes("/account/security/password").at.endswith("/authenticate")
    window.submits("/authenticate", username="anna", password=anna.password)
    window.submits("/second-factor", code=anna.code(clock.now))

    assert window.at == "/account/security/password"
    assert window.goes("/account/security/add").at == "/account/security/add"


def test_no_passkey_is_made_quietly_in_a_session_that_was_handed_over(anna, a_window):
    assert "quietly" in a_window(anna).goes("/account").response.text
    assert "quietly" not in a_window(anna, handed_over=True).goes("/account").response.text


def test_a_session_of_ten_minutes_ago_will_do(anna, a_window):
    assert a_window(anna, seconds_ago=599).goes("/account/security/add").at == "/account/security/add"


@pytest.mark.parametrize("path", ["/account/security/{}", "/account/security/{}/rename", "/account/security/{}/remove"])
def test_an_authenticator_of_another_is_answered_like_one_that_is_not_there(
    provider, anna, boris, a_window, known, path
):
    window, theirs = a_window(boris), known("<id>")
    method = "GET" if path.endswith("{}") else "POST"
    answers = [without_chance(sent(window, method, path.format(one))) for one in (theirs, "nobodys")]

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_a_session_of_another_is_answered_like_one_that_is_not_there(provider, anna, boris, a_window):
    a_window(anna)
    with provider.reading() as connection:
        theirs = connection.exec_driver_sql("SELECT id FROM sessions").scalar_one()
    window = a_window(boris)
    answers = [without_chance(sent(window, "POST", f"/account/sessions/{one}/end")) for one in (theirs, "nobodys")]

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize("act", ["change", "confirm", "prefer", "remove"])
def test_an_address_of_another_is_answered_like_one_that_is_not_there(provider, anna, boris, a_window, act):
    window, theirs = a_window(boris), contacts.held(provider, anna.id)[0].id
    answers = [without_chance(sent(window, "POST", f"/account/contacts/{one}/{act}")) for one in (theirs, "nobodys")]

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize(("method", "more"), [("POST", "/remove"), ("GET", "/remove"), ("GET", "")])
def test_a_service_that_is_not_used_is_answered_like_one_that_is_not_there(boris, a_window, method, more):
    answer = sent(a_window(boris), method, f"/account/services/revenue{more}")

    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/account/security/totp", "/account/security/add"),
        ("/account/security/passkey", "/account/security/add"),
        ("/account/security/recovery-codes", "/account/security"),
        ("/account/security/some-id/remove", "/account/security"),
        ("/account/sessions/end-others", "/account/sessions"),
        ("/account/sessions/some-id/end?lang=ar", "/account/sessions"),
    ],
)
def test_where_only_a_form_leads_a_reload_or_another_language_leads_to_the_section(anna, a_window, address, leads_to):
    window = a_window(anna).goes(address)

    assert (window.status, window.at) == (200, leads_to)


def test_an_address_that_was_never_ours_is_not_found(anna, a_window):
    assert a_window(anna).goes("/account/secrets/of/others").status == 404


def without_chance(answer):
    """Status, words and headers of an answer, without what differs from one to the next."""
    words = re.sub(r"<bdi dir=\"ltr\">[0-9A-Z-]+</bdi>|nonce(-|=\")[\w-]+|value=\"[\w=-]{80,}\"", "", answer.text)
    kept = sorted(set(answer.headers.keys()) - {"Set-Cookie"})
    return answer.status_code, re.sub(r"/account/(security|sessions|contacts)/[^/\"?]+", "/account/-", words), kept
