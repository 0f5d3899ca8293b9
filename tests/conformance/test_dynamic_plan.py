"""The dynamic, comprehensive (private_key_jwt) and third-party plans: what they add to the Basic plan."""

import json
from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from idp.domain.clients import published_keys
from idp.foundation.keyring import rotation
from idp.protocol.registration_policy import Policy
from tests import origin as origins
from tests.assertions import public
from tests.builders import REDIRECT_URI, a_citizen
from tests.conformance.party import ISSUER, Party
from tests.conformance.plan import COMPLETE, Plan, published
from tests.web.oidc.registering import a_developer, an_administrator

AGAIN = "ensure-request-object-with-redirect-uri"
"""Of the Basic plan, too; here the object is signed."""
DYNAMIC = Plan("oidcc-", *published("oidcc-", "bDT3", beside="BC"), AGAIN)
RSA, NEXT_RSA = (RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256"}) for kid in ("first", "second"))
CALLBACK = "https://agency.example/cb"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture
def settings(settings, origin):
    """The operator lets services register over the network, and allows and trusts the relying party's own server."""
    allowed = (f"localhost:{origin.port}",)
    return replace(settings, registration="approval", outbound_allow=allowed, outbound_ca=origin.authority)


@pytest.fixture
def developer(client, provider):
    freedoms = ("single_factor",)
    policy = Policy("Ministry", hosts=("agency.example", "localhost"), freedoms=freedoms)
    return a_developer(client, provider, policy, uses=9)


@pytest.fixture
def registers(app, provider, clock, anna, developer):
    """Registers over the network and is approved; the party that it then is."""

    def register(signs=None, **metadata):
        method = {} if signs is None else {"token_endpoint_auth_method": "private_key_jwt"}
        answer = developer.registers(single_factor=True, **method | metadata)
        assert answer.status_code == 201, answer.text
        developer.is_approved(an_administrator(a_citizen(provider, roles=("administrator",)).id))
        secret = developer.told.get("client_secret", "")
        redirect_uri = developer.told["redirect_uris"][0]
        return Party(app, developer.record, anna, clock, secret=secret, signs=signs, redirect_uri=redirect_uri)

    return register


def algorithm(token):
    return jws.extract_compact(token.encode()).headers()["alg"]


def kid(token):
    return jws.extract_compact(token.encode()).headers()["kid"]


@DYNAMIC.replays("idtoken-signature", "idtoken-rs256")
@pytest.mark.parametrize("registered", [None, "RS256"])
def test_an_id_token_is_signed_by_rs256_unless_another_was_registered(registers, registered):
    party = registers(id_token_signed_response_alg=registered)
    token = party.tokens()["id_token"]
    assert algorithm(token) == "RS256"
    assert party.reads(token)["aud"] == party.client.id


@DYNAMIC.answers_otherwise("for providers that advertise ID tokens without a signature", "idtoken-unsigned")
def test_an_id_token_is_never_unsigned(client, developer):
    told = client.get("/.well-known/openid-configuration").json
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert developer.registers(id_token_signed_response_alg="none").json["error"] == "invalid_client_metadata"


@DYNAMIC.replays("userinfo-rs256")
def test_user_information_is_signed_for_who_registered_so(registers):
    party = registers(userinfo_signed_response_alg="RS256")
    tokens = party.tokens()
    answer = party.userinfo(tokens["access_token"])
    told = party.reads(answer.text)
    assert (answer.mimetype, algorithm(answer.text)) == ("application/jwt", "RS256")
    assert told["sub"] == party.reads(tokens["id_token"])["sub"]
    assert (told["iss"], told["aud"]) == (ISSUER, party.client.id)


@DYNAMIC.replays("ensure-redirect-uri-in-authorization-request")
def test_of_two_addresses_none_is_chosen(registers):
    party = registers(redirect_uris=[CALLBACK, f"{CALLBACK}/2"])
    window = party.window().goes(party.front(redirect_uri=None))
    assert (window.status, window.at) == (400, "/oidc/authorize")


@DYNAMIC.replays("redirect-uri-query-OK")
def test_an_address_may_have_a_query(registers):
    party = registers(redirect_uris=[f"{CALLBACK}?foo=bar"])
    told = party.signs_in(party.window(), party.front(state="s"))
    assert (told["foo"], told["state"], "code" in told) == ("bar", "s", True)
    assert party.redeems(told["code"]).status_code == 200


QUERIES = {
    "redirect-uri-query-mismatch": (f"{CALLBACK}?foo=bar", f"{CALLBACK}?bar=foo"),
    "redirect-uri-query-added": (CALLBACK, f"{CALLBACK}?foo=bar"),
}


@DYNAMIC.replays(*QUERIES)
@pytest.mark.parametrize("module", QUERIES)
def test_another_query_is_another_address(registers, module):
    registered, sent = QUERIES[module]
    party = registers(redirect_uris=[registered])
    window = party.window().goes(party.front(redirect_uri=sent))
    assert (window.status, window.at) == (400, "/oidc/authorize")


REFUSED = {
    "redirect-uri-regfrag": {"redirect_uris": [f"{CALLBACK}#foobar"]},
    "3rd_party-init-login-nohttps": {"initiate_login_uri": "http://agency.example/begin"},
}


@DYNAMIC.replays(*REFUSED)
@pytest.mark.parametrize("module", REFUSED)
def test_a_registration_that_must_not_be_is_refused(developer, module):
    answer = developer.registers(**REFUSED[module])
    assert (answer.status_code, answer.json["error"] in {"invalid_redirect_uri", "invalid_client_metadata"}) == (
        400,
        True,
    )


@DYNAMIC.replays("3rd_party-init-login")
def test_where_others_may_begin_a_login_is_told_back(registers, developer):
    registers(initiate_login_uri="https://agency.example/begin")
    assert developer.reads().json["initiate_login_uri"] == "https://agency.example/begin"


SHOWN = {"registration-policy-uri": "policy_uri", "registration-tos-uri": "tos_uri"}


@DYNAMIC.replays(*SHOWN)
@pytest.mark.parametrize("module", SHOWN)
def test_what_a_service_says_of_itself_is_linked_where_people_sign_in(registers, module):
    party = registers(**{SHOWN[module]: "https://agency.example/paper"})
    assert "https://agency.example/paper" in party.window().goes(party.front()).page.links


@DYNAMIC.replays("registration-logo-uri")
def test_the_logo_is_shown_where_people_sign_in(registers):
    party = registers(logo_uri="https://agency.example/logo.png")
    assert 'src="https://agency.example/logo.png"' in party.window().goes(party.front()).response.text


def an_object(party, **changes):
    """A request object that the party signed."""
    claims = party.request(**{"iss": party.client.id, "aud": ISSUER, "state": "inside"} | changes)
    return jws.serialize_compact({"alg": "RS256", "kid": RSA.kid}, json.dumps(claims).encode(), RSA)


@pytest.fixture
def at_an_address(origin, registers):
    """A party whose keys and whose request object are at addresses of its own."""
    address = origin.url("/request.jwt")
    party = registers(RSA, jwks_uri=origin.put("/jwks", public(RSA)), request_uris=[address])

    def put(token):
        origin.pages["/request.jwt"] = origins.Page(token.encode())
        return address

    return party, put


@DYNAMIC.replays("request-uri-signed-rs256", AGAIN)
def test_a_signed_request_at_an_address_counts_and_so_does_the_redirect_uri_in_it(at_an_address):
    party, put = at_an_address
    token = an_object(party)
    beside = party.front(state="outside", redirect_uri=REDIRECT_URI, request_uri=put(token))
    assert party.signs_in(party.window(), beside)["state"] == "inside"
    elsewhere = party.window().goes(party.front(request_uri=put(an_object(party, redirect_uri=REDIRECT_URI))))
    assert (elsewhere.status, elsewhere.at) == (400, "/oidc/authorize")


@DYNAMIC.answers_otherwise(
    "for providers that take request objects without a signature, which ours does not advertise",
    "request-uri-unsigned",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
)
def test_an_unsigned_request_at_an_address_is_said_not_to_be_supported(at_an_address):
    party, put = at_an_address
    payload = an_object(party).split(".")[1]
    answer = party.http.get(party.front(request_uri=put(f"eyJhbGciOiJub25lIn0.{payload}.")))
    assert party.told(answer.location)["error"] == "request_not_supported"


@DYNAMIC.replays("registration-jwks-uri", "ensure-client-assertion-with-iss-aud-succeeds")
@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oidc/token"])
def test_a_client_is_known_by_the_key_at_its_address(origin, registers, audience):
    party = registers(RSA, jwks_uri=origin.put("/jwks", public(RSA)))
    identity = party.asserts(RSA, "RS256", aud=audience)
    assert party.redeems(party.code(), identity=identity).status_code == 200


@DYNAMIC.replays("refresh-token-rp-key-rotation")
def test_a_refresh_is_signed_with_the_clients_next_key(origin, registers, provider, monkeypatch):
    party = registers(RSA, jwks_uri=origin.put("/jwks", public(RSA)))
    first = party.redeems(party.code(scope="openid offline_access", prompt="consent"))
    origin.put("/jwks", public(NEXT_RSA))
    real = provider.client_keys._clock  # noqa: SLF001 (a minute later, as the plan waits)
    monkeypatch.setattr(provider.client_keys, "_clock", lambda: real() + 60)
    assert published_keys.RETRY_SECONDS <= 60
    party.signs = NEXT_RSA
    assert party.refreshes(first.json["refresh_token"]).status_code == 200


SECTOR = {"registration-sector-uri": [CALLBACK], "registration-sector-bad": ["https://agency.example/other"]}


@DYNAMIC.replays(*SECTOR)
@pytest.mark.parametrize("module", SECTOR)
def test_a_sector_document_names_every_redirect_uri(developer, origin, module):
    url = origin.put("/sector", SECTOR[module])
    answer = developer.registers(sector_identifier_uri=url, subject_type="pairwise")
    assert answer.status_code == (201 if CALLBACK in SECTOR[module] else 400)
    assert answer.json.get("error") in {None, "invalid_client_metadata"}


@DYNAMIC.replays("server-rotate-keys")
def test_a_new_key_signs_and_the_old_one_stays_published(registers, provider):
    party = registers()
    before = party.tokens()["id_token"]
    rotation.rotate(provider.store, provider.keyring)
    after = party.tokens()["id_token"]
    assert kid(before) != kid(after)
    assert party.reads(before)["sub"] == party.reads(after)["sub"]


def test_every_module_of_the_plan_is_replayed():
    assert DYNAMIC.gaps(globals()) == COMPLETE
