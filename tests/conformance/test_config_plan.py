"""The config plan: what discovery promises is of the right shape, is at the right address, and is true."""

from urllib.parse import urlsplit

from joserfc.jwk import KeySet

from tests.conformance.party import ISSUER
from tests.conformance.plan import COMPLETE, Plan, published

CONFIG = Plan("oidcc-", *published("oidcc-", "C"))
REQUIRED = {
    "issuer": str,
    "authorization_endpoint": str,
    "token_endpoint": str,
    "userinfo_endpoint": str,
    "jwks_uri": str,
    "response_types_supported": list,
    "subject_types_supported": list,
    "id_token_signing_alg_values_supported": list,
    "scopes_supported": list,
    "claims_supported": list,
}
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@CONFIG.replays("discovery-endpoint-verification")
def test_metadata_has_every_required_member_and_each_is_true(client):
    answer = client.get("/.well-known/openid-configuration")
    told = answer.json

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert {name: type(told.get(name)) for name in REQUIRED} == REQUIRED
    assert told["issuer"] == ISSUER
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert "authorization_code" in told["grant_types_supported"]
    assert set(told["subject_types_supported"]) <= {"pairwise", "public"}
    assert told["claims_parameter_supported"] is told["request_uri_parameter_supported"] is True


@CONFIG.replays("discovery-endpoint-verification")
def test_every_address_is_below_the_issuer_and_somebody_answers_there(client):
    told = client.get("/.well-known/openid-configuration").json
    addresses = {name: url for name, url in told.items() if name.endswith(("_endpoint", "_uri"))}
    away = {name: url for name, url in addresses.items() if not url.startswith(f"{ISSUER}/")}
    assert away == {}
    nobody = {name for name, url in addresses.items() if client.get(urlsplit(url).path).status_code == 404}
    assert nobody == set()


@CONFIG.replays("discovery-endpoint-verification")
def test_published_keys_are_public_named_and_for_every_algorithm_that_is_promised(client):
    told = client.get("/.well-known/openid-configuration").json
    keys = client.get(urlsplit(told["jwks_uri"]).path).json["keys"]

    assert len(KeySet.import_key_set({"keys": keys}).keys) == len(keys) > 0
    assert [key for key in keys if PRIVATE & key.keys()] == []
    assert len({key["kid"] for key in keys}) == len(keys)
    assert {key["use"] for key in keys} == {"sig"}
    assert {key["alg"] for key in keys} >= set(told["id_token_signing_alg_values_supported"])


def test_every_module_of_the_plan_is_replayed():
    assert CONFIG.gaps(globals()) == COMPLETE
