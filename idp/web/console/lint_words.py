"""What protocol.client_lint says of a client, in the reader's language. The command line says it in English."""

from typing import Final

from flask_babel import lazy_gettext as _l

from idp.protocol.client_lint import Check, Severity

SENTENCES: Final = {
    "pkce_off": _l("PKCE is off, so a stolen code can be used by a thief. Set require_pkce to true."),
    "loopback_on_web": _l(
        "A web service sends people to their own machine, where anybody may listen. Remove the loopback address."
    ),
    "called_without_tls": _l("It is called without TLS, so notices and keys can be read and changed. Use https."),
    "leads_on": _l("A redirect address looks as if it led on to any other one. Register a plain callback."),
    "shared_secret": _l("It proves itself by a secret that two sides keep. Register keys and use private_key_jwt."),
    "secret_in_body": _l(
        "Its secret travels among the parameters, where logs catch it. Use client_secret_basic, or better a key."
    ),
    "public_on_web": _l("A web service proves nothing about itself. Let its server hold a key."),
    "public_refresh": _l(
        "Whoever steals a refresh token can use it. Bind tokens with DPoP (dpop_bound_access_tokens)."
    ),
    "unbound_tokens": _l("Its access tokens work for whoever holds them. Bind them with DPoP or a certificate."),
    "single_factor": _l("It is content with one factor, which can be phished. Set single_factor to false."),
    "public_subjects": _l(
        "It can match people with other services that know them by the same sub. Use pairwise subjects."
    ),
    "no_agreement": _l(
        "It may read a number of the state and no agreement says which claims it needs. List them in agreed_claims."
    ),
    "many_hosts": _l("Its answers go to many hosts, and the weakest decides. Register one client for each service."),
    "asks_in_vain": _l("It has scopes that it cannot use. Remove them."),
    "requests_by_browser": _l(
        "Its requests travel through the browser, where they can be read and changed. Push them."
    ),
    "rs256": _l("Its ID tokens are signed with RS256, an old padding. Use ES256."),
    "any_algorithm": _l(
        "It may sign with any algorithm. Name the one that it uses in token_endpoint_auth_signing_alg."
    ),
    "single_key": _l("It has one key, which cannot be changed without a pause. Register a second one, or a jwks_uri."),
    "names_localhost": _l("It listens at localhost, a name that can lead elsewhere. Use 127.0.0.1 and [::1]."),
    "no_logout": _l("It does not learn when people sign out. Register a backchannel_logout_uri."),
    "another_sector": _l(
        "Its subjects are those of a host that it does not answer at. Be sure that they are meant to be shared."
    ),
    "could_keep_more": _l(
        "It does what a stricter profile asks for, but is not held to it. Choose high-assurance or fapi2-security."
    ),
    "nobody_to_ask": _l("Nobody can be told of an incident. Name contacts."),
    "no_policy": _l("People cannot read what happens with their data. Give a policy_uri."),
    "no_purpose": _l("People are not told why it asks, or for whom. Give a purpose and an agency."),
}
SEVERITIES: Final = {
    Severity.SEVERE: (_l("Severe"), "danger"),
    Severity.WEAK: (_l("Weak"), "warning"),
    Severity.ADVICE: (_l("Advice"), "info"),
}
KINDS: Final = {"A": "success", "B": "success", "C": "info", "D": "warning"}


def sentence(check: Check) -> str:
    """What, why, and what to do; in English if there are no words for it yet."""
    return str(SENTENCES.get(check.id, check.sentence))


def severity(check: Check) -> tuple[str, str]:
    """A word, and the kind of its tag."""
    word, kind = SEVERITIES[check.severity]
    return str(word), kind


def kind(grade: str) -> str:
    """The kind of a grade's tag."""
    return KINDS.get(grade, "danger")
