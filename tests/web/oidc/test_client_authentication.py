"""How clients prove who they are at the endpoints, by every method and never by another's."""

import hmac
import json
from base64 import urlsafe_b64encode

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from sqlalchemy import select, update

from idp.domain.clients.directory import Directory
from idp.domain.clients.tables import clients
from tests.assertions import TYPE, claims, public, signed
from tests.builders import a_client
from tests.witness import watching

ISSUER = "http://localhost"
ENDPOINTS = ("/oidc/token", "/oidc/introspect", "/oidc/revoke")
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
SECRET = "a-secret-that-signs-0123456789-abcdef"


@pytest.fixture
def archive(provider):
    """It holds a key."""
    return a_client(
        provider,
        secret=None,
        client_id="archive",
        token_endpoint_auth_method="private_key_jwt",
        jwks=public(EC, RSA, ED),
        grant_types=["authorization_code", "client_credentials"],
    )


@pytest.fixture
def bank(provider):
    """It keeps the FAPI 2.0 Security Profile."""
    return a_client(
        provider,
        secret=None,
        client_id="bank",
        profile="fapi2-security",
        token_endpoint_auth_method="private_key_jwt",
        id_token_signed_response_alg="ES256",
        jwks=public(EC, RSA, ED),
    )


@pytest.fixture
def library(provider):
    """It signs with its secret."""
    return a_client(provider, secret=SECRET, client_id="library", token_endpoint_auth_method="client_secret_jwt")


def asks(http, path="/oidc/introspect", **parameters):
    grant = {"grant_type": "client_credentials"} if path == "/oidc/token" else {"token": "x"}
    return http.post(path, data=grant | parameters)


def is_known(answer):
    """Whether the client was believed, whatever else was wrong."""
    return answer.status_code != 401


def test_a_client_with_a_key_gets_a_token(client, archive, clock):
    answer = asks(client, "/oidc/token", **signed(claims("archive", ISSUER, clock.now), EC))
    assert answer.status_code == 200
    assert answer.json["access_token"]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_knows_a_client_by_what_its_key_or_its_secret_signs(client, archive, library, clock, path):
    assert is_known(asks(client, path, **signed(claims("archive", ISSUER, clock.now), EC)))
    assert not is_known(asks(client, path, **signed(claims("archive", ISSUER, clock.now), ECKey.generate_key("P-256"))))
    assert is_known(asks(client, path, **signed(claims("library", ISSUER, clock.now), SECRET)))
    assert not is_known(asks(client, path, **signed(claims("library", ISSUER, clock.now), SECRET[::-1])))


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_plain_client_may_name_the_token_endpoint_or_the_one_it_asks(client, archive, clock, path):
    for audience in (f"{ISSUER}/oidc/token", [f"{ISSUER}{path}"], f"{ISSUER}{path}"):
        assert is_known(asks(client, path, **signed(claims("archive", audience, clock.now), EC)))


def test_but_no_endpoint_besides(client, archive, clock):
    answer = asks(client, "/oidc/revoke", **signed(claims("archive", f"{ISSUER}/oidc/introspect", clock.now), EC))
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_client_of_fapi_names_the_issuer_as_a_text_and_nothing_else(client, bank, clock):
    endpoints = [f"{ISSUER}{path}" for path in ("/oidc/introspect", "/oidc/token", "/")]
    for wrong in (*endpoints, endpoints, [ISSUER], [ISSUER, *endpoints]):
        assert not is_known(asks(client, **signed(claims("bank", wrong, clock.now), EC)))
    assert is_known(asks(client, **signed(claims("bank", ISSUER, clock.now), EC)))


def test_a_client_of_fapi_signs_with_one_of_three_and_never_with_rs256(client, bank, archive, clock):
    for key, alg in ((EC, "ES256"), (RSA, "PS256"), (ED, "Ed25519")):
        assert is_known(asks(client, **signed(claims("bank", ISSUER, clock.now), key, alg)))
    assert is_known(asks(client, **signed(claims("archive", ISSUER, clock.now), RSA, "RS256")))
    assert not is_known(asks(client, **signed(claims("bank", ISSUER, clock.now), RSA, "RS256")))


