"""RFC 9396 at the token endpoint: a token for some of what was granted (section 6), told to whom it concerns (9)."""

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.domain.grants import grants
from idp.foundation.randomness import octets
from idp.protocol.access_token import Kind, mint
from tests.builders import REDIRECT_URI
from tests.web.oidc.conftest import (
    AGENCY_AUTH,
    ARCHIVE,
    CHALLENGE,
    EXCHANGE,
    SERVER_SECRET,
    VERIFIER,
    WAGES,
    a_server,
    introspected,
)

ISSUER = "http://localhost"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ANYWHERE = {"type": "payment", "amount": "1.00", "actions": ["refund", "receipt"]}
AT_WAGES = {"type": "payment", "amount": "2.00", "locations": [f"{WAGES}/slips"]}
AT_ARCHIVE = {"type": "payment", "amount": "3.00", "locations": [ARCHIVE]}
AT_BOTH = {"type": "payment", "amount": "4.00", "locations": [ARCHIVE, WAGES]}
AT_OURS = {"type": "payment", "amount": "5.00", "locations": [ISSUER]}
GRANTED = [ANYWHERE, AT_WAGES, AT_ARCHIVE, AT_BOTH, AT_OURS]


@pytest.fixture
def granted(provider, agency, anna, wages, archive):
    """The form that redeems an authorization with these details."""

    def form(*details):
        code = mint(Kind.CODE, octets(32))
        kept = json.dumps(details) if details else None
        context = grants.Context(REDIRECT_URI, "openid", None, CHALLENGE, None, "low", ("pwd",), 1, details=kept)
        context = context._replace(resource=(ISSUER, WAGES, ARCHIVE))
        parties = grants.Parties(anna.id, agency.id, "s")
        with provider.transaction() as tx:
            grants.open_grant(tx, code, parties, context, offline=True, lifetime=9000, code_lifetime=60)
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            "resource": ISSUER,
        }

    return form


def asks(*details):
    return {"authorization_details": json.dumps(details)}


def answered(http, form, auth=AGENCY_AUTH):
    answer = http.post("/oidc/token", data=form, auth=auth)
    assert answer.status_code == 200, answer.text
    return answer.json


def refused(http, form, auth=AGENCY_AUTH):
    answer = http.post("/oidc/token", data=form, auth=auth)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_authorization_details"), answer.text
    return answer.json["error_description"]


def refreshing(token, **more):
    return {"grant_type": "refresh_token", "refresh_token": token, "resource": ISSUER, **more}


def exchanging(token, **more):
    kind = {"subject_token_type": ACCESS_TOKEN, "resource": ARCHIVE}
    return {"grant_type": EXCHANGE, "subject_token": token, **kind, **more}


def told(http, response, auth=AGENCY_AUTH):
    """What introspection says."""
    answer = http.post("/oidc/introspect", data={"token": response["access_token"]}, auth=auth).json
    assert answer["active"] is True
    return answer.get("authorization_details")


def written(http, response):
    """What the JWT says."""
    keys = KeySet.import_key_set(http.get("/oidc/jwks").json)
    return jwt.decode(response["access_token"], keys, algorithms=["ES256"]).claims.get("authorization_details")


def test_a_code_brings_a_token_for_less_and_each_refresh_may_ask_for_all_again(client, granted):
    other = {"type": "payment", "amount": "9.00"}
    turned = dict(reversed(ANYWHERE.items()))
    first = answered(client, granted(ANYWHERE, other) | asks(turned))
    assert first["authorization_details"] == told(client, first) == [ANYWHERE]

    second = answered(client, refreshing(first["refresh_token"]))
    assert second["authorization_details"] == told(client, second) == [ANYWHERE, other]
    third = answered(client, refreshing(second["refresh_token"], **asks(other)))
    assert third["authorization_details"] == told(client, third) == [other]
    assert told(client, first) == [ANYWHERE]


def test_a_jwt_says_what_was_asked_for_alone(client, granted):
    other = {"type": "payment", "amount": "9.00"}
    response = answered(client, granted(ANYWHERE, other) | asks(other) | {"resource": WAGES})

    assert written(client, response) == told(client, response, ("wages", SERVER_SECRET)) == [other]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([{"type": "payment"}], id="less of it"),
        pytest.param([ANYWHERE, {"type": "payment", "amount": "1.00"}], id="one right, one wrong"),
        pytest.param([ANYWHERE | {"actions": ["receipt", "refund"]}], id="another order in an array"),
        pytest.param([ANYWHERE | {"note": "more"}], id="more of it"),
        pytest.param([ANYWHERE, ANYWHERE], id="twice"),
        pytest.param([], id="none"),
        pytest.param({}, id="no array"),
        pytest.param([[]], id="no object"),
        pytest.param("nonsense", id="no JSON"),
        pytest.param('[{"type": "payment", "type": "payment"}]', id="a member twice"),
        pytest.param("[" * 4000, id="deep"),
        pytest.param(f'["{"ä" * 8000}"]', id="many octets"),
    ],
)
def test_what_was_not_granted_and_what_cannot_be_read_are_refused(client, granted, asked):
    text = asked if isinstance(asked, str) else json.dumps(asked)
    refused(client, granted(ANYWHERE) | {"authorization_details": text})


