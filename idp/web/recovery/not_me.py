"""The link in every announcement: what happened, and one button that stops everything."""

from flask import Response
from flask_babel import gettext as _

from idp.domain.recovery.alarms import Alarm
from idp.foundation.refusal import Refusal
from idp.journeys.recovery import not_me
from idp.web.frame import provider
from idp.web.recovery.frame import blueprint, rendered
from idp.web.signin.current import bind, forget_session, new_binding

OVER = "recovery.alarm_over"


@blueprint.get("/not-me/<secret>")
def alarm_page(secret: str) -> Response:
    """Say what it is about. Looking changes nothing: mail scanners look too."""
    new_binding()
    try:
        alarm = not_me.look_at(provider(), secret)
    except Refusal as refusal:
        return _over(refusal)
    claimed = not_me.is_claimed(provider(), alarm)
    return bind(rendered("not_me", secret=secret, alarm=alarm, happened=_happened(alarm), claimed=claimed))


@blueprint.post("/not-me/<secret>/stop")
def stop_reclaim(secret: str) -> Response:
    """Keep the account from somebody who is about to have it, and leave it as it is; twice is no mistake."""
    try:
        not_me.stop(provider(), secret)
    except Refusal as refusal:
        return _over(refusal)
    return rendered("reclaim_stopped")


@blueprint.post("/not-me/<secret>")
def raise_alarm(secret: str) -> Response:
    """Lock the account, wherever the letter is read."""
    try:
        not_me.lock(provider(), secret)
    except Refusal as refusal:
        return _over(refusal)
    return forget_session(rendered("reported"))


def _over(refusal: Refusal) -> Response:
    if refusal.code != OVER:
        raise refusal
    return rendered("alarm_over")


def _happened(alarm: Alarm) -> str:
    told: dict[str, str] = {
        "authenticator_added": _("A way to sign in was added to your account."),
        "authenticator_removed": _("A way to sign in was removed from your account."),
        "contact_changed": _("An e-mail address or a telephone number of your account was changed."),
        "password_changed": _("The password of your account was changed."),
        "recovery_codes_made": _("New recovery codes were made for your account."),
        "recovery_code_used": _("One of your recovery codes was used."),
        "new_browser": _("Somebody signed in to your account."),
        "reclaim_begun": _("Somebody proved to our staff to be you, and is about to have your account."),
        "recovery_begun": _("Somebody began to set new ways to sign in to your account."),
        "account_recovered": _("Somebody set new ways to sign in to your account."),
    }
    return told.get(alarm.about) or str(_("Something was changed in your account."))
