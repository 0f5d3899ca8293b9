"""Certificates that a proxy hands over: who shows one, what it binds, and who is believed about it (RFC 8705)."""

from dataclasses import replace

import pytest
from flask import request
from joserfc.jwk import ECKey

from idp.app import create_app
from idp.foundation.randomness import octets
from idp.protocol.access_token import Kind, mint
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.holders import Authority, a_proof, self_signed
from tests.web.oidc.bound import a_grant
from tests.web.oidc.conftest import VERIFIER

HEADER = "X-SSL-Client-Cert"
PROXY, STRANGER = "127.0.0.1", "192.0.2.1"
MTLS = "http://localhost:8443"
OWN_TOKEN = {
    "redirect_uris": [],
    "grant_types": ["client_credentials"],
    "scope": "signing",
    "signing": True,
    "tls_client_certificate_bound_access_tokens": True,
}


@pytest.fixture
def authority(clock):
    return Authority(clock.now)


@pytest.fixture
def app(settings, clock, authority, tmp_path):
    """The application of an operator whose proxy hands over certificates."""
    file = tmp_path / "authorities.pem"
    file.write_bytes(authority.pem)
    told = {"certificate_header": HEADER, "trusted_proxies": (PROXY,), "client_ca": file, "mtls_url": MTLS}
    app = create_app(replace(settings, **told), clock)
    app.add_url_rule("/shown", view_func=lambda: dict(request.headers))
    yield app
    app.extensions["provider"].store.dispose()


@pytest.fixture
def provider(app):
    return app.extensions["provider"]


@pytest.fixture
def issued(provider):
    """A client of tls_client_auth."""
    named = {"tls_client_auth_subject_dn": "CN=agency,O=Arcadia,C=XA"}
    return a_client(provider, secret=None, **OWN_TOKEN | named, token_endpoint_auth_method="tls_client_auth")


@pytest.fixture
def own(clock):
    return self_signed(clock.now)


@pytest.fixture
def selfish(provider, own):
    """A client of self_signed_tls_client_auth."""
    method = "self_signed_tls_client_auth"
    return a_client(provider, secret=None, **OWN_TOKEN, token_endpoint_auth_method=method, jwks=own.jwks)


@pytest.fixture
def post(client):
    def send(agency, certificate=None, peer=PROXY, path="/oidc/token", headers=(), **form):
        shown = [] if certificate is None else [(HEADER, certificate)]
        kept = {"grant_type": "client_credentials", "client_id": agency.id} | form
        return client.post(path, data=kept, headers=[*shown, *headers], environ_base={"REMOTE_ADDR": peer})

    return send


def test_a_certificate_of_an_authority_says_who_asks_and_binds_the_token(post, issued, authority):
    holder = authority.issues()
    answer = post(issued, holder.header)
    told = post(issued, holder.header, path="/oidc/introspect", token=answer.json["access_token"]).json

    assert (answer.status_code, answer.json["token_type"]) == (200, "Bearer")
    assert (told["token_type"], told["cnf"]) == ("Bearer", {"x5t#S256": holder.thumbprint})


def test_a_certificate_of_ones_own_says_who_asks(post, selfish, own):
    assert post(selfish, own.header).status_code == 200


def test_another_certificate_is_another_client(post, issued, selfish, authority, clock):
    answers = [
        post(issued),
        post(issued, Authority(clock.now).issues().header),
        post(issued, self_signed(clock.now).header),
        post(issued, authority.issues(subject=authority.name).header),
        post(selfish),
        post(selfish, self_signed(clock.now).header),
        post(selfish, authority.issues().header),
    ]

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(401, "invalid_client")}


def test_a_certificate_is_no_substitute_for_the_registered_method(post, provider, own):
    secretive = a_client(provider, secret="a-secret", **OWN_TOKEN)

    assert post(secretive, own.header).json["error"] == "invalid_client"


def test_no_other_method_is_a_substitute_for_a_certificate(post, issued, authority):
    with_secret = post(issued, authority.issues().header, client_secret="a-secret")

    assert with_secret.json["error"] == "invalid_client"


def test_a_stranger_is_not_believed_whatever_he_says_of_himself(post, issued, selfish, own, authority):
    lies = [("X-Forwarded-For", PROXY), ("Forwarded", f"for={PROXY}"), ("X-Real-IP", PROXY)]
    answers = [
        post(issued, authority.issues().header, STRANGER),
        post(issued, authority.issues().header, STRANGER, headers=lies),
        post(selfish, own.header, STRANGER, headers=lies),
        post(selfish, own.header, ""),
        post(selfish, own.header, "::1"),
    ]

    assert {answer.json["error"] for answer in answers} == {"invalid_client"}


def test_a_proxy_is_known_by_its_own_address_and_not_by_that_of_its_visitor(post, selfish, own):
    visitor = [("X-Forwarded-For", STRANGER)]

    assert post(selfish, own.header, headers=visitor).status_code == 200
    assert post(selfish, own.header, "::ffff:127.0.0.1").status_code == 200


@pytest.mark.parametrize("peer", [PROXY, STRANGER])
def test_the_header_goes_no_further(client, own, peer):
    seen = client.get("/shown", headers={HEADER: own.header}, environ_base={"REMOTE_ADDR": peer})

    assert HEADER.lower() not in {name.lower() for name in seen.json}


