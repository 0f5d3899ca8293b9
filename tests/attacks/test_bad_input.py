"""Bad input at every door for programs: the specified error, at once, and nobody is called.

What is asked of is well meant in everything else: the client is known, the key is its own and the signature is good.
"""

import json
import zlib
from dataclasses import replace
from time import process_time
from urllib.parse import urlencode

import pytest
from joserfc.jwk import ECKey

from tests.builders import a_citizen, a_client
from tests.foundation.test_outbound import json_answer, listening
from tests.holders import ath, b64, signed
from tests.journeys.signing.conftest import SIGNING
from tests.web.oidc.bound import bound_tokens
from tests.web.oidc.registering import WISH, a_developer, bearer
from tests.web.oidc.requests import ASKED, ISSUER

DIRECTORY = "https://directory.example"
KEY = ECKey.generate_key("P-256", {"kid": "agency-1"})
PUBLIC = {"keys": [KEY.as_dict(private=False)]}
EVIL = ECKey.generate_key("P-256")
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BASIC = ("basic", "a-secret-of-the-agency-0123456789")
LONG, DEEP = 50_000, 3_000
LONGEST_ADDRESS = 400_000
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CPU_SECONDS = 0.1
ENCRYPTED = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1}
NAMED = {"an address for a name", "a long name"}


@pytest.fixture(scope="module")
def canary():
    """Whoever is called is heard: it may be called, and nothing of what is sent here may make us do it."""
    with listening(json_answer(json.dumps(PUBLIC).encode())) as listener:
        yield listener


@pytest.fixture
def url(canary):
    canary.heard.clear()
    return f"http://127.0.0.1:{canary.port}/evil"


@pytest.fixture
def settings(settings, canary, tmp_path):
    authorities = tmp_path / "authorities.json"
    authorities.write_text(json.dumps({DIRECTORY: PUBLIC}))
    return replace(
        settings,
        outbound_allow=(f"127.0.0.1:{canary.port}",),
        registration="approval",
        software_authorities=authorities,
        client_failures=1_000_000,
    )


@pytest.fixture
def agencies(provider):
    """One that proves a key, and one that knows a secret."""
    a_client(provider, secret=None, client_id="agency", token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC)
    a_client(provider, secret=BASIC[1], client_id="basic", jwks=PUBLIC, **SIGNING)


@pytest.fixture
def refused(client, agencies, canary, url):
    """Asks, and sees that the answer is a refusal of this code, that it cost little and that nobody was called."""

    def refused(code, path, what, method="POST", status=(400, 401), **sent):
        cost = []
        for _ in range(3):  # The first one may pay for what is read once, and another for the collector of garbage.
            begun = process_time()
            answer = client.open(path, method=method, **sent)
            cost.append(process_time() - begun)
            assert (answer.status_code in status, answer.json["error"]) == (True, code), (what, answer.text[:300])
        assert min(cost) < CPU_SECONDS, what
        assert canary.heard == [], what

    return refused


def test_the_canary_would_be_heard(provider, canary, url):
    assert provider.outbound.get(url).body
    assert len(canary.heard) == 1


