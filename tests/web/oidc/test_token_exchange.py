"""RFC 8693 over HTTP: a resource server calls another one for the same person, and gains nothing by it."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.domain.grants import consents
from idp.foundation.audit import log
from idp.journeys.oidc.exchange_token import exchange_token
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import OAuthError
from tests.web.oidc.conftest import (
    AGENCY_AUTH,
    ARCHIVE,
    EXCHANGE,
    SERVER_SECRET,
    WAGES,
    a_code,
    a_server,
    a_token_response,
    introspected,
)

HELD = Confirmation(jkt="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SERVERS = {"wages": ("wages", SERVER_SECRET), "archive": ("archive", SERVER_SECRET), "agency": AGENCY_AUTH}


@pytest.fixture
def token(client, signed_in, wages, archive):
    """A token of the agency's for wages."""
    return a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]


def exchanged(http, token, server="wages", **members):
    form = {
        "grant_type": EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
        "resource": ARCHIVE,
        **members,
    }
    return http.post(
        "/oidc/token", data={k: v for k, v in form.items() if v}, auth=SERVERS.get(server, (server, SERVER_SECRET))
    )


def refused(answer, code="invalid_request"):
    assert (answer.status_code, answer.json["error"]) == (400, code)
    return answer.json["error_description"]


def test_a_server_exchanges_the_token_it_was_sent_for_one_to_another_server(client, token, clock, provider, anna):
    clock.advance(300)
    response = exchanged(client, token).json
    told = introspected(client, response["access_token"], "archive")

    assert response["issued_token_type"] == ACCESS_TOKEN
    assert response["token_type"] == "Bearer"
    assert response["scope"] == "openid"
    assert response["expires_in"] == 600
    assert response.keys().isdisjoint({"refresh_token", "id_token"})
    assert (told["client_id"], told["act"], told["aud"]) == ("wages", {"sub": "wages"}, ARCHIVE)
    assert told["exp"] == introspected(client, token, "wages")["exp"]
    with provider.reading() as connection:
        leaf = log.search(connection, about=anna.id)[0]
    assert leaf.name == "oidc.token.exchanged"


def test_the_service_to_call_may_be_named_by_its_client_id(client, token):
    response = exchanged(client, token, resource=None, audience="archive").json

    assert introspected(client, response["access_token"], "archive")["aud"] == ARCHIVE
    refused(exchanged(client, token, audience="wages"), "invalid_target")
    refused(exchanged(client, token, resource=None, audience="agency"), "invalid_target")
    refused(exchanged(client, token, resource=None, audience="nobody"), "invalid_target")


def test_the_new_token_is_written_as_its_server_wants_it_and_carries_the_whole_chain(provider, client, token):
    a_server(provider, "third", ["https://third.example/"], access_token_format="jwt")
    second = exchanged(client, token).json["access_token"]
    third = exchanged(client, second, "archive", resource="https://third.example/").json["access_token"]
    claims = jwt.decode(third, KeySet.import_key_set(client.get("/oidc/jwks").json), algorithms=["ES256"]).claims

    assert claims["act"] == {"sub": "archive", "act": {"sub": "wages"}}
    assert (claims["client_id"], claims["aud"]) == ("archive", "https://third.example/")
    assert introspected(client, third, "third")["act"] == claims["act"]


def test_a_token_goes_through_four_hands_at_most(provider, client, token):
    for number in range(5):
        a_server(provider, f"hop{number}", [f"https://hop{number}.example/"])
    holder = "wages"
    for number in range(4):
        token = exchanged(client, token, holder, resource=f"https://hop{number}.example/").json["access_token"]
        holder = f"hop{number}"

    assert "hands" in refused(exchanged(client, token, holder, resource="https://hop4.example/"))


def test_a_scope_is_narrowed_and_never_widened(provider, client, signed_in, anna, wages, archive):
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "agency", ["openid", "email", "email_verified"])
    token = a_token_response(client, a_code(signed_in, WAGES, scope="openid email")).json["access_token"]
    narrow = exchanged(client, token, scope="email").json

    assert narrow["scope"] == "email"
    refused(exchanged(client, token, scope="openid email profile"), "invalid_scope")
    refused(exchanged(client, narrow["access_token"], scope="openid"), "invalid_scope")


