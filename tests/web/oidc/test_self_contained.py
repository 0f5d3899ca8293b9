"""A client's own token that is a JWT (RFC 6749 section 4.4, RFC 9068): kept nowhere, and yet it can be ended."""

import logging

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import delete, func, select

from idp.domain.clients import registry
from idp.domain.grants import grants
from idp.domain.grants.grants import Terms
from idp.domain.grants.tables import access_tokens
from idp.foundation import once
from idp.foundation.audit import log
from idp.foundation.randomness import identifier
from idp.journeys.oidc.access_tokens import living
from idp.journeys.oidc.client_credentials import client_credentials
from idp.journeys.oidc.exchange_token import exchange_token
from idp.protocol import jose, jwt_access_token
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from tests.web.oidc.conftest import (
    AGENCY_AUTH,
    ARCHIVE,
    SERVER_SECRET,
    WAGES,
    a_code,
    a_server,
    a_token_response,
    introspected,
)
from tests.witness import watching

INACTIVE = {"active": False}
BATCH = ("batch", SERVER_SECRET)
JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def batch(provider, wages):
    """A client without people, which may ask for tokens for wages."""
    return a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read wages:write")


@pytest.fixture
def token(provider, batch):
    return client_credentials(provider, batch, {"resource": WAGES})["access_token"]


def claims_of(provider, token):
    return jwt.decode(token, provider.keyring.published("tokens"), algorithms=["ES256"]).claims


def made_of(provider, claims):
    """A JWT that we signed indeed, whatever it says."""
    held = provider.keyring.signer("tokens", "ES256")
    return jose.sign(jose.ACCESS_TOKEN, claims, held.signing_key, held.kid, "ES256")


def rows(provider):
    with provider.reading() as connection:
        return connection.execute(select(func.count()).select_from(access_tokens)).scalar_one()


def leaves(provider, about):
    with provider.reading() as connection:
        return [leaf.name for leaf in log.search(connection, about=about)]


def revoked(http, token, auth=BATCH):
    answer = http.post("/oidc/revoke", data={"token": token}, auth=auth)
    assert answer.status_code == 200, answer.text


def later(provider):
    """Two seconds later: what was cached of the registrations is read anew."""
    provider.clients._kept.clear()  # noqa: SLF001
    provider.clients._servers.clear()  # noqa: SLF001


def forgotten(provider, client_id):
    with provider.transaction() as tx:
        registry.remove(tx, client_id)
        grants.revoke_client(tx, client_id)


def test_it_says_everything_and_nothing_is_written(provider, client, batch, caplog):
    form = {"grant_type": "client_credentials", "resource": WAGES, "scope": "wages:read"}
    client.post("/oidc/token", data=form, auth=BATCH)  # what is cached of the registrations is read
    before = leaves(provider, "batch")
    with watching(provider) as witness, caplog.at_level(logging.INFO, "idp"):
        token = client.post("/oidc/token", data=form, auth=BATCH).json["access_token"]
    claims = claims_of(provider, token)

    assert witness.statements == []
    assert (rows(provider), leaves(provider, "batch")) == (0, before)
    assert introspected(client, token, "wages") == {
        "active": True,
        "iss": provider.issuer,
        "client_id": "batch",
        "scope": "wages:read",
        "token_type": "Bearer",
        "iat": provider.store.now(),
        "exp": provider.store.now() + 900,
        "aud": WAGES,
    }
    (line,) = [record.getMessage() for record in caplog.records if record.name.endswith("client_credentials")]
    assert line == f"issued {claims['jti']} client=batch audience={WAGES} scope=wages:read"
    assert token.rpartition(".")[2] not in caplog.text


def test_an_opaque_one_is_kept_and_recorded_as_ever(provider, client, batch, archive):
    for parameters in ({}, {"resource": ARCHIVE}):
        client_credentials(provider, batch, parameters)

    assert rows(provider) == 2
    assert leaves(provider, "batch").count("oidc.token.issued") == 2


def test_a_token_of_a_grant_is_kept_though_it_is_a_jwt(provider, client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]

    assert rows(provider) == 1
    assert not claims_of(provider, token)["jti"].startswith(jwt_access_token.SELF_CONTAINED)


