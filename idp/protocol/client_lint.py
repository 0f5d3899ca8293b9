"""RFC 9700, https://www.rfc-editor.org/rfc/rfc9700: how well a registered client is protected, as a table of checks.

A check never refuses anything: what must not be is refused by `registration_rules`. With clauses of RFC 8252, RFC
8725, OpenID Connect Core and NIST SP 800-63B, and two of our own. Left out: what a client does at run time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from idp.protocol import client_profile, redirect_uri, scopes
from idp.protocol.client_metadata import PRIVATE_KEY_JWT, ClientMetadata
from idp.protocol.registration_policy import addresses

MOST_HOSTS: Final = 3
LEADING_ON: Final = frozenset({"url", "uri", "next", "goto", "target", "return", "return_to", "redirect", "continue"})
"""Names of parameters by which a page leads on to another one."""
NUMBERS: Final = frozenset({"tax_number", "national_id"})
BROWSER_ADDRESSES: Final = ("redirect_uris", "post_logout_redirect_uris")
CALLED_ADDRESSES: Final = ("backchannel_logout_uri", "frontchannel_logout_uri", "jwks_uri")


class Severity(IntEnum):
    """What a finding costs; the worst of them decides alone."""

    ADVICE = 3
    WEAK = 12
    SEVERE = 1000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong; `sentence` says what, why, and what to do."""

    id: str
    clause: str
    severity: Severity
    sentence: str
    found: Callable[[ClientMetadata], bool]
    in_production: bool = False
    """Whether it is wrong only for a provider that others can reach."""


GRADES: Final = ((9, "A"), (24, "B"), (45, "C"), (66, "D"), (Severity.SEVERE - 1, "E"))
WORST: Final = "F"


def findings(client: ClientMetadata, *, production: bool) -> tuple[Check, ...]:
    """What is to be said of a client, the worst first."""
    checks = (check for check in CHECKS if (production or not check.in_production) and check.found(client))
    return tuple(sorted(checks, key=lambda check: -check.severity))


def grade(found: Sequence[Check]) -> str:
    """A to E by what the findings cost together; F if one of them is severe."""
    cost = sum(check.severity for check in found)
    return next((letter for most, letter in GRADES if cost <= most), WORST)


def signs_people_in(client: ClientMetadata) -> bool:
    """Whether citizens come through it at all."""
    return "authorization_code" in client.grant_types


def _uses_a_secret(client: ClientMetadata) -> bool:
    return client.token_endpoint_auth_method.startswith("client_secret_")


def _is_bound(client: ClientMetadata) -> bool:
    either = client.dpop_bound_access_tokens or client.tls_client_certificate_bound_access_tokens
    return either or client.rules.sender_constrained


def _has_loopback_on_web(client: ClientMetadata) -> bool:
    hosts = (redirect_uri.host(uri) for name in BROWSER_ADDRESSES for uri in addresses(client, name))
    return client.application_type == "web" and any(host in redirect_uri.LOOPBACK for host in hosts)


def _is_called_without_tls(client: ClientMetadata) -> bool:
    return any(uri.startswith("http://") for name in CALLED_ADDRESSES for uri in addresses(client, name))


def _names_localhost(client: ClientMetadata) -> bool:
    hosts = (redirect_uri.host(uri) for uri in client.redirect_uris)
    return client.application_type == "native" and "localhost" in hosts


def _has_many_hosts(client: ClientMetadata) -> bool:
    return len({redirect_uri.host(uri) for uri in client.redirect_uris}) > MOST_HOSTS


def _leads_on(client: ClientMetadata) -> bool:
    return any(
        "%2a" in uri.lower() or any(name.lower() in LEADING_ON for name, _ in parse_qsl(urlsplit(uri).query))
        for uri in client.redirect_uris
    )


def _has_one_key(client: ClientMetadata) -> bool:
    return client.token_endpoint_auth_method == PRIVATE_KEY_JWT and len((client.jwks or {"keys": ()})["keys"]) == 1


def _asks_in_vain(client: ClientMetadata) -> bool:
    """Scopes of people without people, and scopes whose every claim its agreement leaves out."""
    about_people = [scope for scope in client.scope if scopes.CLAIMS_OF.get(scope)]
    if not signs_people_in(client):
        return bool(about_people)
    agreed = {"sub", *client.agreed_claims}
    return bool(client.agreed_claims) and any(agreed.isdisjoint(scopes.CLAIMS_OF[scope]) for scope in about_people)


def _has_another_sector(client: ClientMetadata) -> bool:
    return client.subject_type == "pairwise" and client.sector not in {
        redirect_uri.host(uri) for uri in client.redirect_uris
    }


def _could_keep_more(client: ClientMetadata) -> bool:
    """It does all that a stricter profile asks for, and nobody insists on it."""
    keeps = client.token_endpoint_auth_method in client_profile.ASYMMETRIC_METHODS and client.pushes_requests
    return client.profile == client_profile.STANDARD.name and keeps


