"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: what must agree between a client's metadata.

Each rule takes a client whose members are each well formed and gives a sentence, or None. The secret that comes beside
the metadata has a rule of its own. Left out: values by themselves, which are in `registration_values`.
"""

import re
from ipaddress import ip_address
from typing import Final

from idp.protocol import client_profile, frontchannel_logout, mutual_tls, redirect_uri, token_exchange
from idp.protocol.client_metadata import (
    CLIENT_SECRET_JWT,
    PRIVATE_KEY_JWT,
    SECRET_ALGORITHMS,
    SELF_SIGNED_TLS,
    TLS_CLIENT_AUTH,
    ClientMetadata,
)

LONGEST_SECRET: Final = 512
_HMAC_SECRET = re.compile(rf"[\x21-\x7E]{{32,{LONGEST_SECRET}}}")


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
    """RFC 6749 section 4.4, and ours of RFC 8693 section 2.1: who exchanges tokens says who it is."""
    needing = {"client_credentials", token_exchange.GRANT_TYPE} & set(client.grant_types)
    if client.is_public and needing:
        return f"grant_types {min(needing)} needs a token_endpoint_auth_method other than none."
    return None


def public_clients_use_pkce(client: ClientMetadata) -> str | None:
    """RFC 9700 section 2.1.1."""
    return "require_pkce cannot be false for a public client." if client.is_public and not client.require_pkce else None


def assertions_need_keys(client: ClientMetadata) -> str | None:
    """OpenID Connect Core section 9."""
    if client.token_endpoint_auth_method == PRIVATE_KEY_JWT and client.jwks is None and not client.jwks_uri:
        return "jwks is missing; private_key_jwt needs the client's public keys (or jwks_uri)."
    return None


def signed_requests_need_keys(client: ClientMetadata) -> str | None:
    """RFC 9101 section 6.2."""
    if client.signs_requests and client.jwks is None and not client.jwks_uri:
        return "jwks is missing; signed authorization requests need the client's public keys (or jwks_uri)."
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


def documents_come_by_https(client: ClientMetadata) -> str | None:
    """Registration 1.0 sections 2 and 5: what we fetch and rely on, nobody on the way may change."""
    fetched = {"jwks_uri": client.jwks_uri, "sector_identifier_uri": client.sector_identifier_uri}
    plain = [name for name, uri in fetched.items() if uri and not uri.startswith("https://")]
    return f"{' and '.join(plain)} must be https." if plain else None


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


def fault_of_secret(client: ClientMetadata, secret: object) -> str | None:
    """What is wrong with the `client_secret` that comes with a registration, or with its absence.

    RFC 7518 section 3.2: a secret that HS256 is made with has 32 octets or more.
    """
    needed = client.token_endpoint_auth_method in client_profile.SECRET_METHODS
    if secret is None:
        return "client_secret is missing." if needed else None
    if not isinstance(secret, str) or not 0 < len(secret) <= LONGEST_SECRET:
        return f"client_secret is not a text of 1 to {LONGEST_SECRET} characters."
    if client.token_endpoint_auth_method == CLIENT_SECRET_JWT and not _HMAC_SECRET.fullmatch(secret):
        return "client_secret is not one of 32 or more ASCII characters without spaces, as client_secret_jwt needs it."
    return None


def an_issued_certificate_has_one_name(client: ClientMetadata) -> str | None:
    """RFC 8705 section 2.1.2: by exactly one name is a certificate known."""
    registered = [name for name in mutual_tls.NAMES if getattr(client, name)]
    if client.token_endpoint_auth_method == TLS_CLIENT_AUTH and len(registered) != 1:
        return f"tls_client_auth needs exactly one of {', '.join(mutual_tls.NAMES)}."
    if registered and client.token_endpoint_auth_method != TLS_CLIENT_AUTH:
        return f"{', '.join(registered)} belongs to the token_endpoint_auth_method tls_client_auth."
    return None


def names_of_certificates_can_be_compared(client: ClientMetadata) -> str | None:
    """RFC 8705 section 2.1.2: RFC 4514 for a subject, RFC 4632 and RFC 5952 for an address."""
    subject, address = client.tls_client_auth_subject_dn, client.tls_client_auth_san_ip
    if subject and not mutual_tls.is_distinguished_name(subject):
        return "tls_client_auth_subject_dn is not a name as RFC 4514 writes it, such as CN=agency,O=Revenue,C=XA."
    try:
        ip_address(address or "127.0.0.1")
    except ValueError:
        return "tls_client_auth_san_ip is not an IP address."
    return None


def own_certificates_need_keys(client: ClientMetadata) -> str | None:
    """RFC 8705 section 2.2.2."""
    if client.token_endpoint_auth_method == SELF_SIGNED_TLS and client.jwks is None and not client.jwks_uri:
        return "jwks is missing; self_signed_tls_client_auth needs the public keys of the certificates (or jwks_uri)."
    return None


def front_channel_logout_stays_at_the_service(client: ClientMetadata) -> str | None:
    """OpenID Connect Front-Channel Logout 1.0 section 2."""
    if not client.frontchannel_logout_uri or frontchannel_logout.origin_is_its_own(client):
        return None
    return "frontchannel_logout_uri needs the scheme, host and port of one of the redirect_uris."


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
    signed_requests_need_keys,
    pairwise_needs_one_sector,
    one_source_of_keys,
    documents_come_by_https,
    the_algorithm_fits_the_method,
    the_profile_allows_the_method,
    the_profile_allows_the_algorithms,
    the_profile_needs_pkce,
    bound_to_one_kind_of_key,
    an_issued_certificate_has_one_name,
    names_of_certificates_can_be_compared,
    own_certificates_need_keys,
    front_channel_logout_stays_at_the_service,
    a_login_is_initiated_by_https,
)
