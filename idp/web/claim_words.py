"""Claims in plain words, wherever a page says what is known or shared."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.web.locale import calendar_day, date

LABELS = {
    "name": _l("Name"),
    "given_name": _l("Given names"),
    "middle_name": _l("Middle names"),
    "family_name": _l("Family name"),
    "nickname": _l("Nickname"),
    "preferred_username": _l("User name"),
    "profile": _l("Profile page"),
    "picture": _l("Picture"),
    "website": _l("Website"),
    "gender": _l("Gender"),
    "birthdate": _l("Date of birth"),
    "zoneinfo": _l("Time zone"),
    "locale": _l("Language"),
    "updated_at": _l("Last changed"),
    "email": _l("E-mail address"),
    "phone_number": _l("Telephone number"),
    "address": _l("Address"),
    "tax_number": _l("Tax number"),
    "national_identifier": _l("National identifier"),
    "place_of_birth": _l("Place of birth"),
    "nationalities": _l("Nationality"),
    "openid": _l("That you signed in"),
    "offline_access": _l("Access while you are away"),
}

VALUES = {"female": _l("female"), "male": _l("male")}
COMMAS = {"ar": "\N{ARABIC COMMA} ", "zh_Hant": "\N{IDEOGRAPHIC COMMA}"}


def label(claim: str) -> str:
    """The claim's name for a reader; the claim itself if we have no word for it."""
    return str(LABELS.get(claim, claim))


def spoken(value: object) -> str:
    """A claim's value for a reader."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Mapping):
        return str(value.get("formatted") or listed(value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listed(value)
    if isinstance(value, str):
        return str(VALUES[value]) if value in VALUES else calendar_day(value)
    if isinstance(value, int):
        return calendar_day(date(value))  # updated_at is the one claim that is an instant.
    return str(value)


def listed(parts: Iterable[object]) -> str:
    """Several things in a row, with the reader's own comma."""
    return COMMAS.get(str(get_locale()), ", ").join(str(part) for part in parts)
