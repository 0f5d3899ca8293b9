"""OpenID Connect Discovery 1.0 section 3, https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata.

With RFC 8414 (the same document under its other well-known name), RFC 8705, RFC 9126, RFC 9207, RFC 9449, JARM, the
logout specifications and OpenID Connect for Identity Assurance 1.0 section 8. Every member follows from what is
enabled; what we do not do is denied aloud where a default would promise it. Left out: signed metadata.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from idp.protocol import authorization, client_metadata, dpop, identity_assurance, jose, pkce, response_mode, scopes
from idp.protocol.assurance import ACR_VALUES

SIGN_IN_CLAIMS: Final = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")

WITH_CERTIFICATE: Final = (
    "token_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
)
"""Where a client may show a certificate: a browser is never asked for one."""


@dataclass(frozen=True, slots=True)
class Enabled:
    """What this installation offers. `endpoints` are absolute URLs by their metadata names (`token_endpoint` etc.)."""

    issuer: str
    endpoints: Mapping[str, str]
    signing_algorithms: Sequence[str] = client_metadata.ID_TOKEN_ALGORITHMS
    ui_locales: Sequence[str] = ("en",)
    acr_values: Sequence[str] = ACR_VALUES
    """Those that somebody can reach."""
    own_scopes: Sequence[str] = ()
    """What clients may ask for in their own name, without a person."""
    trust_frameworks: Sequence[str] = ()
    """Empty: no verified_claims."""
    documents: Sequence[str] = identity_assurance.DOCUMENTS
    certificates: bool = False
    """Whether certificates of clients arrive at all."""
    certificate_authorities: bool = False
    """Whether anybody may issue them."""
    mtls_url: str = ""
    """Where else than at `issuer` the endpoints are, for clients that show a certificate."""
    detail_types: Sequence[str] = ()
    """Of authorization details."""
    links: Mapping[str, str] = field(default_factory=dict)
    """`op_policy_uri` and `op_tos_uri`, if there are such pages."""


def metadata(enabled: Enabled) -> dict[str, object]:
    """The document, ready to be written as JSON."""
    return {
        "issuer": enabled.issuer,
        **enabled.endpoints,
        **_authorization(enabled),
        **_subjects_and_claims(enabled),
        **_client_authentication(enabled),
        **_possession(enabled),
        **_introspection(enabled),
        **_logout(enabled.endpoints),
        **_identity_assurance(enabled),
        **_authorization_details(enabled),
        **enabled.links,
    }


def _authorization(enabled: Enabled) -> dict[str, object]:
    return {
        "scopes_supported": [*scopes.CLAIMS_OF, *enabled.own_scopes],
        "response_types_supported": list(client_metadata.RESPONSE_TYPES),
        "response_modes_supported": list(response_mode.MODES),
        "grant_types_supported": list(client_metadata.GRANT_TYPES),
        "code_challenge_methods_supported": list(pkce.METHODS),
        "prompt_values_supported": list(authorization.PROMPTS),
        "display_values_supported": list(authorization.DISPLAYED),
        "acr_values_supported": list(enabled.acr_values),
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        **_requests_and_responses(),
    }


def _requests_and_responses() -> dict[str, object]:
    """RFC 9101 section 9.2, OpenID Connect Discovery section 3, and JARM section 4: what is signed, and how."""
    return {
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "require_signed_request_object": False,  # by client
        "require_pushed_authorization_requests": False,  # by client
        "request_object_signing_alg_values_supported": list(jose.REQUEST_OBJECT.algorithms),
        "authorization_signing_alg_values_supported": list(jose.AUTHORIZATION_RESPONSE.algorithms),
    }


def _subjects_and_claims(enabled: Enabled) -> dict[str, object]:
    return {
        "subject_types_supported": list(client_metadata.SUBJECT_TYPES),
        "id_token_signing_alg_values_supported": list(enabled.signing_algorithms),
        "userinfo_signing_alg_values_supported": list(enabled.signing_algorithms),
        "claim_types_supported": ["normal"],
        "claims_supported": [*SIGN_IN_CLAIMS, *scopes.supported_claims()],
        "ui_locales_supported": list(enabled.ui_locales),
    }


def _client_authentication(enabled: Enabled) -> dict[str, object]:
    """RFC 8414 section 2: the methods of each endpoint that clients authenticate at."""
    endpoints, every = enabled.endpoints, _methods(enabled)
    methods = {"token": every, "revocation": every, "introspection": [one for one in every if one != "none"]}
    told: dict[str, object] = {}
    for name, supported in methods.items():
        if f"{name}_endpoint" in endpoints:
            told[f"{name}_endpoint_auth_methods_supported"] = supported
            signed = [*client_metadata.ASSERTION_ALGORITHMS, *client_metadata.SECRET_ALGORITHMS]
            told[f"{name}_endpoint_auth_signing_alg_values_supported"] = signed
    return told


def _methods(enabled: Enabled) -> list[str]:
    """RFC 8705 section 2: nobody can show a certificate that does not arrive."""
    there = {
        client_metadata.TLS_CLIENT_AUTH: enabled.certificate_authorities,
        client_metadata.SELF_SIGNED_TLS: enabled.certificates,
    }
    return [method for method in client_metadata.AUTH_METHODS if there.get(method, True)]


def _possession(enabled: Enabled) -> dict[str, object]:
    """RFC 9449 section 5.1; RFC 8705 sections 3.3 and 5."""
    told: dict[str, object] = {"dpop_signing_alg_values_supported": list(dpop.ALGORITHMS)}
    told["tls_client_certificate_bound_access_tokens"] = enabled.certificates
    if enabled.mtls_url:
        there = {name: url for name, url in enabled.endpoints.items() if name in WITH_CERTIFICATE}
        told["mtls_endpoint_aliases"] = {
            name: enabled.mtls_url + url.removeprefix(enabled.issuer) for name, url in there.items()
        }
    return told


def _introspection(enabled: Enabled) -> dict[str, object]:
    """RFC 9701 section 7."""
    if "introspection_endpoint" not in enabled.endpoints:
        return {}
    return {"introspection_signing_alg_values_supported": list(enabled.signing_algorithms)}


def _logout(endpoints: Mapping[str, str]) -> dict[str, object]:
    offered = "end_session_endpoint" in endpoints
    return {
        f"{channel}channel_logout{what}_supported": offered
        for channel in ("back", "front")
        for what in ("", "_session")
    }


def _authorization_details(enabled: Enabled) -> dict[str, object]:
    """RFC 9396 section 10."""
    return {"authorization_details_types_supported": list(enabled.detail_types)} if enabled.detail_types else {}


def _identity_assurance(enabled: Enabled) -> dict[str, object]:
    if not enabled.trust_frameworks:
        return {}
    return {
        "verified_claims_supported": True,
        "trust_frameworks_supported": list(enabled.trust_frameworks),
        "claims_in_verified_claims_supported": list(identity_assurance.CLAIMS),
        "evidence_supported": list(identity_assurance.EVIDENCE),
        "documents_supported": list(enabled.documents),
        "documents_check_methods_supported": list(identity_assurance.CHECK_METHODS),
        "electronic_records_supported": list(identity_assurance.RECORDS),
    }