def test_clocks_may_differ_a_little(client, bank, clock):
    for name, seconds in (("nbf", 8), ("iat", 8), ("exp", 3600)):
        said = claims("bank", ISSUER, clock.now, **{name: clock.now + seconds})
        assert is_known(asks(client, **signed(said, EC)))
    for name, seconds in (("nbf", 61), ("iat", 61), ("exp", -300), ("exp", 0), ("exp", 7200)):
        said = claims("bank", ISSUER, clock.now, **{name: clock.now + seconds})
        assert not is_known(asks(client, **signed(said, EC)))


def test_an_assertion_lacks_nothing(client, bank, clock):
    for name in ("iss", "sub", "aud", "exp", "jti"):
        answer = asks(client, client_id="bank", **signed(claims("bank", ISSUER, clock.now, **{name: None}), EC))
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
        assert name in answer.json["error_description"]


@pytest.mark.parametrize("which", ["archive", "library"])
def test_an_assertion_is_used_once_wherever_it_is_shown(client, archive, library, clock, which):
    said = claims(which, ISSUER, clock.now)
    parameters = signed(said, EC if which == "archive" else SECRET)
    assert is_known(asks(client, "/oidc/token", **parameters))
    for path in ENDPOINTS:
        answer = asks(client, path, **parameters)
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
        assert "used before" in answer.json["error_description"]


def test_an_assertion_is_spent_although_what_it_came_with_is_refused(client, archive, clock):
    parameters = signed(claims("archive", ISSUER, clock.now), EC)
    refused = client.post("/oidc/token", data={"grant_type": "authorization_code", **parameters})
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert "used before" in asks(client, **parameters).json["error_description"]


def test_it_is_remembered_until_it_is_over_whatever_is_swept(client, archive, clock, app):
    parameters = signed(claims("archive", ISSUER, clock.now, exp=clock.now + 3600), EC)
    assert is_known(asks(client, **parameters))
    clock.advance(3599)
    for _ in range(61):
        app.extensions["courier"].round()
    assert "used before" in asks(client, **parameters).json["error_description"]


def test_an_identifier_belongs_to_its_client(client, archive, bank, provider, clock):
    a_client(
        provider, secret=None, client_id="archive|x", token_endpoint_auth_method="private_key_jwt", jwks=public(EC)
    )
    for client_id, jti in (("archive", "x|1"), ("archive|x", "1"), ("bank", "1"), ("bank", "x|1")):
        assert is_known(asks(client, **signed(claims(client_id, ISSUER, clock.now, jti=jti), EC)))


def test_a_wrong_signature_spends_nothing(client, archive, clock):
    said = claims("archive", ISSUER, clock.now)
    stranger = ECKey.generate_key("P-256", {"kid": "ec"})
    assert not is_known(asks(client, **signed(said, stranger)))
    assert is_known(asks(client, **signed(said, EC)))


@pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
def test_a_secret_opens_by_the_registered_method_alone(client, provider, clock, registered):
    a_client(provider, secret=SECRET, client_id="one", token_endpoint_auth_method=registered)
    tries = {
        "client_secret_basic": client.post("/oidc/introspect", data={"token": "x"}, auth=("one", SECRET)),
        "client_secret_post": asks(client, client_id="one", client_secret=SECRET),
        "client_secret_jwt": asks(client, **signed(claims("one", ISSUER, clock.now), SECRET)),
        "none": asks(client, client_id="one"),
    }
    assert [method for method, answer in tries.items() if is_known(answer)] == [registered]