BODIES = {
    "a scope of 50,000 characters": urlencode({"grant_type": "client_credentials", "scope": "a " * (LONG // 2)}),
    "a parameter twice": "grant_type=client_credentials&grant_type=client_credentials",
    "a client twice": "grant_type=client_credentials&client_id=basic&client_id=basic",
    "a thousand parameters": "&".join(f"p{number}=1" for number in range(1000)),
    "a name of 50,000 characters": f"{'n' * LONG}=1",
    "a NUL": "grant_type=client_credentials&scope=a%00b",
    "no UTF-8": "grant_type=%ff%fe",
    "half a surrogate": "grant_type=%ed%a0%80",
    "five megabytes": "scope=" + "a" * 5_000_000,
    "five megabytes of ampersands": "&" * 5_000_000,
    "nothing but equals": "=" * LONG,
}


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/par", "/oidc/introspect", "/oidc/revoke"])
def test_a_form_is_read_strictly(refused, path):
    for name, body in BODIES.items():
        status = (413,) if name.startswith("five megabytes") else (400,)
        refused("invalid_request", path, name, status=status, data=body, content_type=FORM, auth=BASIC)


def test_so_is_the_address_that_a_browser_is_sent_to(refused):
    """A server reads no longer one than this."""
    for name in sorted(set(BODIES) - {"a NUL"}):
        query = BODIES[name].replace("grant_type", "state")[:LONGEST_ADDRESS] + "&client_id=basic"
        refused("invalid_request", "/oidc/authorize", name, "GET", query_string=query)


NESTED = "[" * DEEP + "]" * DEEP
OBJECTS = '{"a":' * 1_000 + "1" + "}" * 1_000
DOCUMENTS = {
    "a list": "[]",
    "a text": '"x"',
    "a number": "1",
    "null": "null",
    "NaN": '{"userinfo": NaN}',
    "infinity": '{"userinfo": -Infinity}',
    "a number beyond all": '{"userinfo": 1e999}',
    "a member twice": '{"userinfo": {}, "userinfo": {}}',
    "nested lists": f'{{"userinfo": {NESTED}}}',
    "nested objects": OBJECTS,
    "half a surrogate": '{"userinfo": "\\ud800"}',
    "not closed": '{"userinfo": ',
    "a long number": f'{{"userinfo": {"9" * 5000}}}',
    "nothing": " ",
}


@pytest.mark.parametrize(
    ("name", "code"),
    [("claims", "invalid_request"), ("authorization_details", "invalid_authorization_details")],
)
def test_json_in_a_parameter_is_read_strictly(refused, name, code):
    for what, document in DOCUMENTS.items():
        refused(code, "/oidc/par", what, data=ASKED | {"client_id": "basic", name: document}, auth=BASIC)


WRONG_TYPES = {
    name: json.dumps(WISH | {name: value})
    for name, value in {
        "redirect_uris": "https://agency.example/cb",
        "client_name": 7,
        "grant_types": {"authorization_code": True},
        "jwks": [PUBLIC],
        "scope": ["openid"],
        "require_pkce": "false",
        "default_max_age": 1.5,
    }.items()
}


def test_metadata_of_clients_is_read_strictly(refused, client, provider):
    sent = {"content_type": JSON, "headers": bearer(a_developer(client, provider).invitation)}
    for what, body in (DOCUMENTS | WRONG_TYPES).items():
        code = "invalid_redirect_uri" if what == "redirect_uris" else "invalid_client_metadata"
        refused(code, "/oidc/register", what, data=body, **sent)
    for body in ('{"a":"' + "x" * 5_000_000 + '"}', "[" * 5_000_000):
        refused("invalid_request", "/oidc/register", body[:5], status=(413,), data=body, **sent)


@pytest.fixture
def signing(client, agencies):
    form = {"grant_type": "client_credentials", "scope": "signing"}
    return bearer(client.post("/oidc/token", data=form, auth=BASIC).json["access_token"])


def test_requests_to_sign_are_read_strictly(refused, signing):
    large = {"brackets": "[" * 5_000_000, "objects": '{"a":' * 1_000_000, "types": '{"title": ["x"], "document": 1}'}
    for what, body in (DOCUMENTS | large).items():
        refused("invalid_request", "/api/signing/requests", what, data=body, content_type=JSON, headers=signing)


def headers_of(url):
    """What no header of ours may hold, and what it would have us do."""
    return {
        "a key": {"jwk": EVIL.as_dict(private=False)},
        "an address of keys": {"jku": url},
        "an address of a certificate": {"x5u": url},
        "a certificate": {"x5c": ["MIIB"]},
        "all of them": {"jwk": EVIL.as_dict(private=False), "jku": url, "x5u": url, "x5c": ["MIIB"]},
        "an address for a name": {"kid": url},
        "an extension that must be known": {"crit": ["exp"], "exp": 1},
        "an extension of nobody": {"crit": ["http://nobody.example/x"], "http://nobody.example/x": True},
        "no extension at all": {"crit": []},
        "an unencoded payload": {"crit": ["b64"], "b64": False},
        "compression": {"zip": "DEF"},
        "a long name": {"kid": "k" * 5_000},
        "a wrong type": {"kid": 7},
        "no algorithm": {"alg": "none"},
        "not a number": {"x": float("nan")},
    }


def tokens(header, claims, url):
    """Every one by the right key, and hostile."""
    found = {name: signed(KEY, "ES256", header | more, claims) for name, more in headers_of(url).items()}
    bomb = b64(zlib.compress(b" " * 5_000_000)[2:-4])
    deep = b64(b'{"a":' * 1_000 + b"1" + b"}" * 1_000)
    return found | {
        "a compressed bomb": f"{part(header | {'zip': 'DEF'})}.{bomb}.{b64(b'x' * 64)}",
        "an encrypted bomb": f"{part(ENCRYPTED)}.a.b.c.d",
        "dots": "." * 4_000,
        "one part": "a" * 4_000,
        "a nested header": f"{deep}.e30.AA",
        "a nested payload": f"{part(header)}.{deep}.{b64(b'x' * 64)}",
        "empty parts": "..",
    }


def part(header):
    return b64(json.dumps(header).encode())


def test_an_assertion_is_refused(refused, client, clock, url):
    now, header = clock.now, {"alg": "ES256", "kid": "agency-1"}
    claims = {"iss": "agency", "sub": "agency", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "j"}
    form = {"token": "x", "client_assertion_type": ASSERTION}
    for what, token in tokens(header, claims, url).items():
        refused("invalid_client", "/oidc/introspect", what, data=form | {"client_assertion": token})
    good = form | {"client_assertion": signed(KEY, "ES256", header, claims)}
    assert client.post("/oidc/introspect", data=good).status_code == 200


def test_a_request_object_is_refused(refused, client, clock, url):
    now = clock.now
    claims = ASKED | {"client_id": "basic", "iss": "basic", "aud": ISSUER, "nbf": now, "exp": now + 300}
    header = {"alg": "ES256", "kid": "agency-1", "typ": "oauth-authz-req+jwt"}
    for what, token in tokens(header, claims, url).items():
        code = "request_not_supported" if what == "empty parts" else "invalid_request_object"  # The former: unsigned.
        refused(code, "/oidc/par", what, data={"client_id": "basic", "request": token}, auth=BASIC)
    good = {"client_id": "basic", "request": signed(KEY, "ES256", header, claims)}
    assert client.post("/oidc/par", data=good, auth=BASIC).status_code == 201


def test_a_proof_is_refused(refused, app, provider, clock, url):
    """Its own key it must bring; by what name does not matter."""
    held = bound_tokens(app, provider, a_citizen(provider), provider.clients.find("basic"), KEY)
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": KEY.as_dict(private=False)}
    for method, path in (("GET", "/oidc/userinfo"), ("POST", "/oidc/token")):
        claims = {"jti": "j", "htm": method, "htu": ISSUER + path, "iat": clock.now, "ath": ath(held.token)}
        for what, token in tokens(header, claims, url).items():
            if what in NAMED:
                continue
            sent = {"data": {"grant_type": "client_credentials"}, "auth": BASIC} if method == "POST" else {}
            headers = {"DPoP": token} | ({} if sent else {"Authorization": f"DPoP {held.token}"})
            refused("invalid_dpop_proof", path, what, method, headers=headers, **sent)
    assert held.ask(held.proof()).status_code == 200


def test_a_software_statement_is_refused(refused, client, provider, url):
    headers = bearer(a_developer(client, provider).invitation)
    header, claims = {"alg": "ES256", "kid": "agency-1"}, {"iss": DIRECTORY, "software_id": "t"}
    for what, token in tokens(header, claims, url).items():
        sent = {"json": WISH | {"software_statement": token}, "headers": headers}
        refused("invalid_software_statement", "/oidc/register", what, **sent)
    good = WISH | {"software_statement": signed(KEY, "ES256", header, claims)}
    assert client.post("/oidc/register", json=good, headers=headers).status_code == 201


def test_what_is_no_token_of_ours_is_refused(refused, url):
    for what, token in tokens({"alg": "ES256", "typ": "at+jwt"}, {"iss": ISSUER}, url).items():
        refused("invalid_token", "/oidc/userinfo", what, "GET", headers={"Authorization": f"Bearer {token}"})


def test_two_hundred_thousand_dots_are_not_read(refused):
    for place in ("client_assertion", "request", "token", "id_token_hint"):
        sent = {"token": "x", "client_assertion_type": ASSERTION, place: "." * 200_000}
        refused("invalid_request", "/oidc/introspect", place, status=(413,), data=sent)
