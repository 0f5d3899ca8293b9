"""What a citizen reads when a proof does not hold. A refusal without words here is no mistake of hers."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from idp.foundation.refusal import Refusal

MINUTE = 60
NO_COOKIE = (
    lazy_gettext("This page does not recognise your browser"),
    lazy_gettext(
        "What was begun here belongs to the browser in which it was begun. Either this is another browser, or this one "
        "does not keep cookies. Nothing was changed."
    ),
    lazy_gettext(
        "Allow cookies for this site, then start again from the service that you were using. If you have a code from "
        "a message, enter it in the browser where you asked for it."
    ),
)
GONE = (
    lazy_gettext("This page is no longer in use"),
    lazy_gettext(
        "What you began here is finished, or half an hour has passed, or it was begun in another browser. "
        "Nothing was changed."
    ),
    lazy_gettext(
        "Start again from the service that you were using. If you have a code from a message, enter it in the browser "
        "where you asked for it."
    ),
)


def message(refusal: Refusal) -> str | None:
    """The sentence for a page, in the reader's language; None if the refusal needs a page of its own."""
    facts = refusal.facts
    if refusal.code == "too_many_attempts":
        minutes = -(-int(str(facts.get("retry_after", MINUTE))) // MINUTE)  # Rounded up: not a second too early.
        words: str = ngettext(
            "There were too many attempts. Wait %(num)s minute, then try again.",
            "There were too many attempts. Wait %(num)s minutes, then try again.",
            minutes,
        )
        return words
    known: dict[str, str] = {
        "too_busy": _("Many people are signing in at the moment. Wait a few seconds, then try again."),
        "authenticators.wrong_password": _("The user name or the password is wrong."),
        "signin.locked": _("This account cannot be used to sign in. Contact support."),
        "signin.reported": _("You locked this account. Use “I cannot sign in” below to take it back."),
        "recovery.locked": _("This account was locked by us. Contact support."),
        "signin.somebody_else": _("The service asks for another person. Sign in as that person, or cancel."),
        "authenticators.switched_off": _(
            "This way to sign in is switched off, because there were too many wrong attempts. Use another way."
        ),
        "authenticators.passkey.refused": _("The passkey could not be checked. Try again, or choose another way."),
        "authenticators.passkey.unknown": _("This passkey is not known here. Choose another way."),
        "authenticators.passkey.unverified": _(
            "This passkey did not check that it is you. Give the device a PIN or a screen lock, or choose another way."
        ),
        "authenticators.passkey.cloned": _(
            "There may be a copy of this passkey, so it was switched off. Sign in another way and remove it."
        ),
        "authenticators.passkey.disabled": _(
            "This passkey is switched off, because there may be a copy of it. Sign in another way and remove it."
        ),
        "authenticators.passkey.not_hardware": _(
            "This service needs a security key that cannot be copied, of a make that is listed. This one is not."
        ),
        "authenticators.password.too_short": _(
            "The password is too short. Use at least %(shortest)s characters.", shortest=facts.get("shortest", 8)
        ),
        "authenticators.password.too_long": _(
            "The password is too long. Use at most %(longest)s characters.", longest=facts.get("longest", 256)
        ),
        "authenticators.password.breached": _(
            "This password has been seen in a leak of another site's passwords, so others know it. Choose another one."
        ),
        "authenticators.password.too_common": _("This password is easy to guess. Several unrelated words are harder."),
        "authenticators.password.personal": _("The password must not contain your name or your address."),
        "authenticators.password.unprintable": _("The password holds a character that cannot be used."),
        "people.identifier_taken": _("There is an account with this address by now. Sign in to it."),
    }
    return known.get(refusal.code) or _of_codes(facts).get(refusal.code)


def _of_codes(facts: Mapping[str, object]) -> dict[str, str]:
    return {
        "authenticators.wrong_code": _("This code is wrong. Compare it with the newest one, and enter it again."),
        "authenticators.code_used": _("This code was used before, and each works once. Enter another one."),
        "authenticators.code_old": _(
            "This code is too old. Enter the one that the app shows now. If that one is too old as well, the clock of "
            "the device is slow."
        ),
        "recovery.wrong_code": _("This code is wrong, too old, or was used before. Enter the newest one."),
        "authenticators.code_expired": _("This code no longer works. Ask for a new one."),
        "contacts.too_soon": ngettext(
            "Wait %(num)s second, then ask for another code.",
            "Wait %(num)s seconds, then ask for another code.",
            int(str(facts.get("retry_after", 0))),
        ),
        "contacts.no_channel": _("We cannot send text messages at the moment. Nothing was changed."),
    }