def test_nobody_exchanges_a_token_that_is_neither_its_own_nor_for_it(client, token, provider, signed_in):
    refused(exchanged(client, token, "archive"))
    ours = a_token_response(client, a_code(signed_in)).json["access_token"]
    refused(exchanged(client, ours, "wages"))


def test_only_who_registered_for_it_exchanges(provider, client, token):
    assert refused(exchanged(client, token, "agency"), "unauthorized_client")


def test_the_client_that_holds_a_token_may_exchange_it_if_registered_and_is_no_actor(provider, client, token):
    second = exchanged(client, token).json["access_token"]
    again = exchanged(client, second, "wages", resource=f"{WAGES}/slips").json["access_token"]

    assert introspected(client, again, "wages")["act"] == {"sub": "wages"}


def test_what_is_no_living_token_is_not_exchanged(client, token, clock):
    rubbish = ("", "x", "tat_" + "A" * 43, token[:-4] + "AAAA", "a.b.c")
    for subject in rubbish:
        refused(exchanged(client, subject))
    clock.advance(900)
    refused(exchanged(client, token))


def test_a_clients_own_token_has_no_person_to_act_for(provider, client, wages, archive):
    a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read")
    form = {"grant_type": "client_credentials", "resource": WAGES}
    own = client.post("/oidc/token", data=form, auth=("batch", SERVER_SECRET)).json["access_token"]

    assert "no person" in refused(exchanged(client, own))


def test_an_exchanged_token_reads_no_user_information(client, token):
    second = exchanged(client, token).json["access_token"]

    assert client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {second}"}).status_code == 401
    refused(exchanged(client, token, resource="http://localhost"), "invalid_target")
    refused(exchanged(client, token, resource="https://nobody.example/"), "invalid_target")


def test_what_ends_the_grant_ends_every_token_that_was_exchanged(client, signed_in, provider, anna, token):
    second = exchanged(client, token).json["access_token"]
    assert introspected(client, second, "archive")["active"] is True
    with provider.transaction() as tx:
        consents.withdraw(tx, anna.id, "agency", anna.id)

    assert introspected(client, second, "archive") == {"active": False}
    refused(exchanged(client, token))
    refused(exchanged(client, second, "archive", resource=WAGES))


def test_a_code_used_twice_ends_exchanged_tokens_too(client, signed_in, wages, archive):
    code = a_code(signed_in, WAGES)
    second = exchanged(client, a_token_response(client, code).json["access_token"]).json["access_token"]
    a_token_response(client, code)

    assert introspected(client, second, "archive") == {"active": False}


def test_the_new_token_is_bound_to_the_key_of_who_asked_and_needs_it_to_be_exchanged_again(
    provider, client, token, wages
):
    form = {"subject_token": token, "subject_token_type": ACCESS_TOKEN, "resource": ARCHIVE}
    bound = exchange_token(provider, wages, form, HELD)

    assert bound["token_type"] == "DPoP"
    assert introspected(client, bound["access_token"], "archive")["cnf"] == {"jkt": HELD.jkt}
    again = form | {"subject_token": bound["access_token"]}
    for other in (UNBOUND, Confirmation(jkt="another"), Confirmation(x5t=HELD.jkt)):
        with pytest.raises(OAuthError, match="bound to a key") as refusal:
            exchange_token(provider, wages, again, other)
        assert refusal.value.code == "invalid_request"
    assert exchange_token(provider, wages, again, HELD)["access_token"]


def test_an_actor_token_is_the_asking_clients_own(provider, client, token):
    a_server(provider, "clerk", ["https://clerk.example/"], grant_types=[EXCHANGE, "client_credentials"], scope="work")
    form = {"grant_type": "client_credentials"}
    own = client.post("/oidc/token", data=form, auth=("clerk", SERVER_SECRET)).json["access_token"]
    first = exchanged(client, token, resource="https://clerk.example/").json["access_token"]
    acted = {"actor_token": own, "actor_token_type": ACCESS_TOKEN}
    answer = exchanged(client, first, "clerk", **acted).json["access_token"]

    assert introspected(client, answer, "archive")["act"] == {"sub": "clerk", "act": {"sub": "wages"}}
    refused(exchanged(client, token, **acted))
    refused(exchanged(client, first, "clerk", actor_token=first, actor_token_type=ACCESS_TOKEN))
    refused(exchanged(client, first, "clerk", actor_token="x", actor_token_type=ACCESS_TOKEN))