def test_it_ends_with_its_time(provider, client, token, clock):
    clock.advance(899)
    assert introspected(client, token, "wages")["active"] is True
    clock.advance(1)
    assert introspected(client, token, "wages") == INACTIVE


def test_revoked_it_is_over_at_once_and_stays_so_until_it_would_be_over(provider, client, token, clock):
    revoked(client, token)
    assert introspected(client, token, "wages") == INACTIVE
    revoked(client, token)
    assert leaves(provider, "batch").count("oidc.token.revoked") == 1

    clock.advance(899)
    with provider.transaction() as tx:
        once.sweep(tx)
    assert introspected(client, token, "wages") == INACTIVE


def test_what_was_revoked_is_forgotten_after_its_time(provider, client, token, clock):
    revoked(client, token)
    clock.advance(900 + grants.KEPT_LONGER + 1)
    with provider.transaction() as tx:
        assert once.sweep(tx) == 1


def test_one_that_is_revoked_leaves_the_others(provider, client, batch, token):
    other = client_credentials(provider, batch, {"resource": WAGES})["access_token"]
    revoked(client, token)

    assert introspected(client, other, "wages")["active"] is True


def test_nobody_else_revokes_it(provider, client, token, agency):
    for auth in (AGENCY_AUTH, ("wages", SERVER_SECRET)):
        revoked(client, token, auth)

    assert introspected(client, token, "wages")["active"] is True
    assert "oidc.token.revoked" not in leaves(provider, "agency") + leaves(provider, "wages")


def test_it_ends_at_once_with_its_client_and_does_not_come_back_with_another_of_the_name(
    provider, client, batch, token, clock
):
    assert living(provider, token) is not None
    clock.advance(5)
    forgotten(provider, "batch")
    assert living(provider, token) is None

    again = a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read wages:write")
    assert introspected(client, token, "wages") == INACTIVE
    later(provider)
    assert introspected(client, token, "wages") == INACTIVE
    newer = client_credentials(provider, again, {"resource": WAGES})["access_token"]
    assert introspected(client, newer, "wages")["active"] is True


def test_one_that_a_node_issued_before_it_heard_of_the_end_does_not_come_back_either(provider, batch, clock):
    clock.advance(5)
    forgotten(provider, "batch")
    a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read wages:write")
    clock.advance(1)
    late = client_credentials(provider, batch, {"resource": WAGES})["access_token"]

    assert living(provider, late) is None


def test_it_rests_while_its_client_is_suspended(provider, client, token):
    for status, active in ((registry.SUSPENDED, False), (registry.ACTIVE, True)):
        with provider.transaction() as tx:
            registry.set_status(tx, "batch", status, "staff", "looked into")
        assert introspected(client, token, "wages")["active"] is active


def test_a_changed_registration_leaves_it(provider, client, batch, token, clock):
    clock.advance(5)
    a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read", client_name="Night work")

    assert introspected(client, token, "wages")["active"] is True


@pytest.mark.parametrize("change", [{"access_token_format": "opaque"}, {"resources": [f"{WAGES}/slips"]}])
def test_it_ends_when_its_server_reads_no_jwts_any_more_or_gives_the_resource_up(provider, client, token, change):
    members = {"resources": [WAGES, f"{WAGES}/slips"], "access_token_format": "jwt"} | change
    a_server(provider, "wages", members.pop("resources"), **members)
    later(provider)

    assert living(provider, token) is None


def test_it_ends_with_its_server(provider, token):
    with provider.transaction() as tx:
        registry.set_status(tx, "wages", registry.SUSPENDED, "staff", "closed")
    later(provider)

    assert living(provider, token) is None


@pytest.mark.parametrize("held", [Confirmation(jkt=JKT), Confirmation(x5t="c"), Confirmation(JKT, "c")])
def test_its_binding_is_in_it(provider, client, batch, held):
    token = client_credentials(provider, batch, {"resource": WAGES}, held)["access_token"]
    told = introspected(client, token, "wages")

    assert living(provider, token).terms == Terms(held, (WAGES,))
    assert (told["cnf"], told["token_type"]) == (held.document(), held.token_type)


