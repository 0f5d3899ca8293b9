"""RFC 8707 and RFC 9068 over HTTP: tokens for a resource server, and for no other."""

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet

from idp.domain.clients import registry
from idp.domain.grants import consents
from idp.journeys.oidc.client_credentials import client_credentials
from idp.journeys.oidc.prove_possession import Proofs, Shown
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.signing.agency import authenticate
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
    authorize,
    introspected,
)
from tests.witness import watching

ISSUER = "http://localhost"


def claims_of(http, token):
    """Verified as a resource server does it: by the published keys, with a library of its own."""
    keys = KeySet.import_key_set(http.get("/oidc/jwks").json)
    decoded = jwt.decode(token, keys, algorithms=["ES256", "RS256"])
    required = {name: {"essential": True} for name in ("exp", "sub", "client_id", "iat", "jti")}
    registry_ = jwt.JWTClaimsRegistry(
        now=lambda: decoded.claims["iat"], iss={"essential": True, "value": ISSUER}, **required
    )
    registry_.validate(decoded.claims)
    assert decoded.header["typ"] == "at+jwt"
    return decoded.claims


def userinfo(http, token):
    return http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})


def test_a_token_for_a_resource_is_a_jwt_that_its_server_reads(provider, client, signed_in, anna, wages):
    response = a_token_response(client, a_code(signed_in, WAGES)).json
    claims = claims_of(client, response["access_token"])

    assert claims["aud"] == WAGES
    assert claims["client_id"] == "agency"
    assert claims["scope"] == "openid"
    assert claims["sub"] == subject_for(provider, wages, anna.id)
    assert claims["exp"] - claims["iat"] == response["expires_in"] == 900
    assert {"auth_time", "acr", "amr"} <= claims.keys()
    assert claims.keys().isdisjoint({"cnf", "act", "name", "email", "sid", "nonce"})
    assert response["token_type"] == "Bearer"
    assert response["id_token"]


def test_the_person_is_somebody_else_to_the_server_than_to_the_client(client, signed_in, wages):
    response = a_token_response(client, a_code(signed_in, WAGES)).json
    keys = KeySet.import_key_set(client.get("/oidc/jwks").json)
    at_the_client = jwt.decode(response["id_token"], keys, algorithms=["ES256"]).claims["sub"]

    assert claims_of(client, response["access_token"])["sub"] != at_the_client


def test_a_server_that_wants_no_jwt_gets_an_opaque_token(client, signed_in, archive):
    token = a_token_response(client, a_code(signed_in, ARCHIVE)).json["access_token"]

    assert token.startswith("tat_")
    assert introspected(client, token, "archive")["aud"] == ARCHIVE


def test_a_server_may_have_its_tokens_signed_with_rs256(provider, client, signed_in):
    a_server(provider, "old", ["https://old.example/"], access_token_format="jwt", id_token_signed_response_alg="RS256")
    token = a_token_response(client, a_code(signed_in, "https://old.example/")).json["access_token"]

    assert jws.extract_compact(token.encode()).headers()["alg"] == "RS256"
    assert claims_of(client, token)["aud"] == "https://old.example/"


def test_without_a_resource_the_token_is_ours_and_opaque(client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in)).json["access_token"]

    assert token.startswith("tat_")
    assert userinfo(client, token).json["sub"]
    told = client.post("/oidc/introspect", data={"token": token}, auth=AGENCY_AUTH).json
    assert told["aud"] == ISSUER


def test_a_token_for_a_resource_is_refused_by_our_own(client, signed_in, wages, archive):
    for resource in (WAGES, ARCHIVE):
        answer = userinfo(client, a_token_response(client, a_code(signed_in, resource)).json["access_token"])
        assert answer.status_code == 401
        assert answer.json["error"] == "invalid_token"


def test_several_resources_of_one_server_go_into_one_token(client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in, WAGES, f"{WAGES}/slips")).json["access_token"]

    assert claims_of(client, token)["aud"] == [WAGES, f"{WAGES}/slips"]