CHECKS: Final = (
    Check(
        "pkce_off",
        "RFC 9700 section 2.1.1",
        Severity.SEVERE,
        "PKCE is off, so a stolen code can be used by a thief. Set require_pkce to true.",
        lambda client: signs_people_in(client) and not client.require_pkce,
    ),
    Check(
        "loopback_on_web",
        "RFC 8252 section 7.3",
        Severity.SEVERE,
        "A web service sends people to their own machine, where anybody may listen. Remove the loopback address.",
        _has_loopback_on_web,
        in_production=True,
    ),
    Check(
        "called_without_tls",
        "RFC 9700 section 2.6",
        Severity.WEAK,
        "It is called without TLS, so notices and keys can be read and changed. Use https.",
        _is_called_without_tls,
        in_production=True,
    ),
    Check(
        "leads_on",
        "RFC 9700 section 4.11.1",
        Severity.WEAK,
        "A redirect address looks as if it led on to any other one. Register a plain callback.",
        _leads_on,
    ),
    Check(
        "shared_secret",
        "RFC 9700 section 2.5",
        Severity.WEAK,
        "It proves itself by a secret that two sides keep. Register keys and use private_key_jwt.",
        _uses_a_secret,
    ),
    Check(
        "secret_in_body",
        "RFC 6749 section 2.3.1",
        Severity.ADVICE,
        "Its secret travels among the parameters, where logs catch it. Use client_secret_basic, or better a key.",
        lambda client: client.token_endpoint_auth_method == "client_secret_post",  # noqa: S105 (a registered name)
    ),
    Check(
        "public_on_web",
        "RFC 9700 section 2.5",
        Severity.WEAK,
        "A web service proves nothing about itself. Let its server hold a key.",
        lambda client: client.is_public and client.application_type == "web",
    ),
    Check(
        "public_refresh",
        "RFC 9700 section 2.2.2",
        Severity.WEAK,
        "Whoever steals a refresh token can use it. Bind tokens with DPoP (dpop_bound_access_tokens).",
        lambda client: client.is_public and "refresh_token" in client.grant_types and not _is_bound(client),
    ),
    Check(
        "unbound_tokens",
        "RFC 9700 section 2.2.1",
        Severity.WEAK,
        "Its access tokens work for whoever holds them. Bind them with DPoP or a certificate.",
        lambda client: not _is_bound(client),
    ),
    Check(
        "single_factor",
        "NIST SP 800-63B section 2",
        Severity.WEAK,
        "It is content with one factor, which can be phished. Set single_factor to false.",
        lambda client: client.single_factor,
    ),
    Check(
        "public_subjects",
        "OpenID Connect Core section 8",
        Severity.WEAK,
        "It can match people with other services that know them by the same sub. Use pairwise subjects.",
        lambda client: signs_people_in(client) and client.subject_type == "public",
    ),
    Check(
        "no_agreement",
        "OpenID Connect Core section 5.4",
        Severity.WEAK,
        "It may read a number of the state and no agreement says which claims it needs. List them in agreed_claims.",
        lambda client: not client.agreed_claims and not NUMBERS.isdisjoint(client.scope),
    ),
    Check(
        "many_hosts",
        "RFC 9700 section 4.1.1",
        Severity.WEAK,
        "Its answers go to many hosts, and the weakest decides. Register one client for each service.",
        _has_many_hosts,
    ),
    Check(
        "asks_in_vain",
        "RFC 9700 section 2.3",
        Severity.ADVICE,
        "It has scopes that it cannot use. Remove them.",
        _asks_in_vain,
    ),
    Check(
        "requests_by_browser",
        "RFC 9126 section 1",
        Severity.ADVICE,
        "Its requests travel through the browser, where they can be read and changed. Push them.",
        lambda client: signs_people_in(client) and not client.pushes_requests,
    ),
    Check(
        "rs256",
        "FAPI 2.0 Security Profile section 5.4.1",
        Severity.ADVICE,
        "Its ID tokens are signed with RS256, an old padding. Use ES256.",
        lambda client: signs_people_in(client) and client.id_token_signed_response_alg == "RS256",  # noqa: S105
    ),
    Check(
        "any_algorithm",
        "RFC 8725 section 3.1",
        Severity.ADVICE,
        "It may sign with any algorithm. Name the one that it uses in token_endpoint_auth_signing_alg.",
        lambda client: (
            client.token_endpoint_auth_method == PRIVATE_KEY_JWT and not client.token_endpoint_auth_signing_alg
        ),
    ),
    Check(
        "single_key",
        "OpenID Connect Core section 10.1.1",
        Severity.ADVICE,
        "It has one key, which cannot be changed without a pause. Register a second one, or a jwks_uri.",
        _has_one_key,
    ),
    Check(
        "names_localhost",
        "RFC 8252 section 8.3",
        Severity.ADVICE,
        "It listens at localhost, a name that can lead elsewhere. Use 127.0.0.1 and [::1].",
        _names_localhost,
    ),
    Check(
        "no_logout",
        "OpenID Connect Back-Channel Logout section 2.2",
        Severity.ADVICE,
        "It does not learn when people sign out. Register a backchannel_logout_uri.",
        lambda client: signs_people_in(client) and not client.backchannel_logout_uri,
    ),
    Check(
        "another_sector",
        "OpenID Connect Core section 8.1",
        Severity.ADVICE,
        "Its subjects are those of a host that it does not answer at. Be sure that they are meant to be shared.",
        lambda client: signs_people_in(client) and _has_another_sector(client),
    ),
    Check(
        "could_keep_more",
        "FAPI 2.0 Security Profile section 5.3.2",
        Severity.ADVICE,
        "It does what a stricter profile asks for, but is not held to it. Choose high-assurance or fapi2-security.",
        _could_keep_more,
    ),
    Check(
        "nobody_to_ask",
        "RFC 7591 section 2",
        Severity.ADVICE,
        "Nobody can be told of an incident. Name contacts.",
        lambda client: not client.contacts,
    ),
    Check(
        "no_policy",
        "RFC 7591 section 2",
        Severity.ADVICE,
        "People cannot read what happens with their data. Give a policy_uri.",
        lambda client: signs_people_in(client) and not client.policy_uri,
    ),
    Check(
        "no_purpose",
        "RFC 7591 section 2",
        Severity.ADVICE,
        "People are not told why it asks, or for whom. Give a purpose and an agency.",
        lambda client: signs_people_in(client) and not (client.purpose and client.agency),
    ),
)