def test_our_own_resources_take_it_no_more_than_any_other_for_somebody_else(client, token):
    for path in ("/oidc/userinfo", "/api/signing/requests/none"):
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_token")


def test_it_stands_for_nobody_in_an_exchange(provider, wages, archive, token):
    asked = {"subject_token": token, "subject_token_type": ACCESS_TOKEN, "resource": ARCHIVE}
    with pytest.raises(OAuthError) as refused:
        exchange_token(provider, wages, asked)

    assert "stands for no person" in refused.value.reason
    assert rows(provider) == 0


def test_it_shows_who_acts_in_an_exchange_until_it_is_revoked(provider, client, signed_in, wages, archive):
    a_server(provider, "third", ["https://third.example/"], access_token_format="jwt")
    members = {"grant_types": [*wages.metadata.grant_types, "client_credentials"], "scope": "openid"}
    own = a_server(provider, "wages", [WAGES], access_token_format="jwt", **members)
    actor = client_credentials(provider, own, {"resource": "https://third.example/", "scope": ""})["access_token"]
    subject = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]
    asked = {
        "subject_token": subject,
        "subject_token_type": ACCESS_TOKEN,
        "actor_token": actor,
        "actor_token_type": ACCESS_TOKEN,
        "resource": "https://third.example/",
    }
    exchanged = exchange_token(provider, own, asked)["access_token"]

    assert claims_of(provider, exchanged)["act"] == {"sub": "wages"}
    revoked(client, actor, ("wages", SERVER_SECRET))
    with pytest.raises(OAuthError):
        exchange_token(provider, own, asked)
    assert living(provider, exchanged) is not None  # it is kept, and its own
    ended(provider)
    assert living(provider, exchanged) is None


def ended(provider):
    """Every row of a token is gone."""
    with provider.transaction() as tx:
        tx.execute(delete(access_tokens))


def test_a_kept_one_never_counts_without_its_row(provider, client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]
    assert living(provider, token) is not None
    ended(provider)

    assert living(provider, token) is None


def test_one_that_was_kept_before_the_update_counts_by_its_row_alone(provider, batch):
    claims = claims_of(provider, client_credentials(provider, batch, {"resource": WAGES})["access_token"])
    earlier = made_of(provider, claims | {"jti": identifier()})
    assert living(provider, earlier) is None

    with provider.transaction() as tx:
        grants.add_access_token(
            tx, claims_of(provider, earlier)["jti"], "batch", "", 900, None, Terms(audience=(WAGES,))
        )
    assert living(provider, earlier) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "somebody"},
        {"client_id": "wages"},
        {"act": {"sub": "wages"}},
        {"auth_time": 1, "acr": "low", "amr": ["pwd"]},
        {"authorization_details": [{"type": "payslip"}]},
        {"jti": "own.1"},
        {"jti": "own..AAAAAAAAAAAAAAAAAAAAAA"},
        {"jti": "own.-1.AAAAAAAAAAAAAAAAAAAAAA"},
        {"jti": "own.1.AAAAAAAAAAAAAAAAAAAAAA"},
        {"aud": [WAGES, ARCHIVE]},
        {"aud": "https://nobody.example/"},
    ],
)
def test_what_is_not_wholly_a_clients_own_counts_neither_by_its_word_nor_by_a_row(provider, token, archive, change):
    claims = claims_of(provider, token) | change
    with provider.transaction() as tx:
        grants.add_access_token(tx, claims["jti"], "batch", "", 900, None, Terms(audience=(WAGES,)))

    assert living(provider, token) is not None
    assert living(provider, made_of(provider, claims)) is None


def test_a_library_reads_it_as_any_other(client, token):
    decoded = jwt.decode(token, KeySet.import_key_set(client.get("/oidc/jwks").json), algorithms=["ES256"])

    assert decoded.header["typ"] == "at+jwt"
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= decoded.claims.keys()
    assert decoded.claims["sub"] == decoded.claims["client_id"] == "batch"
