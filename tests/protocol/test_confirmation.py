"""RFC 7800 section 3.1, and to which key the tokens of a client are bound."""

import pytest

from idp.protocol.confirmation import UNBOUND, Confirmation, binding
from idp.protocol.errors import OAuthError
from tests.protocol.builders import EC, a_client

BY_DPOP = Confirmation(jkt="thumbprint of a key")
BY_CERTIFICATE = Confirmation(x5t="thumbprint of a certificate")
BY_BOTH = Confirmation(BY_DPOP.jkt, BY_CERTIFICATE.x5t)
KEYS = {"keys": [EC.as_dict(private=False)]}
FAPI = {
    "profile": "fapi2-security",
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks": KEYS,
    "id_token_signed_response_alg": "ES256",
}


@pytest.mark.parametrize(
    ("held", "document", "token_type"),
    [
        (UNBOUND, {}, "Bearer"),
        (BY_DPOP, {"jkt": "thumbprint of a key"}, "DPoP"),
        (BY_CERTIFICATE, {"x5t#S256": "thumbprint of a certificate"}, "Bearer"),
        (BY_BOTH, {"jkt": "thumbprint of a key", "x5t#S256": "thumbprint of a certificate"}, "DPoP"),
    ],
    ids=["unbound", "DPoP", "certificate", "both"],
)
def test_a_confirmation_is_told_by_its_registered_members(held, document, token_type):
    assert (held.document(), held.token_type) == (document, token_type)
    assert Confirmation.from_document(document) == held


@pytest.mark.parametrize(("held", "bound"), [(UNBOUND, UNBOUND), (BY_DPOP, BY_DPOP), (BY_CERTIFICATE, UNBOUND)])
def test_a_client_that_promised_nothing_is_bound_by_the_proof_it_sends_and_by_no_certificate(held, bound):
    assert binding(a_client(), held) == bound


@pytest.mark.parametrize("held", [UNBOUND, BY_CERTIFICATE])
def test_who_promised_proofs_gets_nothing_without_one(held):
    with pytest.raises(OAuthError, match="DPoP proof is missing") as refusal:
        binding(a_client(dpop_bound_access_tokens=True), held)
    assert refusal.value.code == "invalid_request"


@pytest.mark.parametrize("held", [UNBOUND, BY_DPOP])
def test_who_promised_a_certificate_gets_nothing_without_one(held):
    with pytest.raises(OAuthError, match="certificate is missing") as refusal:
        binding(a_client(tls_client_certificate_bound_access_tokens=True), held)
    assert refusal.value.code == "invalid_request"


def test_who_promised_a_certificate_and_sends_a_proof_is_bound_to_both():
    assert binding(a_client(tls_client_certificate_bound_access_tokens=True), BY_BOTH) == BY_BOTH
    assert binding(a_client(tls_client_certificate_bound_access_tokens=True), BY_CERTIFICATE) == BY_CERTIFICATE


@pytest.mark.parametrize(("held", "bound"), [(BY_DPOP, BY_DPOP), (BY_CERTIFICATE, BY_CERTIFICATE), (BY_BOTH, BY_DPOP)])
def test_a_profile_that_binds_takes_either(held, bound):
    assert binding(a_client(**FAPI), held) == bound


def test_a_profile_that_binds_gives_nothing_unbound():
    with pytest.raises(OAuthError, match="profile") as refusal:
        binding(a_client(**FAPI), UNBOUND)
    assert refusal.value.code == "invalid_request"
