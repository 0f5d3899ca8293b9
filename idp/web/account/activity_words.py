"""Audit events in a citizen's words; an event without words here is not shown to her, but stands in her data."""

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from idp.domain.oversight.viewings import VIEWED, Purpose
from idp.foundation.audit.log import Leaf
from idp.web.account.how_words import how
from idp.web.purpose_words import purpose_word
from idp.web.signin.device import device_words

SIGNED_IN: Final = "signin.completed"
HANDED_OVER: Final = "signin.handover.approved"
CONCLUDED: Final = "proofing.case.concluded"
STATUS: Final = "people.status.changed"
AUDITED: Final = ("console.audit.searched", "console.audit.exported")
SUSPICIOUS: Final = (
    "signin.",
    "recovery.",
    "sessions.browser.remembered",
    "authenticators.",
    "people.email.",
    "people.phone.",
    "people.closing.requested",
    "account.data.downloaded",
    "grants.consent.given",
    "grants.details.allowed",
    "oidc.code.issued",
    "signatures.document.signed",
)
"""What may have been somebody else, by the beginning of its name: "This wasn't me" stands beside it."""


def describe(leaf: Leaf, reader: str, service_name: Callable[[str], str]) -> str:
    """One sentence, or nothing."""
    words = _of_everything().get(leaf.name)
    if words is not None:
        return words
    if leaf.name in _of_services():
        return _of_services()[leaf.name] % {"service": service_name(str(leaf.facts.get("client", "")))}
    return _by_facts(leaf) or _of_staff(leaf, reader)


def spoken_names() -> frozenset[str]:
    """The names of all events that have words."""
    return frozenset((*_of_everything(), *_of_services(), SIGNED_IN, HANDED_OVER, CONCLUDED, STATUS, VIEWED, *AUDITED))


def _by_facts(leaf: Leaf) -> str:
    """Where the sentence depends on what is recorded."""
    if leaf.name == SIGNED_IN:
        ways = how(leaf.facts.get("methods", ()))
        return str(_("You signed in with: %(ways)s", ways=ways)) if ways else str(_("You signed in"))
    if leaf.name == HANDED_OVER:
        device = device_words(str(leaf.facts.get("device") or ""))
        return str(_("You signed in at another device: %(device)s", device=device))
    if leaf.name == CONCLUDED:
        is_approved = leaf.facts.get("verdict") == "approved"
        return str(_("A verifier approved your identity") if is_approved else _("Your identity could not be verified"))
    if leaf.name == STATUS:
        return _statuses().get(leaf.facts.get("status", ""), str(_("The state of your account was changed")))
    return ""


def _of_staff(leaf: Leaf, reader: str) -> str:
    """Nobody looks unseen: what staff did with the reader's record, and what they said it was for."""
    if leaf.name == VIEWED:
        purpose = purpose_word(Purpose(leaf.facts["purpose"]))
        reference = leaf.facts["reference"]
        return str(
            _("A member of staff opened your record: %(purpose)s (%(reference)s)", purpose=purpose, reference=reference)
        )
    if leaf.name not in AUDITED:
        return ""
    mine, others = _("You looked at what was recorded about you"), _("An auditor looked at what was recorded about you")
    return str(mine if leaf.actor == reader else others)


def _statuses() -> dict[str, str]:
    return {
        "active": _("Your account can be used"),
        "locked": _("We locked your account"),
        "reported": _("You locked your account"),
        "closing": _("Services receive nothing about you any more"),
    }


def _of_everything() -> dict[str, str]:
    """All whose words depend on nothing."""
    about_access = _of_sign_ins() | _of_handovers() | _of_sessions() | _of_recovery()
    return _plain() | _of_authenticators() | _of_contacts() | about_access


def _of_handovers() -> dict[str, str]:
    return {
        "signin.handover.refused": _("You refused to sign in at another device"),
        "signin.handover.mismatched": _("A wrong number was entered for signing in at another device"),
        "signin.handover.stopped": _("An approved sign-in at another device was stopped"),
        "signin.handover.somebody_else": _("Signing in at another device was refused: it was meant for somebody else"),
    }


def _of_contacts() -> dict[str, str]:
    """What became of addresses and telephone numbers, and of codes that are sent there."""
    return {
        "authenticators.sms.added": _("Codes by text message were added as a way to sign in"),
        "authenticators.sms.removed": _("Codes by text message were removed as a way to sign in"),
        "authenticators.sms.renamed": _("Codes by text message were given another name"),
        "people.email.added": _("An e-mail address was added"),
        "people.email.changed": _("An e-mail address was replaced"),
        "people.email.removed": _("An e-mail address was removed"),
        "people.email.preferred": _("Another e-mail address became the main one"),
        "people.email.lost": _("An e-mail address was changed without a code to the old one"),
        "people.phone.added": _("A telephone number was added"),
        "people.phone.changed": _("A telephone number was replaced"),
        "people.phone.removed": _("A telephone number was removed"),
        "people.phone.preferred": _("Another telephone number became the main one"),
        "people.phone.lost": _("A telephone number was changed without a code to the old one"),
    }


