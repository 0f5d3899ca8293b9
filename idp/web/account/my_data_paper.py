"""The copy to read: sections in the reader's language, for the PDF."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from idp.foundation.paper.sheet import Section
from idp.journeys.account.my_data import Copy
from idp.protocol.claims import select
from idp.web.account.activity_words import describe
from idp.web.claim_words import label, listed, spoken
from idp.web.locale import day, moment

Facts = list[tuple[str, str]]
NEW_GROUP = ("", "")
MOST_EVENTS = 500
"""What is older is in the JSON."""


def paper(copy: Copy, service_name: Callable[[str], str]) -> Sequence[Section]:
    """Section by section. `service_name` turns a client_id into what a reader calls the service."""
    made = Section(_("About this copy"), [(_("Made"), _when(copy.made_at)), (_("Identifier"), copy.person.id)])
    sections = [
        made,
        Section(_("Your details"), _details(copy)),
        Section(_("How your identity was verified"), _verifications(copy)),
        Section(_("Ways to sign in"), _ways(copy)),
        Section(_("Where you were signed in"), _sessions(copy, service_name)),
        Section(_("Browsers that remember you"), _remembering(copy)),
        Section(_("Your services"), _services(copy, service_name)),
        Section(_("What you signed"), _signatures(copy, service_name)),
        Section(_("Your verification cases"), _cases(copy)),
        Section(_("What happened"), _activity(copy, service_name)),
    ]
    nothing = [_("Nothing is held here.")]
    return [one if one.facts else Section(one.heading, remarks=nothing) for one in sections]


def _details(copy: Copy) -> Facts:
    vouch = {
        "person": _("you"),
        "register": _("the population register"),
        "proofing": _("your verification"),
        "import": _("another system"),
    }
    facts = [(_("Account created"), _when(copy.person.created_at))]
    for name in sorted(copy.attributes):
        if not name.endswith("_verified"):
            source, since = copy.sources[name]
            said = listed((vouch.get(source, source), _day(since)))
            facts.append((label(name), f"{spoken(copy.attributes[name])} ({said})"))
    kinds = {"username": label("preferred_username"), "email": label("email"), "phone": label("phone_number")}
    facts += [
        (
            kinds.get(one.kind, label(one.kind)),
            one.value if one.verified_at else _("%(value)s (not proven)", value=one.value),
        )
        for one in copy.identifiers
        if one.kind in kinds
    ]
    return facts


def _verifications(copy: Copy) -> Facts:
    words = _words()
    return _groups(
        [
            (_("Verified"), _when(kept.at)),
            (_("Level"), words.level(kept.level.word)),
            (_("Rules"), kept.verification.trust_framework),
            (_("What was verified"), listed(map(label, kept.verification.claims))),
            *(
                (_("Evidence"), listed(filter(None, (one.kind, one.number, one.issuer, one.country, one.expires_on))))
                for one in kept.verification.evidence
            ),
        ]
        for kept in copy.verifications
    )


def _ways(copy: Copy) -> Facts:
    kinds = {"password": _("Password"), "passkey": _("Passkey"), "totp": _("Authenticator app")}
    facts = _groups(
        [
            (_("Kind"), kinds.get(one.method, one.method)),
            *([(_("Name"), one.label)] if one.label else []),
            (_("Added"), _when(one.created_at)),
            *([(_("Last used"), _when(one.last_used_at))] if one.last_used_at else []),
        ]
        for one in copy.authenticators
    )
    return [*facts, NEW_GROUP, (_("Recovery codes left"), str(copy.recovery_codes_left))]


def _sessions(copy: Copy, service_name: Callable[[str], str]) -> Facts:
    return _groups(
        [
            (_("Device"), visit.device or _("Unknown device")),
            (_("Signed in"), _when(visit.created_at)),
            (_("Last used"), _when(visit.last_seen_at)),
            *([(_("Services"), listed(map(service_name, visit.services)))] if visit.services else []),
        ]
        for visit in copy.visits
    )


def _remembering(copy: Copy) -> Facts:
    return _groups(
        [
            (_("Device"), one.device or _("Unknown device")),
            (_("Remembers you since"), _when(one.created_at)),
            (_("Last used"), _when(one.last_used_at)),
            (_("Remembers you until"), _when(one.expires_at)),
        ]
        for one in copy.remembering
    )


def _services(copy: Copy, service_name: Callable[[str], str]) -> Facts:
    groups = []
    for one in copy.consents:
        use, receives = copy.uses.get(one.client_id), select(one.allowed, copy.told)
        told = [f"{label(name)}: {spoken(value)}" for name, value in receives.items() if not name.endswith("_verified")]
        ended = [(_("Consent withdrawn"), _when(one.withdrawn_at))] if one.withdrawn_at else []
        used = [(_("Last used"), _when(use.opened_at))] if use and use.opened_at else []
        receiving = [] if ended else [(_("Receives"), listed(told) or label("openid"))]
        groups.append(
            [(_("Service"), service_name(one.client_id)), (_("Since"), _when(one.given_at)), *used, *receiving, *ended]
        )
    return _groups(groups)


def _signatures(copy: Copy, service_name: Callable[[str], str]) -> Facts:
    states = {"signed": _("Signed"), "declined": _("Declined"), "expired": _("Expired"), "cancelled": _("Cancelled")}
    return _groups(
        [
            (_("Document"), one.title),
            (_("Service"), service_name(one.client_id)),
            (_("State"), states.get(one.status.value, _("Open"))),
            (_("Time"), _when(one.ended_at or one.created_at)),
            (_("Fingerprint (SHA-256)"), one.signed_sha256 or one.document_sha256),
        ]
        for one in copy.signatures
    )


def _cases(copy: Copy) -> Facts:
    words = _words()
    return _groups(
        [
            (_("Reference"), one.case.reference),
            (_("State"), words.state(one.case.state.value)),
            (_("Level"), words.level(one.case.level.word)),
            (_("Begun"), _when(one.case.opened_at)),
            *([(_("Decided"), _when(one.case.decided_at))] if one.case.decided_at else []),
            *((_("Reason"), words.reason(reason)) for reason in one.reasons),
            (
                _("What you typed"),
                listed(filter(None, (one.typed.given_name, one.typed.family_name, *_document(one.typed)))),
            ),
            (_("Pictures that we hold"), str(len(one.pictures))),
        ]
        for one in copy.cases
    )


def _document(typed: Any) -> tuple[str, ...]:
    return (typed.birthdate, typed.document_number, typed.expires_on, typed.issuing_state)


def _activity(copy: Copy, service_name: Callable[[str], str]) -> Facts:
    described = ((leaf, describe(leaf, copy.person.id, service_name)) for leaf in copy.events)
    told = [(_when(leaf.at), words) for leaf, words in described if words]
    return told[:MOST_EVENTS]


def _groups(groups: Iterable[Facts]) -> Facts:
    return [fact for group in groups for fact in (NEW_GROUP, *group)][1:]


def _words() -> Any:
    return current_app.jinja_env.get_template("proofing/words.html").make_module()


def _when(at: int) -> str:
    return str(moment(at).striptags())


def _day(at: int) -> str:
    return str(day(at).striptags())
