"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: what must agree between a client's metadata.

Each rule takes a client whose members are each well formed and gives a sentence, or None. Left out: values by
themselves, which are in `registration_values`.
"""

from typing import Final

from idp.protocol import redirect_uri
from idp.protocol.client_metadata import CLIENT_SECRET_JWT, PRIVATE_KEY_JWT, SECRET_ALGORITHMS, ClientMetadata


def code_clients_have_a_redirect_uri(client: ClientMetadata) -> str | None:
    """OpenID Connect Registration section 2: `redirect_uris` is required for the code flow."""
    missing = "authorization_code" in client.grant_types and not client.redirect_uris
    return "redirect_uris is missing; the authorization_code grant needs one." if missing else None


def grants_and_responses_agree(client: ClientMetadata) -> str | None:
    """RFC 7591 section 2.1."""
    if ("code" in client.response_types) == ("authorization_code" in client.grant_types):
        return None
    return "response_types code and grant_types authorization_code belong together."


def refresh_needs_a_code(client: ClientMetadata) -> str | None:
    """There is nothing to refresh without a code (client credentials are asked again, RFC 6749 section 4.4.3)."""
    alone = "refresh_token" in client.grant_types and "authorization_code" not in client.grant_types
    return "grant_types refresh_token needs authorization_code." if alone else None


def client_credentials_need_credentials(client: ClientMetadata) -> str | None:
    """RFC 6749 section 4.4."""
    if client.is_public and "client_credentials" in client.grant_types:
        return "grant_types client_credentials needs a token_endpoint_auth_method other than none."
    return None


def public_clients_use_pkce(client: ClientMetadata) -> str | None:
    """RFC 9700 section 2.1.1."""
    return "require_pkce cannot be false for a public client." if client.is_public and not client.require_pkce else None


def assertions_need_keys(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 9."""
    if client.token_endpoint_auth_method == PRIVATE_KEY_JWT and client.jwks is None and not client.jwks_uri:
        return "jwks is missing; private_key_jwt needs the client's public keys (or jwks_uri)."
    return None


def pairwise_needs_one_sector(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 8.1."""
    hosts = {redirect_uri.host(uri) for uri in client.redirect_uris}
    if client.subject_type == "pairwise" and not client.sector_identifier_uri and len(hosts) > 1:
        return "sector_identifier_uri is missing; it says which of several redirect hosts stands for the service."
    return None


def one_source_of_keys(client: ClientMetadata) -> str | None:
    """RFC 7591 section 2: `jwks` and `jwks_uri` must not both be present."""
    return "jwks and jwks_uri exclude each other." if client.jwks is not None and client.jwks_uri else None


def the_algorithm_fits_the_method(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 9: HS256 is made with a secret, the others with a key."""
    by_secret = client.token_endpoint_auth_signing_alg in SECRET_ALGORITHMS
    if client.token_endpoint_auth_signing_alg and by_secret != (client.token_endpoint_auth_method == CLIENT_SECRET_JWT):
        return "token_endpoint_auth_signing_alg is not one of this token_endpoint_auth_method."
    return None


def the_profile_allows_the_method(client: ClientMetadata) -> str | None:
    """FAPI 2.0 Security Profile section 5.3.2.1, item 6."""
    if client.token_endpoint_auth_method in client.rules.auth_methods:
        return None
    return f"profile {client.profile} needs a token_endpoint_auth_method of {', '.join(client.rules.auth_methods)}."


def the_profile_allows_the_algorithms(client: ClientMetadata) -> str | None:
    """FAPI 2.0 Security Profile section 5.4.1: by the client, and by us for it."""
    signed = (
        client.token_endpoint_auth_signing_alg,
        client.request_object_signing_alg,
        client.id_token_signed_response_alg if "openid" in client.scope else "",
        client.authorization_signed_response_alg,
        client.userinfo_signed_response_alg,
        client.introspection_signed_response_alg,
    )
    wrong = sorted({name for name in signed if name} - {*client.rules.algorithms, *SECRET_ALGORITHMS})
    return f"profile {client.profile} does not allow the algorithm {', '.join(wrong)}." if wrong else None


def the_profile_needs_pkce(client: ClientMetadata) -> str | None:
    """FAPI 2.0 Security Profile section 5.3.2.2, item 5."""
    if client.rules.pushed and not client.require_pkce:
        return f"require_pkce cannot be false in profile {client.profile}."
    return None


def bound_to_one_kind_of_key(client: ClientMetadata) -> str | None:
    """RFC 9449 section 5.2 and RFC 8705 section 3.4: each says that its kind is always used."""
    both = client.dpop_bound_access_tokens and client.tls_client_certificate_bound_access_tokens
    return (
        "dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens exclude each other." if both else None
    )


def a_login_is_initiated_by_https(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 4: `initiate_login_uri` must use the https scheme, on a loopback host too."""
    wrong = client.initiate_login_uri and not client.initiate_login_uri.startswith("https://")
    return "initiate_login_uri must be https." if wrong else None


RULES: Final = (
    code_clients_have_a_redirect_uri,
    grants_and_responses_agree,
    refresh_needs_a_code,
    client_credentials_need_credentials,
    public_clients_use_pkce,
    assertions_need_keys,
    pairwise_needs_one_sector,
    one_source_of_keys,
    the_algorithm_fits_the_method,
    the_profile_allows_the_method,
    the_profile_allows_the_algorithms,
    the_profile_needs_pkce,
    bound_to_one_kind_of_key,
    a_login_is_initiated_by_https,
)