def test_a_certificate_that_cannot_be_one_is_a_bad_request(post, selfish, own):
    wrong = [
        "nonsense",
        f"{own.header}, x",
        own.header[:-40],
        f"{own.header}, {own.header}",
        "x" * 17_000,
        "%00",
        own.header * 2,
    ]
    answers = [post(selfish, one) for one in wrong]

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(400, "invalid_request")}


def test_a_certificate_whose_time_is_over_is_refused(post, selfish, own, clock):
    clock.advance(200 * 24 * 3600)

    assert post(selfish, own.header).json["error"] == "invalid_request"


def test_a_bound_token_is_of_use_to_the_holder_of_its_certificate_alone(client, post, selfish, own, clock):
    token = post(selfish, own.header).json["access_token"]

    def ask(certificate, peer=PROXY):
        shown = {"Authorization": f"Bearer {token}"} | ({} if certificate is None else {HEADER: certificate})
        return client.get("/api/signing/requests/none", headers=shown, environ_base={"REMOTE_ADDR": peer})

    assert ask(own.header).status_code == 404  # There is no such request, and whoever asks may know it.
    refused = [ask(None), ask(self_signed(clock.now).header), ask(own.header, STRANGER)]
    assert {(answer.status_code, answer.json["error"]) for answer in refused} == {(401, "invalid_token")}


def test_a_public_clients_refresh_token_is_bound_to_its_certificate(provider, post, own, clock):
    public = a_client(provider, secret=None, tls_client_certificate_bound_access_tokens=True)
    code = mint(Kind.CODE, octets(32))
    a_grant(provider, a_citizen(provider), public, code)
    form = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    first = post(public, own.header, grant_type="authorization_code", code=code, **form).json
    second = post(public, own.header, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
    thief = self_signed(clock.now).header
    stolen = post(public, thief, grant_type="refresh_token", refresh_token=second["refresh_token"])

    assert stolen.json["error"] == "invalid_grant"


def test_who_is_registered_for_it_gets_nothing_without_a_certificate(client, provider):
    agency = a_client(provider, secret="a-secret", **OWN_TOKEN)
    answer = client.post("/oidc/token", data={"grant_type": "client_credentials"}, auth=(agency.id, "a-secret"))

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_a_profile_that_binds_takes_a_certificate(post, provider, own):
    terms = {"profile": "fapi2-security", "id_token_signed_response_alg": "ES256", "jwks": own.jwks}
    method = "self_signed_tls_client_auth"
    terms |= OWN_TOKEN | {"tls_client_certificate_bound_access_tokens": False, "token_endpoint_auth_method": method}
    agency = a_client(provider, secret=None, **terms)
    token = post(agency, own.header).json["access_token"]
    told = post(agency, own.header, path="/oidc/introspect", token=token).json

    assert told["cnf"] == {"x5t#S256": own.thumbprint}


def test_a_proof_may_name_the_second_address(post, selfish, own, clock):
    key = ECKey.generate_key("P-256")
    proofs = [a_proof(key, clock.now, htm="POST", htu=f"{base}/oidc/token") for base in (MTLS, "http://localhost")]
    answers = [post(selfish, own.header, headers=[("DPoP", proof)]) for proof in proofs]

    assert [answer.json.get("token_type") for answer in answers] == ["DPoP", "DPoP"]


def test_metadata_tells_what_is_there(client):
    told = client.get("/.well-known/openid-configuration").json

    assert told["tls_client_certificate_bound_access_tokens"] is True
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(told["token_endpoint_auth_methods_supported"])
    assert told["mtls_endpoint_aliases"]["token_endpoint"] == f"{MTLS}/oidc/token"
    assert told["mtls_endpoint_aliases"]["userinfo_endpoint"] == f"{MTLS}/oidc/userinfo"
    assert "authorization_endpoint" not in told["mtls_endpoint_aliases"]
    assert told["mtls_endpoint_aliases"].keys() < told.keys()


def test_where_no_proxy_hands_over_certificates_nobody_is_believed(whole_app, own):
    plain, http = whole_app.extensions["provider"], whole_app.test_client()
    method = "self_signed_tls_client_auth"
    agency = a_client(plain, secret=None, **OWN_TOKEN, token_endpoint_auth_method=method, jwks=own.jwks)
    form = {"grant_type": "client_credentials", "client_id": agency.id}
    told = http.get("/.well-known/openid-configuration").json

    assert http.post("/oidc/token", data=form, headers={HEADER: own.header}).json["error"] == "invalid_client"
    assert told["tls_client_certificate_bound_access_tokens"] is False
    assert "mtls_endpoint_aliases" not in told
    assert not {"tls_client_auth", method} & set(told["token_endpoint_auth_methods_supported"])


def test_without_an_authority_only_ones_own_certificate_counts(settings, clock, authority, own):
    app = create_app(replace(settings, certificate_header=HEADER, trusted_proxies=(PROXY,)), clock)
    provider, http = app.extensions["provider"], app.test_client()
    named = {"tls_client_auth_subject_dn": "CN=agency,O=Arcadia,C=XA", "token_endpoint_auth_method": "tls_client_auth"}
    agency = a_client(provider, secret=None, **OWN_TOKEN | named)
    form = {"grant_type": "client_credentials", "client_id": agency.id}
    answer = http.post("/oidc/token", data=form, headers={HEADER: authority.issues().header})
    methods = http.get("/.well-known/openid-configuration").json["token_endpoint_auth_methods_supported"]
    provider.store.dispose()

    assert answer.json["error"] == "invalid_client"
    assert ("tls_client_auth" in methods, "self_signed_tls_client_auth" in methods) == (False, True)
