"""OpenID Connect Discovery 1.0 section 3, https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata.

With RFC 8414 (the same document under its other well-known name), RFC 9207, the logout specifications and OpenID
Connect for Identity Assurance 1.0 section 8. Every member follows from what is enabled; what we do not do is denied
aloud where a default would promise it. Left out: signed metadata, `op_policy_uri` and `op_tos_uri` unless configured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from idp.protocol import authorization, client_metadata, identity_assurance, pkce, response_mode, scopes
from idp.protocol.assurance import ACR_VALUES

SIGN_IN_CLAIMS: Final = ("iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash")


@dataclass(frozen=True, slots=True)
class Enabled:
    """What this installation offers. `endpoints` are absolute URLs by their metadata names (`token_endpoint` etc.)."""

    issuer: str
    endpoints: Mapping[str, str]
    signing_algorithms: Sequence[str] = client_metadata.ID_TOKEN_ALGORITHMS
    ui_locales: Sequence[str] = ("en",)
    trust_frameworks: Sequence[str] = ()
    """Empty: no verified_claims."""
    documents: Sequence[str] = identity_assurance.DOCUMENTS
    detail_types: Sequence[str] = ()
    """Of authorization details."""
    links: Mapping[str, str] = field(default_factory=dict)
    """`op_policy_uri`, `op_tos_uri`, `service_documentation`, if there are such pages."""


def metadata(enabled: Enabled) -> dict[str, object]:
    """The document, ready to be written as JSON."""
    return {
        "issuer": enabled.issuer,
        **enabled.endpoints,
        **_authorization(),
        **_subjects_and_claims(enabled),
        **_client_authentication(enabled.endpoints),
        **_logout(enabled.endpoints),
        **_identity_assurance(enabled),
        **_authorization_details(enabled),
        **enabled.links,
    }


def _authorization() -> dict[str, object]:
    return {
        "scopes_supported": list(scopes.CLAIMS_OF),
        "response_types_supported": list(client_metadata.RESPONSE_TYPES),
        "response_modes_supported": list(response_mode.MODES),
        "grant_types_supported": list(client_metadata.GRANT_TYPES),
        "code_challenge_methods_supported": list(pkce.METHODS),
        "prompt_values_supported": list(authorization.PROMPTS),
        "display_values_supported": list(authorization.DISPLAYS),
        "acr_values_supported": list(ACR_VALUES),
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # absent would mean true
    }


def _subjects_and_claims(enabled: Enabled) -> dict[str, object]:
    return {
        "subject_types_supported": list(client_metadata.SUBJECT_TYPES),
        "id_token_signing_alg_values_supported": list(enabled.signing_algorithms),
        "claim_types_supported": ["normal"],
        "claims_supported": [*SIGN_IN_CLAIMS, *scopes.supported_claims()],
        "ui_locales_supported": list(enabled.ui_locales),
    }


def _client_authentication(endpoints: Mapping[str, str]) -> dict[str, object]:
    """RFC 8414 section 2: the methods of each endpoint that clients authenticate at."""
    confidential = [method for method in client_metadata.AUTH_METHODS if method != "none"]
    methods = {"token": list(client_metadata.AUTH_METHODS), "revocation": list(client_metadata.AUTH_METHODS)}
    methods["introspection"] = confidential
    told: dict[str, object] = {}
    for name, supported in methods.items():
        if f"{name}_endpoint" in endpoints:
            told[f"{name}_endpoint_auth_methods_supported"] = supported
            told[f"{name}_endpoint_auth_signing_alg_values_supported"] = list(client_metadata.ASSERTION_ALGORITHMS)
    return told


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
        "trust_frameworks_supported": list(enabled.trust_frameworks),
        "claims_in_verified_claims_supported": list(identity_assurance.CLAIMS),
        "evidence_supported": list(identity_assurance.EVIDENCE),
        "documents_supported": list(enabled.documents),
        "documents_check_methods_supported": list(identity_assurance.CHECK_METHODS),
        "electronic_records_supported": list(identity_assurance.RECORDS),
    }