def _of_sessions() -> dict[str, str]:
    return {
        "sessions.browser.ended": _("A session was ended"),
        "sessions.browser.remembered": _("You had a browser remember you"),
        "sessions.browser.forgotten": _("Browsers that remembered you were told to forget you"),
        "sessions.browser.copied": _("A browser was forgotten, because what it remembered may have been copied"),
    }


def _of_recovery() -> dict[str, str]:
    return {
        "recovery.password.throttled": _("There were too many wrong passwords"),
        "recovery.totp.throttled": _("There were too many wrong codes"),
        "recovery.recovery_code.throttled": _("There were too many wrong codes"),
        "recovery.way.proved": _("Somebody proved in one way that the account is theirs"),
        "recovery.reclaim.begun": _("Somebody proved to staff to be you, and is about to have this account"),
        "recovery.reclaim.stopped": _("Somebody was kept from having this account"),
        "recovery.reclaim.taken": _("The account was given back after some days of waiting"),
        "recovery.account.recovered": _("The account was taken back"),
        "recovery.password.wrong": _("A wrong password was entered"),
        "recovery.totp.wrong": _("A wrong code was entered"),
        "recovery.recovery_code.wrong": _("A wrong code was entered"),
    }


def _plain() -> dict[str, str]:
    return {
        "people.record.created": _("Your account was created"),
        "people.assurance.changed": _("Your identity was verified"),
        "account.data.downloaded": _("A copy of your data was downloaded"),
        "people.closing.requested": _("You asked us to close your account"),
        "people.closing.cancelled": _("You kept your account"),
        "people.closing.ended": _("Your account was locked, so it is not being closed any more"),
        "account.intrusion.reported": _("You reported that somebody else had used your account"),
        "proofing.case.opened": _("You began to verify your identity"),
        "proofing.case.withdrawn": _("You withdrew your verification"),
        "proofing.evidence.uploaded": _("You sent a picture for your verification"),
        "proofing.evidence.erased": _("The pictures of your verification were deleted"),
        "proofing.case.submitted": _("You asked for your identity to be verified"),
        "oversight.role.granted": _("You were given a role"),
        "oversight.role.revoked": _("A role was taken from you"),
        "signatures.ceremony.viewed": _("You opened a document to sign"),
        "signatures.document.signed": _("You signed a document"),
        "signatures.document.declined": _("You declined to sign a document"),
    }


def _of_authenticators() -> dict[str, str]:
    return {
        "authenticators.password.added": _("A password was set"),
        "authenticators.password.changed": _("The password was changed"),
        "authenticators.passkey.added": _("A passkey was added"),
        "authenticators.password.removed": _("The password was removed"),
        "authenticators.passkey.cloned": _("A passkey was switched off, because there may be a copy of it"),
        "authenticators.passkey.removed": _("A passkey was removed"),
        "authenticators.passkey.renamed": _("A passkey was given another name"),
        "authenticators.totp.added": _("An authenticator app was added"),
        "authenticators.totp.removed": _("An authenticator app was removed"),
        "authenticators.totp.renamed": _("An authenticator app was given another name"),
        "authenticators.recovery_codes.issued": _("New recovery codes were made"),
        "authenticators.recovery_code.used": _("A recovery code was used"),
    }


def _of_sign_ins() -> dict[str, str]:
    return {
        "signin.refused.inactive": _("Somebody tried to sign in while the account could not be used"),
        "signin.password.throttled": _("There were too many wrong passwords"),
        "signin.totp.throttled": _("There were too many wrong codes"),
        "signin.recovery_code.throttled": _("There were too many wrong codes"),
        "signin.password.wrong": _("A wrong password was entered"),
        "signin.totp.wrong": _("A wrong code was entered"),
        "signin.recovery_code.wrong": _("A wrong code was entered"),
        "signin.sms.wrong": _("A wrong code was entered"),
    }


def _of_services() -> dict[str, str]:
    return {
        "oidc.code.issued": _("You opened %(service)s"),
        "grants.consent.given": _("You agreed to share information with %(service)s"),
        "grants.details.allowed": _("You allowed %(service)s what it asked for"),
        "grants.consent.withdrawn": _("You withdrew your consent for %(service)s"),
        "oidc.code.replayed": _("Access of %(service)s was stopped, because a code was used twice"),
        "oidc.refresh.reused": _("Access of %(service)s was stopped, because a token was used twice"),
    }
