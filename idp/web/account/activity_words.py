"""Audit events in a citizen's words; an event without words here is not shown to her."""

from collections.abc import Callable

from flask_babel import gettext as _

from idp.domain.oversight.viewings import VIEWED, Purpose
from idp.foundation.audit.log import Leaf
from idp.web.purpose_words import purpose_word
from idp.web.signin.device import device_words


def describe(leaf: Leaf, reader: str, service_name: Callable[[str], str]) -> str:
    """One sentence, or nothing."""
    words = (_plain() | _of_sign_ins()).get(leaf.name)
    if words is not None:
        return words
    if leaf.name == "signin.handover.approved":
        device = device_words(str(leaf.facts.get("device") or ""))
        return str(_("You signed in at another device: %(device)s", device=device))
    client = leaf.facts.get("client")
    if isinstance(client, str) and leaf.name in _of_services():
        return _of_services()[leaf.name] % {"service": service_name(client)}
    return _of_staff(leaf) if leaf.actor != reader else ""


def _of_staff(leaf: Leaf) -> str:
    """Nobody looks unseen: what staff did with the reader's record, and what they said it was for."""
    if leaf.name == VIEWED:
        purpose = purpose_word(Purpose(leaf.facts["purpose"]))
        reference = leaf.facts["reference"]
        return str(
            _("A member of staff opened your record: %(purpose)s (%(reference)s)", purpose=purpose, reference=reference)
        )
    if leaf.name in ("console.audit.searched", "console.audit.exported"):
        return str(_("An auditor looked at what was recorded about you"))
    return ""


def _plain() -> dict[str, str]:
    return {
        "people.record.created": _("Your account was created"),
        "people.assurance.changed": _("Your identity was verified"),
        "people.status.changed": _("The state of your account was changed"),
        "account.data.downloaded": _("A copy of your data was downloaded"),
        "people.closing.requested": _("You asked us to close your account"),
        "people.closing.cancelled": _("You kept your account"),
        "people.closing.ended": _("Your account was locked, so it is not being closed any more"),
        "recovery.way.proved": _("Somebody proved in one way that the account is theirs"),
        "recovery.account.recovered": _("The account was taken back"),
        "recovery.password.wrong": _("A wrong password was entered"),
        "recovery.totp.wrong": _("A wrong code was entered"),
        "recovery.recovery_code.wrong": _("A wrong code was entered"),
        "account.intrusion.reported": _("You reported that somebody else had used your account"),
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
        "proofing.case.submitted": _("You asked for your identity to be verified"),
        "proofing.case.approved": _("A verifier approved your identity"),
        "proofing.case.refused": _("Your identity could not be verified"),
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
        "oversight.role.granted": _("You were given a role"),
        "oversight.role.revoked": _("A role was taken from you"),
        "signatures.document.signed": _("You signed a document"),
        "signatures.document.declined": _("You declined to sign a document"),
    }


def _of_sign_ins() -> dict[str, str]:
    return {
        "signin.completed": _("You signed in"),
        "signin.password.wrong": _("A wrong password was entered"),
        "signin.totp.wrong": _("A wrong code was entered"),
        "signin.recovery_code.wrong": _("A wrong code was entered"),
        "signin.handover.refused": _("You refused to sign in at another device"),
        "signin.handover.mismatched": _("A wrong number was entered for signing in at another device"),
        "signin.handover.stopped": _("An approved sign-in at another device was stopped"),
        "signin.handover.somebody_else": _("Signing in at another device was refused: it was meant for somebody else"),
        "sessions.browser.ended": _("A session was ended"),
    }


def _of_services() -> dict[str, str]:
    return {
        "oidc.code.issued": _("You opened %(service)s"),
        "grants.consent.given": _("You agreed to share information with %(service)s"),
        "grants.consent.withdrawn": _("You withdrew your consent for %(service)s"),
        "oidc.code.replayed": _("Access of %(service)s was stopped, because a code was used twice"),
        "oidc.refresh.reused": _("Access of %(service)s was stopped, because a token was used twice"),
    }