def test_what_was_granted_twice_may_be_asked_for_twice(client, granted):
    assert len(answered(client, granted(ANYWHERE, ANYWHERE) | asks(ANYWHERE, ANYWHERE))["authorization_details"]) == 2
    assert len(answered(client, granted(ANYWHERE, ANYWHERE) | asks(ANYWHERE))["authorization_details"]) == 1


def test_who_was_granted_nothing_of_the_kind_is_refused(client, granted):
    assert "none of those that were granted" in refused(client, granted() | asks(ANYWHERE))
    assert "authorization_details" not in answered(client, granted() | {"authorization_details": ""})


def test_a_refused_request_spends_what_a_wrong_resource_spends(client, granted):
    """The code: its grant is over. The refresh token is treated alike as well, whatever became of it."""
    form = granted(ANYWHERE)
    refused(client, form | asks(AT_OURS))
    assert client.post("/oidc/token", data=form, auth=AGENCY_AUTH).json["error"] == "invalid_grant"

    after = []
    for fault in (asks(AT_OURS), {"resource": "https://nobody.example/"}, {"scope": "openid profile"}):
        form = refreshing(answered(client, granted(ANYWHERE))["refresh_token"])
        assert client.post("/oidc/token", data=form | fault, auth=AGENCY_AUTH).status_code == 400
        after.append(client.post("/oidc/token", data=form, auth=AGENCY_AUTH).status_code)
    assert len(set(after)) == 1


def test_a_clients_own_token_has_no_details(provider, client, wages):
    a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read")
    for resource in (WAGES, ISSUER):
        form = {"grant_type": "client_credentials", "resource": resource, **asks(ANYWHERE)}
        assert "no person granted" in refused(client, form, ("batch", SERVER_SECRET))


def test_a_resource_server_reads_what_is_for_it_and_for_all(client, granted):
    """Sections 9.1 and 9.2; any resource of the server counts, whichever the token names."""
    first = answered(client, granted(*GRANTED) | {"resource": WAGES})
    assert written(client, first) == told(client, first, ("wages", SERVER_SECRET)) == [ANYWHERE, AT_WAGES, AT_BOTH]
    assert told(client, first) == [ANYWHERE, AT_WAGES, AT_BOTH]
    assert first["authorization_details"] == GRANTED

    second = answered(client, refreshing(first["refresh_token"], resource=ARCHIVE))
    assert told(client, second, ("archive", SERVER_SECRET)) == [ANYWHERE, AT_ARCHIVE, AT_BOTH]
    assert told(client, answered(client, refreshing(second["refresh_token"]))) == [ANYWHERE, AT_OURS]


def test_a_server_that_nothing_is_for_reads_of_nothing(client, granted):
    response = answered(client, granted(AT_ARCHIVE) | {"resource": WAGES})

    assert written(client, response) is None
    assert told(client, response, ("wages", SERVER_SECRET)) is None


def test_an_exchange_gives_what_the_token_told_as_far_as_it_is_for_the_next(client, granted):
    auth = ("wages", SERVER_SECRET)
    first = answered(client, granted(*GRANTED) | {"resource": WAGES})
    second = answered(client, exchanging(first["access_token"]), auth)
    assert told(client, second, ("archive", SERVER_SECRET)) == [ANYWHERE, AT_BOTH]
    assert second["authorization_details"] == [ANYWHERE, AT_WAGES, AT_BOTH]

    third = answered(client, exchanging(first["access_token"], **asks(AT_BOTH)), auth)
    assert third["authorization_details"] == told(client, third, ("archive", SERVER_SECRET)) == [AT_BOTH]
    refused(client, exchanging(first["access_token"], **asks(AT_ARCHIVE)), auth)
    refused(client, exchanging(third["access_token"], **asks(ANYWHERE)), auth)


def test_an_exchange_of_a_token_that_told_nothing_gives_nothing(client, granted):
    auth = ("wages", SERVER_SECRET)
    first = answered(client, granted(AT_ARCHIVE) | {"resource": WAGES})
    second = answered(client, exchanging(first["access_token"]), auth)

    assert "authorization_details" not in second
    assert "authorization_details" not in introspected(client, second["access_token"], "archive")
    refused(client, exchanging(first["access_token"], **asks(AT_ARCHIVE)), auth)