def test_a_public_key_is_no_secret_whatever_the_client_is(client, archive, library, provider, clock):
    """The HMAC is made with what everybody can read, in every form that it is written in."""
    a_client(
        provider, secret=SECRET, client_id="both", token_endpoint_auth_method="client_secret_jwt", jwks=public(EC, RSA)
    )
    for key in (EC, RSA):
        for octets in (key.as_der(private=False), key.as_pem(private=False), key.as_pem(private=False).strip()):
            for client_id in ("archive", "both"):
                assert not is_known(asks(client, **hmac_of(claims(client_id, ISSUER, clock.now), octets)))


def hmac_of(said, octets):
    """HS256 by hand: no library would take such a key."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, said)]
    mac = urlsafe_b64encode(hmac.digest(octets, b".".join(parts), "sha256")).rstrip(b"=")
    return {"client_assertion_type": TYPE, "client_assertion": b".".join([*parts, mac]).decode()}


def stored(provider):
    with provider.reading() as connection:
        return {row.id: row for row in connection.execute(select(clients))}


def test_a_secret_is_kept_readable_for_whoever_signs_with_it_and_for_nobody_else(provider, library, archive, bank):
    a_client(provider, secret=SECRET, client_id="basic")
    rows = stored(provider)
    assert {name for name, row in rows.items() if row.sealed_secret is not None} == {"library"}
    assert SECRET.encode() not in bytes(rows["library"].sealed_secret)
    assert SECRET not in repr(rows)


def test_a_sealed_secret_does_not_open_for_another_client(client, provider, library, clock):
    a_client(provider, secret=SECRET[::-1], client_id="thief", token_endpoint_auth_method="client_secret_jwt")
    sealed = stored(provider)["library"].sealed_secret
    with provider.transaction() as tx:
        tx.execute(update(clients).where(clients.c.id == "thief").values(sealed_secret=sealed))
    answer = asks(client, **signed(claims("thief", ISSUER, clock.now), SECRET))
    assert (answer.status_code, answer.json["error"]) == (500, "server_error")


def test_a_client_whose_secret_is_gone_is_nobody(client, provider, library, clock):
    with provider.transaction() as tx:
        tx.execute(update(clients).where(clients.c.id == "library").values(sealed_secret=None))
    assert not is_known(asks(client, **signed(claims("library", ISSUER, clock.now), SECRET)))


def test_a_suspended_client_is_nobody(client, provider, archive, clock):
    with provider.transaction() as tx:
        tx.execute(update(clients).where(clients.c.id == "archive").values(status="suspended"))
    assert not is_known(asks(client, **signed(claims("archive", ISSUER, clock.now), EC)))


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_client_that_does_not_exist_is_answered_as_one_with_a_wrong_secret(client, provider, agency, path):
    """In status, words, headers, and in what the database is asked."""

    def observed(client_id):
        provider.clients._kept.clear()  # noqa: SLF001 (a known client is read from the database again)
        with watching(provider) as witness:
            answer = client.post(
                path, data={"token": "x", "grant_type": "client_credentials"}, auth=(client_id, "wrong")
            )
        told = {name: value for name, value in answer.json.items() if name != "reference"}  # new at each answer
        return answer.status_code, told, list(answer.headers), witness.statements

    known, unknown = observed("agency"), observed("nobody")
    assert known[0] == 401
    assert any("counters" in statement for statement in known[3])
    assert known == unknown


def test_metadata_promises_what_is_accepted(client):
    told = client.get("/.well-known/openid-configuration").json
    for endpoint in ("token", "introspection", "revocation"):
        methods = set(told[f"{endpoint}_endpoint_auth_methods_supported"])
        assert {"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"} <= methods
        algorithms = set(told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"])
        assert algorithms == {"ES256", "PS256", "RS256", "Ed25519", "HS256"}


def test_a_new_registration_counts_within_seconds(provider, library):
    """And a client that no longer signs with its secret has none that could be read."""
    a_client(provider, secret=SECRET, client_id="library")
    assert Directory(provider.store).find("library").sealed_secret is None