def test_what_was_granted_for_several_servers_is_narrowed_at_the_token_endpoint(client, signed_in, wages, archive):
    token = a_token_response(client, a_code(signed_in, WAGES, ARCHIVE), WAGES).json["access_token"]
    assert claims_of(client, token)["aud"] == WAGES

    answer = a_token_response(client, a_code(signed_in, WAGES, ARCHIVE))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_target")


def test_our_own_user_information_is_granted_beside_a_resource_by_the_issuer(client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in, WAGES, ISSUER), ISSUER).json["access_token"]
    assert userinfo(client, token).json["sub"]

    answer = a_token_response(client, a_code(signed_in, WAGES, ISSUER), ISSUER, WAGES)
    assert answer.json["error"] == "invalid_target"


def test_a_token_request_cannot_name_a_resource_that_was_not_granted(client, signed_in, wages, archive):
    for granted, asked in (((WAGES,), ARCHIVE), ((), WAGES), ((WAGES,), ISSUER)):
        answer = a_token_response(client, a_code(signed_in, *granted), asked)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_target")


def test_a_refresh_narrows_to_another_resource_of_the_grant(client, signed_in, wages, archive, anna, provider):
    signed_in.get(authorize(scope="openid offline_access"))
    allow_offline(provider, anna)
    code = a_code(signed_in, WAGES, ARCHIVE, scope="openid offline_access")
    first = a_token_response(client, code, WAGES).json
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "resource": ARCHIVE}
    second = client.post("/oidc/token", data=form, auth=AGENCY_AUTH).json

    assert introspected(client, second["access_token"], "archive")["active"] is True
    assert introspected(client, second["access_token"], "wages") == {"active": False}
    form |= {"refresh_token": second["refresh_token"], "resource": "https://wages.example/other"}
    assert client.post("/oidc/token", data=form, auth=AGENCY_AUTH).json["error"] == "invalid_target"


def allow_offline(provider, anna):
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "agency", ["openid", "offline_access"])


def test_another_service_is_used_in_the_citizens_name_only_if_she_was_told(provider, client, signed_in, wages):
    a_server(provider, "clinic", ["https://clinic.example/"], client_name="The Clinic")
    wanted = authorize(resource="https://clinic.example/")

    assert "error=consent_required" in signed_in.get(f"{wanted}&prompt=none").location
    page = signed_in.get(wanted, follow_redirects=True).text
    assert "It will also use The Clinic in your name." in page
    assert "Public Wages" not in page


def test_a_token_for_a_resource_costs_no_statement_more(provider, client, signed_in, wages):
    plain, meant = a_code(signed_in), a_code(signed_in, WAGES)
    with watching(provider) as without:
        a_token_response(client, plain)
    with watching(provider) as within:
        a_token_response(client, meant)

    assert not [one for one in without.statements if "resources" in one]
    assert spent(without) == spent(within)


def spent(witness):
    """What was run, without its values, but for caches that have an age."""
    cached = ("FROM clients", "FROM client_resources", "FROM keys")
    told = [" ".join(one.partition("VALUES")[0].split()) for one in witness.statements]
    return [one for one in told if not any(name in one for name in cached)]


def test_an_authorization_for_what_nobody_registered_is_refused_at_the_clients_address(signed_in, wages):
    for resource in ("https://nobody.example/", f"{WAGES}/", f"{WAGES}#x", "/api", "https://WAGES.example/api"):
        answer = signed_in.get(authorize(resource=resource))

        assert answer.status_code == 303
        assert "error=invalid_target" in answer.location


def test_a_suspended_servers_resource_is_unknown(provider, client, signed_in, wages, archive):
    code = a_code(signed_in, ARCHIVE)
    with provider.transaction() as tx:
        registry.set_status(tx, "archive", registry.SUSPENDED, "staff", "closed")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)

    assert a_token_response(client, code).json["error"] == "invalid_target"
    assert "error=invalid_target" in signed_in.get(authorize(resource=ARCHIVE)).location


