"""What the console says in the reader's language, where it is not said by a template."""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _

from idp.domain.oversight.permissions import Role
from idp.domain.oversight.viewings import CHOICES
from idp.journeys.console.services import Reason as ServiceReason
from idp.web.purpose_words import purpose_word

Notice = tuple[str, str]
"""Kind and text of a notice at the top of a page."""

SECTIONS: Final[Mapping[str, str]] = {
    "case": "queue",
    "decide": "queue",
    "inspect": "queue",
    "record": "people",
    "find": "people",
    "service": "services",
    "service_status": "services",
    "registration": "services",
    "registration_decision": "services",
    "grant": "colleagues",
    "revoke": "colleagues",
    "verify_audit": "audit",
}
"""Pages that stand below another in the navigation."""


def notice(code: str) -> Notice | None:
    """What an address may say with ?said=; anything else says nothing."""
    notices: dict[str, Notice] = {
        "claimed": ("success", _("The case is yours for half an hour.")),
        "released": ("success", _("The case is back in the queue.")),
        "approved": ("success", _("The identity is verified. The citizen was told.")),
        "refused": ("success", _("The verification is refused. The citizen was told why.")),
        "first_approval": ("info", _("Your approval is recorded. A second, different verifier must approve too.")),
        "nothing_waits": ("info", _("No case is waiting that you may take.")),
        "not_claimed": ("warning", _("Nothing was decided: your half hour with this case was over. Claim it again.")),
        "suspended": ("success", _("The service is suspended. It takes effect within seconds.")),
        "reinstated": ("success", _("The service works again.")),
        "registration_approve": ("success", _("The registration is approved. It takes effect within seconds.")),
        "registration_refuse": ("success", _("The registration is refused. Its developer can read why.")),
        "not_decided": (
            "warning",
            _("Nothing was decided: what was asked for was changed meanwhile, or a colleague decided. Look again."),
        ),
        "no_registration_waits": ("info", _("Nothing of this service waits for approval.")),
        "granted": ("success", _("The role is granted. Your colleague was told.")),
        "revoked": ("success", _("The role is taken away. Your colleague was told.")),
    }
    return notices.get(code)


def message(code: str) -> str | None:
    """What to correct after a refusal; None if it needs a page of its own."""
    messages: dict[str, str] = {
        "oversight.reference_needed": _(
            "Enter the number of the ticket, letter or file: up to 40 letters, digits and . / _ -"
        ),
        "oversight.own_record": _("This is your own record. Your account shows it."),
        "oversight.own_role": _("You cannot change your own roles. Ask another administrator."),
        "oversight.separation": _("An auditor holds no other role. Take the other role away first."),
        "oversight.not_held": _("Your colleague no longer holds this role."),
        "oversight.not_granted": _("The role could not be granted. Try again."),
        "console.nobody_found": _("Nobody is registered with exactly this. Check it letter by letter."),
        "console.not_verified": _("This person's identity is not verified, which staff must be."),
        "proofing.reason_needed": _("Choose one or more reasons for refusing"),
        "proofing.level_not_reached": _("The checks do not carry this level, so the case cannot be approved."),
        "proofing.claimed": _("A colleague has this case now."),
        "proofing.already_decided": _("You have decided on this case. A second verifier must be somebody else."),
        "proofing.own_case": _("This is your own case. A colleague must take it."),
        "proofing.not_waiting": _("This case is not waiting any more."),
    }
    return messages.get(code)


def purposes() -> list[tuple[str, str]]:
    """What staff may state, with nothing chosen first."""
    return [("", _("Choose a purpose")), *((purpose.value, purpose_word(purpose)) for purpose in CHOICES)]


def role_word(role: Role) -> str:
    """A role for a reader."""
    known: dict[Role, str] = {
        Role.VERIFIER: _("Verifier"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.AUDITOR: _("Auditor"),
    }
    return known[role]


def roles() -> list[tuple[str, str, str]]:
    """The roles to choose from, with what they are for."""
    hints = {
        Role.VERIFIER: _("Takes cases from the queue and decides on them."),
        Role.ADMINISTRATOR: _("Looks after services, helps people, and gives roles."),
        Role.AUDITOR: _("Sees what was done and by whom, and changes nothing. Holds no other role."),
    }
    return [(role.value, role_word(role), hints[role]) for role in Role]


def kinds() -> list[tuple[str, str]]:
    """The identifiers that a person can be found by."""
    return [
        ("username", _("User name")),
        ("email", _("E-mail address")),
        ("phone", _("Telephone number")),
        ("national_identifier", _("National identifier")),
    ]


def suspension_reasons() -> list[tuple[str, str]]:
    """Why a service is suspended."""
    return [
        (ServiceReason.SECURITY.value, _("A security incident at the service")),
        (ServiceReason.MISUSE.value, _("Misuse of people's data")),
        (ServiceReason.ON_REQUEST.value, _("The agency asked for it")),
        (ServiceReason.ENDED.value, _("The agreement with the agency has ended")),
    ]


def reinstatement_reasons() -> list[tuple[str, str]]:
    """Why a service may work again."""
    return [
        (ServiceReason.RESOLVED.value, _("What was wrong is resolved")),
        (ServiceReason.ON_REQUEST.value, _("The agency asked for it")),
    ]


def choose_a_decision() -> str:
    """Neither approved nor refused."""
    return str(_("Choose whether you approve or refuse"))


def state_a_purpose() -> str:
    """Nobody looks without a reason."""
    return str(_("Choose why you need to see this"))


def choose_a_kind() -> str:
    """Find by what."""
    return str(_("Choose what you know of the person"))


def enter_an_identifier() -> str:
    """Find whom."""
    return str(_("Enter it exactly as it is registered"))


def choose_a_reason() -> str:
    """Why a service's status changes."""
    return str(_("Choose a reason"))


def enter_a_username() -> str:
    """Who gets a role."""
    return str(_("Enter your colleague's user name"))


def choose_a_role() -> str:
    """Which role."""
    return str(_("Choose a role"))


def correct_event_name() -> str:
    """What an event's name looks like."""
    return str(_("Use small letters, dots and underscores only, such as authenticators.passkey"))


def correct_date() -> str:
    """What a date looks like."""
    return str(_("Write the date as year-month-day, such as 2026-11-23"))
