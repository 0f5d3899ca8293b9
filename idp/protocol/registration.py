"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: client metadata, checked once when registered.

What a client is stands in client_metadata, what must agree in registration_rules. Members we do not know are ignored;
those whose silent loss would weaken a client are refused. What stands in a request besides is in registration_request,
a software statement in software_statement. Left out: encryption.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from idp.foundation.refusal import Refusal
from idp.protocol import client_metadata, client_profile, scopes
from idp.protocol import registration_values as values
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, INVALID_REDIRECT_URI, OAuthError
from idp.protocol.registration_rules import RULES

UNSUPPORTED: Final = (
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
)
"""Whoever asks for one of these must not believe to have it.

OpenID Connect Dynamic Client Registration 1.0 section 2, JARM section 3 and RFC 9701 section 6.
"""


def parse_metadata(document: Mapping[str, object]) -> ClientMetadata:
    """The client that `document` (JSON, with `client_id`) registers.

    Raises OAuthError(invalid_client_metadata), or (invalid_redirect_uri) when only redirect URIs are wrong; the reason
    lists every fault, and `facts["faults"]` holds them one by one.
    """
    read, faults = _read(document)
    faults += [f"{name} is not supported." for name in UNSUPPORTED if document.get(name)]
    client = None if faults else ClientMetadata(**read)
    faults += [fault for rule in RULES if client and (fault := rule(client))]
    if client is None or faults:
        raise _refused(faults)
    return client


def faults_of(refused: Refusal) -> tuple[str, ...]:
    """What `parse_metadata` found wrong, one by one."""
    faults = refused.facts.get("faults")
    return faults if isinstance(faults, tuple) else (refused.reason,)


def name_of(document: Mapping[str, object]) -> str:
    """What a client calls itself whose registration is refused; empty if not even that can be read."""
    try:
        return str(READERS["client_name"](document.get("client_name")))
    except values.WrongValue:
        return ""


def _refused(faults: list[str]) -> OAuthError:
    only_redirects = all(fault.startswith("redirect_uris") for fault in faults)
    code = INVALID_REDIRECT_URI if only_redirects else INVALID_CLIENT_METADATA
    return OAuthError(code, " ".join(faults), faults=tuple(faults))


def _read(document: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """Each member through its reader, and the faults; null counts as absent (RFC 7591 section 2)."""
    read: dict[str, Any] = {}
    faults: list[str] = []
    for name, reader in READERS.items():
        value = document.get(name)
        if value is None:
            continue
        try:
            read[name] = reader(value)
        except values.WrongValue as error:
            faults += [f"{name} {sentence}." for sentence in error.sentences]
    if "client_id" not in read and not faults:
        faults.append("client_id is missing.")
    return _with_defaults(read, document), faults


def _with_defaults(read: dict[str, Any], document: Mapping[str, object]) -> dict[str, Any]:
    code = "authorization_code" in read.get("grant_types", ("authorization_code",))
    defaults = {
        "response_types": client_metadata.RESPONSE_TYPES if code else (),
        "scope": scopes.DEFAULT if code else (),
    }
    localised = {held: values.localised(name, document) for held, name in client_metadata.LOCALISED.items()}
    return {**defaults, **read, **localised}


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "client_id": values.client_id,
    "client_name": values.text(200),
    "redirect_uris": values.uris,
    "post_logout_redirect_uris": values.uris,
    "grant_types": values.choices(client_metadata.GRANT_TYPES),
    "response_types": values.choices(client_metadata.RESPONSE_TYPES),
    "token_endpoint_auth_method": values.choice(client_metadata.AUTH_METHODS),
    "token_endpoint_auth_signing_alg": values.choice(
        (*client_metadata.ASSERTION_ALGORITHMS, *client_metadata.SECRET_ALGORITHMS)
    ),
    "jwks": values.jwks,
    "jwks_uri": values.uri,
    "application_type": values.choice(client_metadata.APPLICATION_TYPES),
    "request_uris": values.request_uris,
    "tls_client_auth_subject_dn": values.text(300),
    "tls_client_auth_san_dns": values.text(253),
    "tls_client_auth_san_uri": values.text(300),
    "tls_client_auth_san_ip": values.text(45),
    "tls_client_auth_san_email": values.text(254),
    "agreed_claims": values.texts,
    "authorization_details_types": values.texts,
    "single_factor": values.boolean,
    "require_pushed_authorization_requests": values.boolean,
    "require_signed_request_object": values.boolean,
    "request_object_signing_alg": values.choice(client_metadata.ASSERTION_ALGORITHMS),
    "authorization_signed_response_alg": values.choice(client_metadata.ID_TOKEN_ALGORITHMS),
    "userinfo_signed_response_alg": values.choice(client_metadata.ID_TOKEN_ALGORITHMS),
    "introspection_signed_response_alg": values.choice(client_metadata.ID_TOKEN_ALGORITHMS),
    "dpop_bound_access_tokens": values.boolean,
    "tls_client_certificate_bound_access_tokens": values.boolean,
    "resources": values.uris,
    "access_token_format": values.choice(client_metadata.ACCESS_TOKEN_FORMATS),
    "frontchannel_logout_uri": values.uri,
    "frontchannel_logout_session_required": values.boolean,
    "software_id": values.text(200),
    "software_version": values.text(200),
    "scope": values.scope,
    "default_acr_values": values.texts,
    "default_max_age": values.seconds,
    "id_token_signed_response_alg": values.choice(client_metadata.ID_TOKEN_ALGORITHMS),
    "subject_type": values.choice(client_metadata.SUBJECT_TYPES),
    "sector_identifier_uri": values.uri,
    "backchannel_logout_uri": values.uri,
    "backchannel_logout_session_required": values.boolean,
    "initiate_login_uri": values.uri,
    "logo_uri": values.uri,
    "policy_uri": values.uri,
    "tos_uri": values.uri,
    "client_uri": values.uri,
    "contacts": values.texts,
    "require_pkce": values.boolean,
    "profile": values.choice(tuple(client_profile.PROFILES)),
    "agency": values.text(200),
    "purpose": values.text(300),
    "signing": values.boolean,
}
