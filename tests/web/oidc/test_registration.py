"""Registration over the network: RFC 7591 and RFC 7592, as a developer's script meets them."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.domain.clients import registry
from idp.domain.grants import consents, grants
from idp.domain.grants.grants import Context, Parties
from idp.domain.sessions import participants
from idp.journeys.clients import manage
from idp.journeys.clients.invite import invite, renew, withdraw
from idp.journeys.console.registrations import Reason
from idp.journeys.oidc.access_tokens import living
from idp.journeys.oidc.client_credentials import client_credentials
from idp.web.oidc.register import LARGEST
from tests.builders import a_citizen
from tests.journeys.console.trail import trail
from tests.web.oidc.conftest import WAGES
from tests.web.oidc.registering import MADE_HERE, POLICY, WISH, Developer, a_developer, an_administrator, bearer

NATIVE = {"token_endpoint_auth_method": "none"}


@pytest.fixture
def settings(settings):
    return replace(settings, registration="approval")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def developer(client, provider) -> Developer:
    return a_developer(client, provider)


@pytest.fixture
def registered(developer) -> Developer:
    assert developer.registers().status_code == 201
    return developer


@pytest.fixture
def adele(provider):
    return an_administrator(a_citizen(provider, roles=("administrator",)).id)


@pytest.fixture
def approved(registered, adele) -> Developer:
    registered.is_approved(adele)
    return registered


def asks_for_a_token(http, told):
    form = {"grant_type": "client_credentials"}
    return http.post("/oidc/token", data=form, auth=(told["client_id"], told["client_secret"]))


def test_metadata_tells_where_to_register(client):
    told = client.get("/.well-known/openid-configuration").json
    assert urlsplit(told["registration_endpoint"]).path == "/oidc/register"


def test_a_new_client_is_told_everything_that_it_needs(developer):
    answer = developer.registers()
    told = answer.json

    assert answer.status_code == 201
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told["registration_client_uri"] == f"http://localhost/oidc/register/{told['client_id']}"
    assert len(told["client_secret"]) == 43
    assert told["client_secret_expires_at"] == 0
    assert told["client_id_issued_at"] == developer.record.created_at
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["agency"] == "Ministry of Finance"
    assert {name: told[name] for name in WISH} == WISH
    assert told["status"] == "pending"


def test_a_client_that_needs_no_secret_gets_none(client, provider):
    policy = replace(POLICY, freedoms=("public_client",))
    told = a_developer(client, provider, policy).registers(**NATIVE).json
    assert "client_secret" not in told
    assert "client_secret_expires_at" not in told


@pytest.fixture
def program(client, provider) -> Developer:
    policy = replace(POLICY, grant_types=("client_credentials",), scopes=())
    developer = a_developer(client, provider, policy)
    assert developer.registers(grant_types=["client_credentials"], redirect_uris=[], scope=None).status_code == 201
    return developer


def test_a_new_client_may_do_nothing_before_somebody_approves_it(program, client):
    assert asks_for_a_token(client, program.told).status_code == 401


def test_a_new_client_works_when_somebody_has_approved_it(program, client, adele):
    program.is_approved(adele)
    assert asks_for_a_token(client, program.told).status_code == 200
    assert program.reads().json["status"] == "active"


def test_a_browser_is_not_sent_to_a_client_that_waits(registered, client):
    query = {"client_id": registered.client_id, "response_type": "code", "redirect_uri": WISH["redirect_uris"][0]}
    answer = client.get("/oidc/authorize", query_string=query)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "header", [None, "Basic eDp5", "Bearer", "Bearer x", f"Bearer tit_{'A' * 43}", f"Bearer trg_{'A' * 43}"]
)
def test_nobody_registers_without_an_invitation(client, provider, header):
    answer = client.post("/oidc/register", json=WISH, headers={} if header is None else {"Authorization": header})

    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    with provider.reading() as connection:
        assert registry.listing(connection).sound == []


def test_an_invitation_counts_its_uses(client, provider):
    developer = a_developer(client, provider, uses=2)
    assert [developer.registers().status_code for _ in range(3)] == [201, 201, 401]


def test_a_mistake_costs_no_use_of_the_invitation(developer):
    assert developer.registers(redirect_uris=["http://agency.example/cb"]).json["error"] == "invalid_redirect_uri"
    assert developer.registers().status_code == 201


def test_an_invitation_ends_with_its_time(developer, clock):
    clock.advance(7 * 24 * 3600)
    assert developer.registers().status_code == 401


def test_an_invitation_that_is_withdrawn_is_good_for_nothing(client, provider):
    invitation, token = invite(provider, POLICY, 1, 7)
    withdraw(provider, invitation.id)
    assert client.post("/oidc/register", json=WISH, headers=bearer(token)).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{}", "application/x-www-form-urlencoded", "invalid_request"),
        (b"{}", "", "invalid_request"),
        (b"", "application/json", "invalid_client_metadata"),
        (b"[]", "application/json", "invalid_client_metadata"),
        (b'{"a":1,"a":2}', "application/json", "invalid_client_metadata"),
        (b'{"default_max_age":NaN}', "application/json", "invalid_client_metadata"),
        (b'{"jwks":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", "invalid_client_metadata"),
        (b'{"client_name":"' + b"x" * 60_000 + b'"}', "application/json", "invalid_client_metadata"),
        (b'{"client_name":"' + b"x" * 70_000 + b'"}', "application/json", "invalid_request"),
        (b'{"client_name":"\xff"}', "application/json", "invalid_client_metadata"),
    ],
    ids=range(10),
)
def test_a_body_that_cannot_be_read_is_one_standard_error(developer, client, body, kind, error):
    answer = client.post("/oidc/register", data=body, content_type=kind, headers=bearer(developer.invitation))
    assert (answer.status_code, answer.json["error"]) == (413 if len(body) > LARGEST else 400, error)


def test_the_registration_is_read_by_its_own_token(registered):
    told = registered.reads().json

    assert told["registration_access_token"] == registered.token
    assert told["registration_client_uri"] == registered.told["registration_client_uri"]
    assert {name: told[name] for name in WISH} == WISH
    assert "client_secret" not in told, "a secret is told once"


def test_a_login_that_others_may_begin_is_told_back(client, provider):
    developer = a_developer(client, provider)
    address = "https://agency.example/begin"
    assert developer.registers(initiate_login_uri=address).json["initiate_login_uri"] == address
    assert developer.reads().json["initiate_login_uri"] == address


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_clients_token_opens_nothing(registered, client, provider, method):
    other = a_developer(client, provider)
    other.registers()
    before = registered.record
    answer = client.open(
        registered.path, method=method, json={**WISH, "client_id": registered.client_id}, headers=bearer(other.token)
    )

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_token")
    assert registered.record == before


@pytest.mark.parametrize("token", ["", "x", f"trg_{'A' * 43}", "invitation"])
def test_a_client_that_is_not_there_is_answered_as_one_that_is(registered, client, token):
    headers = bearer(registered.invitation if token == "invitation" else token)
    there, nowhere = client.get(registered.path, headers=headers), client.get("/oidc/register/nobody", headers=headers)
    told = [answer.json | {"reference": "each its own"} for answer in (there, nowhere)]
    assert (there.status_code, told[0]) == (nowhere.status_code, told[1])
    assert there.status_code == 401


def test_what_gives_no_more_than_before_is_so_at_once(approved):
    told = approved.changes(scope="openid", contacts=["tax@agency.example"]).json

    assert (told["status"], told["scope"], told["contacts"]) == ("active", "openid", ["tax@agency.example"])
    assert approved.record.metadata.scope == ("openid",)
    assert "pending_change" not in told


def test_a_change_that_gives_more_waits_while_the_old_registration_goes_on(approved, adele):
    more = ["https://agency.example/cb", "https://agency.example/other"]
    told = approved.changes(redirect_uris=more).json

    assert (told["status"], told["redirect_uris"]) == ("active", WISH["redirect_uris"])
    assert told["pending_change"]["redirect_uris"] == more
    assert approved.record.metadata.redirect_uris == tuple(WISH["redirect_uris"])
    approved.is_approved(adele)
    told = approved.reads().json
    assert (told["redirect_uris"], "pending_change" in told) == (more, False)


def test_a_refusal_says_why_and_leaves_the_registration_as_it_was(approved, adele):
    approved.changes(client_name="Taxes")
    approved.is_refused(adele, Reason.NOT_AGREED, "Ask the ministry first.")
    told = approved.reads().json

    assert (told["status"], told["client_name"]) == ("active", "Tax")
    assert (told["refused_because"], told["refusal_note"]) == ("not_agreed", "Ask the ministry first.")
    assert "pending_change" not in told


def test_a_new_client_that_was_refused_may_ask_again(registered, adele):
    registered.is_refused(adele, Reason.INCOMPLETE)
    assert (registered.reads().json["status"], registered.record.active) == ("refused", False)

    told = registered.changes(purpose="To show you your tax account.").json
    assert (told["status"], told["purpose"]) == ("pending", "To show you your tax account.")
    assert "refused_because" not in told
    registered.is_approved(adele)
    assert registered.record.active


def test_a_change_that_is_taken_back_waits_no_more(approved):
    approved.changes(client_name="Taxes")
    told = approved.changes().json
    assert (told["client_name"], "pending_change" in told) == ("Tax", False)


def test_what_is_left_out_of_a_change_gets_its_default(approved):
    approved.changes(contacts=["tax@agency.example"])
    assert approved.changes().json["contacts"] == []


def test_what_was_read_can_be_sent_back_and_changes_nothing(approved, client):
    told = approved.reads().json
    sent = {name: value for name, value in told.items() if name not in MADE_HERE}
    assert client.put(approved.path, json=sent, headers=bearer(approved.token)).json == told


@pytest.mark.parametrize("client_id", ["another", None, 7])
def test_a_change_names_its_own_client(approved, client_id):
    answer = approved.changes(client_id=client_id)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("name", MADE_HERE)
def test_a_change_holds_nothing_that_is_ours_to_make(approved, name):
    assert approved.changes(**{name: 1}).json["error"] == "invalid_client_metadata"


def test_a_secret_that_is_sent_with_a_change_must_be_the_right_one(approved):
    assert approved.changes(client_secret=approved.told["client_secret"]).status_code == 200
    for wrong in ("x" * 43, 7, ""):
        assert approved.changes(client_secret=wrong).json["error"] == "invalid_client_metadata"


def test_a_client_that_turns_to_a_secret_gets_it_once_and_may_use_it_when_it_is_approved(client, provider, adele):
    policy = replace(POLICY, freedoms=("public_client",))
    developer = a_developer(client, provider, policy)
    developer.registers(**NATIVE)
    developer.is_approved(adele)

    told = developer.changes().json
    assert len(told["client_secret"]) == 43
    assert developer.record.secret_digest is None
    developer.is_approved(adele)
    kept = registry.secret_digest(provider.client_secret_key, developer.client_id, told["client_secret"])
    assert developer.record.secret_digest == kept
    assert developer.changes(client_secret=told["client_secret"]).status_code == 200


def test_changes_are_counted(approved, clock):
    for _ in range(manage.CHANGES.most):
        approved.changes()
    answer = approved.changes()
    assert (answer.status_code, answer.json["error"]) == (429, "temporarily_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_client_that_ends_itself_leaves_nothing_behind(approved, provider, client):
    parties = Parties("somebody", approved.client_id, "session")
    context = Context("https://agency.example/cb", "openid", None, None, None, "low", ("pwd",), 1)
    with provider.transaction() as tx:
        grants.open_grant(tx, "tac_code", parties, context, offline=True, lifetime=3600, code_lifetime=60)
        grants.add_access_token(tx, "tat_own", approved.client_id, "api", 900, None)
        consents.give(tx, "somebody", approved.client_id, ["email"])
        participants.join(tx, "session", approved.client_id)
    answer = approved.ends()

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Length" not in answer.headers
    with provider.reading() as connection:
        assert registry.find(connection, approved.client_id) is None
        assert grants.of_code(connection, "tac_code").revoked_at is not None
        assert grants.active_access_token(connection, "tat_own", provider.store.now()) is None
        assert consents.given(connection, "somebody", approved.client_id) == frozenset()
        assert participants.of(connection, "session") == ()
    (event,) = trail(provider, "clients.registration.deleted")
    assert event.facts == {"grants": 1, "consents": 1, "sessions": 1}
    assert approved.reads().status_code == approved.ends().status_code == approved.changes().status_code == 401


def test_a_client_that_ends_itself_ends_its_own_jwts_which_no_row_remembers(approved, provider, wages):
    token = client_credentials(provider, approved.record, {"resource": WAGES, "scope": ""})["access_token"]
    assert living(provider, token).client_id == approved.client_id

    assert approved.ends().status_code == 204
    assert living(provider, token) is None


def test_a_suspended_client_cannot_make_itself_forgotten(approved, provider):
    with provider.transaction() as tx:
        registry.set_status(tx, approved.client_id, registry.SUSPENDED, "operator", "misuse")
    answer = approved.ends()

    assert (answer.status_code, answer.json["error"]) == (403, "access_denied")
    assert approved.reads().json["status"] == "suspended"
    assert approved.changes(scope="openid").json["status"] == "suspended"


def test_a_suspended_client_stays_suspended_when_a_change_is_approved(approved, provider, adele):
    approved.changes(client_name="Taxes")
    with provider.transaction() as tx:
        registry.set_status(tx, approved.client_id, registry.SUSPENDED, "operator", "misuse")
    approved.is_approved(adele)
    assert (approved.record.status, approved.record.metadata.client_name) == ("suspended", "Taxes")


def test_a_token_that_was_lost_is_replaced(approved, provider):
    token = renew(provider, approved.client_id)
    assert approved.reads().status_code == 401
    approved.told["registration_access_token"] = token
    assert approved.reads().status_code == 200


@pytest.mark.parametrize(("path", "allowed"), [("", "POST"), ("/any", "GET, PUT, DELETE")])
def test_another_method_is_told_which_ones_there_are(client, path, allowed):
    answer = client.open(f"/oidc/register{path}", method="PATCH")
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_everything_that_happens_is_recorded(approved, adele):
    approved.changes(client_name="Taxes")
    approved.is_refused(adele, Reason.NOT_AGREED)
    approved.changes(scope="openid")
    approved.ends()
    names = [event.name.removeprefix("clients.") for event in trail(approved.provider, "clients.")]

    assert names == [
        "invitation.made",
        "registration.added",
        "registration.requested",
        "registration.approved",
        "status.changed",
        "registration.change_requested",
        "registration.refused",
        "registration.replaced",
        "registration.deleted",
    ]
    secrets = (approved.invitation, approved.token, approved.told["client_secret"])
    assert not [event for event in trail(approved.provider, "clients.") if any(one in str(event) for one in secrets)]
