"""What a client's metadata says, in the reader's words: every member, its value, and what is to be said of it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.journeys.console.registrations import Reason
from idp.protocol.client_metadata import LOCALISED, ClientMetadata
from idp.protocol.registration_policy import Policy
from idp.web.claim_words import label as claim_label
from idp.web.claim_words import listed

NOTHING: Final = "\N{EN DASH}"
LABELS: Final = {
    "client_name": _l("Name"),
    "localised_names": _l("Name in other languages"),
    "agency": _l("Agency"),
    "localised_agencies": _l("Agency in other languages"),
    "purpose": _l("Purpose"),
    "localised_purposes": _l("Purpose in other languages"),
    "application_type": _l("Where it runs"),
    "redirect_uris": _l("Where answers go"),
    "post_logout_redirect_uris": _l("Where people go after signing out"),
    "request_uris": _l("Where its requests can be fetched"),
    "grant_types": _l("How it gets tokens"),
    "response_types": _l("What it is answered with"),
    "token_endpoint_auth_method": _l("How it proves itself"),
    "token_endpoint_auth_signing_alg": _l("Its signature algorithm"),
    "jwks": _l("Its public keys"),
    "jwks_uri": _l("Where its public keys are"),
    "scope": _l("What it may ask for"),
    "agreed_claims": _l("What its agreement names"),
    "authorization_details_types": _l("Special permissions it may ask for"),
    "default_acr_values": _l("Assurance it needs"),
    "default_max_age": _l("Seconds before people sign in again"),
    "single_factor": _l("Content with one factor"),
    "require_pushed_authorization_requests": _l("Pushes its requests"),
    "require_signed_request_object": _l("Signs its requests"),
    "id_token_signed_response_alg": _l("Signature of ID tokens"),
    "dpop_bound_access_tokens": _l("Tokens bound to a key"),
    "tls_client_certificate_bound_access_tokens": _l("Tokens bound to a certificate"),
    "resources": _l("Services it answers for"),
    "subject_type": _l("How it knows people again"),
    "sector_identifier_uri": _l("With whom it shares that"),
    "backchannel_logout_uri": _l("Where it learns of sign-outs"),
    "frontchannel_logout_uri": _l("Where browsers tell it of sign-outs"),
    "initiate_login_uri": _l("Where a sign-in can be begun"),
    "logo_uri": _l("Logo"),
    "policy_uri": _l("Privacy page"),
    "tos_uri": _l("Terms"),
    "client_uri": _l("Website"),
    "contacts": _l("Contacts"),
    "software_id": _l("Software"),
    "software_version": _l("Version of the software"),
    "require_pkce": _l("Protects codes with PKCE"),
    "profile": _l("Profile"),
    "signing": _l("May have documents signed"),
}
VALUES: Final[Mapping[str, Mapping[object, object]]] = {
    "application_type": {"web": _l("On a server"), "native": _l("On people's own devices")},
    "grant_types": {
        "authorization_code": _l("people sign in"),
        "refresh_token": _l("it comes back while they are away"),
        "client_credentials": _l("it asks for itself"),
    },
    "token_endpoint_auth_method": {
        "client_secret_basic": _l("With a secret"),
        "client_secret_post": _l("With a secret among the parameters"),
        "client_secret_jwt": _l("With a signature by a secret"),
        "private_key_jwt": _l("With a signature by its own key"),
        "tls_client_auth": _l("With a certificate"),
        "self_signed_tls_client_auth": _l("With a certificate of its own"),
        "none": _l("Not at all"),
    },
    "subject_type": {
        "pairwise": _l("By a name that no other service knows"),
        "public": _l("By a name that other services know too"),
    },
}
FREEDOMS: Final = {
    "public_client": _l("a client that proves nothing about itself"),
    "public_subjects": _l("names that other services know too"),
    "no_pkce": _l("codes without PKCE"),
    "single_factor": _l("one factor"),
    "signing": _l("having documents signed"),
    "resource_server": _l("answering for a service"),
}


def label(member: str) -> str:
    """The member's name for a reader; the member itself if there is no word for it."""
    name, _sign, language = member.partition("#")
    word = str(LABELS.get(name, name))
    return f"{word} ({language})" if language else word


def record(client: ClientMetadata) -> Iterator[tuple[str, str]]:
    """Every member that says something, with its value, in the order of the table; the rest after it."""
    document = client.document()
    known = [member for member in LABELS if member in document]
    rest = [member for member in document if member not in LABELS and member != "client_id"]
    for member in (*known, *rest):
        if document[member] not in ([], {}):
            yield member, value(member, getattr(client, member, document[member]))


def value(member: str, held: Any) -> str:
    """A member's value for a reader."""
    if held in ("", (), None, {}):
        return NOTHING
    if isinstance(held, bool):
        return str(_("yes") if held else _("no"))
    if member in ("scope", "agreed_claims"):
        return listed(claim_label(one) for one in held)
    if member == "jwks":
        return listed(f"{key.get('kty')} {key.get('crv', '')} {key.get('kid', '')}".strip() for key in held["keys"])
    if member in LOCALISED:
        return listed(f"{name} ({language})" for language, name in held.items())
    known = VALUES.get(member, {})
    return listed(str(known.get(one, one)) for one in held) if isinstance(held, tuple) else str(known.get(held, held))


def changes(file: Any) -> list[tuple[str, str, str]]:
    """Member, what is registered, what is asked for."""
    return [
        (member, value(member, getattr(file.client.metadata, member)), value(member, getattr(file.proposed, member)))
        for member in file.changes
    ]


def allowed(policy: Policy) -> list[tuple[str, str]]:
    """What an invitation allows."""
    return [
        (str(_("Agency")), policy.agency),
        (str(_("Profile")), listed(policy.profiles)),
        (str(_("What it may ask for")), value("scope", policy.scopes)),
        (str(_("Hosts")), listed(policy.hosts) or NOTHING),
        (str(_("Also")), listed(str(FREEDOMS.get(one, one)) for one in policy.freedoms) or NOTHING),
    ]


def refusal_reasons() -> list[tuple[str, str]]:
    """Why a registration is refused."""
    return [
        (Reason.NOT_AGREED.value, _("It asks for more than the agreement with the agency allows")),
        (Reason.ADDRESSES.value, _("An address or a name is not known to be the agency's")),
        (Reason.INCOMPLETE.value, _("Something that people must be told is missing or unclear")),
        (Reason.WEAK.value, _("It is not protected well enough")),
        (Reason.ON_REQUEST.value, _("The agency asked for it")),
    ]
