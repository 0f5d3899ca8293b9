"""Whoever only looks (HEAD, RFC 9110 section 9.3.2) changes nothing anywhere: not a row, and nothing is used up."""

import re

import pytest
from sqlalchemy import select

from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.protocol.assurance import Strength
from migrations import schema
from tests.builders import a_citizen, a_client
from tests.web.oidc.conftest import authorize
from tests.web.oidc.requests import address, pushed

FOR_EVERYBODY = {"/", "/health/live", "/health/ready", "/static/1", "/legal/privacy"}
FOR_PROGRAMS = {
    "/openapi.json",
    "/oidc/jwks",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
}
"""What is the same for everybody, and so may be looked at."""


def rows(provider):
    with provider.reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)))) for name, table in schema.whole().tables.items()
        }


@pytest.fixture
def agency(provider):
    return a_client(provider, client_id="agency", secret="a-secret-of-the-agency", single_factor=True)


@pytest.fixture
def looker(app, provider, agency, clock):
    """A browser with a session that was not used for minutes, so that its use would be remembered."""
    anna = a_citizen(provider)
    with provider.transaction() as tx:
        proved = Authenticated(anna.id, ("pwd",), Strength.ONE_FACTOR, tx.now)
        _session, secret = browser.start(tx, proved, "Firefox", 3600)
    clock.advance(600)
    http = app.test_client()
    http.set_cookie("session", secret)
    return http


def filled(rule, login_id):
    """An address of the rule, of the browser's own sign-in where it names one."""
    rule = re.sub(r"<login_id>", login_id, rule).replace("<name>", "privacy")
    chosen = re.sub(r"<any\('?([\w-]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]*>", "1", chosen)


def test_a_look_at_any_address_changes_no_row_in_any_table(app, provider, looker):
    opened = looker.get(authorize(prompt="login")).location
    assert opened.startswith("/signin/")
    paths = {filled(rule.rule, opened.rpartition("/")[2]) for rule in app.url_map.iter_rules()}
    paths |= set(app.extensions["machine"].methods)
    assert opened in paths
    assert len(paths) > 100
    before = rows(provider)

    answers = {path: looker.head(path) for path in sorted(paths)}

    assert rows(provider) == before
    assert {path for path, answer in answers.items() if answer.status_code != 405} == FOR_EVERYBODY | FOR_PROGRAMS
    assert all(answer.data == b"" for answer in answers.values())
    assert all("HEAD" not in answer.headers["Allow"] for path, answer in answers.items() if answer.status_code == 405)


def test_a_look_at_the_authorization_endpoint_opens_and_spends_nothing(client, provider, looker):
    uri = pushed(client)
    before = rows(provider)
    for http in (client, looker):
        for asked in (authorize(), address(uri), authorize(prompt="none")):
            answer = http.head(asked)
            assert (answer.status_code, answer.data) == (405, b"")
            assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "POST", "OPTIONS"}
    assert rows(provider) == before