def test_a_client_of_its_own_gets_a_token_for_a_resource(provider, client, wages):
    a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read")
    form = {"grant_type": "client_credentials", "resource": WAGES}
    answer = client.post("/oidc/token", data=form, auth=("batch", SERVER_SECRET)).json
    claims = claims_of(client, answer["access_token"])

    assert (claims["sub"], claims["client_id"], claims["aud"], claims["scope"]) == (
        "batch",
        "batch",
        WAGES,
        "wages:read",
    )
    assert claims.keys().isdisjoint({"acr", "amr", "auth_time"})
    assert introspected(client, answer["access_token"], "wages")["client_id"] == "batch"
    refused = client.post("/oidc/token", data=form | {"resource": "/x"}, auth=("batch", SERVER_SECRET))
    assert refused.json["error"] == "invalid_target"


def test_a_bound_token_says_to_which_key(provider, client, wages):
    batch = a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read")
    for held, cnf in ((Confirmation(jkt="k"), {"jkt": "k"}), (Confirmation(x5t="c"), {"x5t#S256": "c"})):
        token = client_credentials(provider, batch, {"resource": WAGES}, held)["access_token"]

        assert claims_of(client, token)["cnf"] == cnf
        assert introspected(client, token, "wages")["cnf"] == cnf


def test_a_token_for_a_resource_orders_no_signature(provider, client, wages):
    grants = {"grant_types": ["client_credentials"], "scope": "signing", "signing": True}
    notary = a_server(provider, "notary", [ARCHIVE], **grants)
    own = client_credentials(provider, notary, {})["access_token"]
    meant = client_credentials(provider, notary, {"resource": ARCHIVE})["access_token"]

    def shown(token):
        return Shown(token, "Bearer", Proofs("POST", f"{ISSUER}/api/signing/requests"))

    assert authenticate(provider, shown(own)) == notary
    for token in (meant, client_credentials(provider, notary, {"resource": WAGES})["access_token"]):
        with pytest.raises(OAuthError) as refusal:
            authenticate(provider, shown(token))
        assert refusal.value.code == "invalid_token"


def test_a_jwt_that_we_did_not_sign_is_no_token_anywhere(client, signed_in, wages):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]
    head, payload, signature = token.split(".")
    header = jws.extract_compact(token.encode()).headers()
    claims = claims_of(client, token)
    rogue = ECKey.generate_key("P-256", {"kid": header["kid"]})
    forged = [
        jwt.encode(header, claims, rogue, algorithms=["ES256"]),
        jwt.encode(header | {"kid": "unknown"}, claims, rogue, algorithms=["ES256"]),
        jwt.encode(header, claims | {"aud": ARCHIVE}, rogue, algorithms=["ES256"]),
        f"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{payload}.",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        claims["jti"],
        f"tat_{claims['jti']}",
    ]
    for one in forged:
        assert introspected(client, one, "wages") == {"active": False}
        assert client.post("/oidc/revoke", data={"token": one}, auth=AGENCY_AUTH).status_code == 200
        assert userinfo(client, one).status_code == 401
    assert introspected(client, token, "wages")["active"] is True


def test_an_id_token_is_no_access_token(client, signed_in, wages):
    response = a_token_response(client, a_code(signed_in, WAGES)).json

    assert introspected(client, response["id_token"], "wages") == {"active": False}


def test_its_client_revokes_a_token_of_either_form_and_nobody_else_does(client, signed_in, wages, archive):
    cases = ((WAGES, "wages", "access_token"), (WAGES, "wages", "nonsense"), (ARCHIVE, "archive", "refresh_token"))
    for resource, server, hint in cases:
        token = a_token_response(client, a_code(signed_in, resource)).json["access_token"]
        form = {"token": token, "token_type_hint": hint}

        assert client.post("/oidc/revoke", data=form, auth=(server, SERVER_SECRET)).status_code == 200
        assert introspected(client, token, server)["active"] is True
        assert client.post("/oidc/revoke", data=form, auth=AGENCY_AUTH).status_code == 200
        assert introspected(client, token, server) == {"active": False}
