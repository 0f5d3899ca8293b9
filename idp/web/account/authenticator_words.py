"""What a citizen calls her ways to sign in."""

from flask_babel import gettext as _

from idp.domain.authenticators import models, registry
from idp.domain.authenticators.registry import Authenticator


def kind_of(one: Authenticator) -> str:
    """Such as "Security key"."""
    if one.method == registry.PASSKEY and one.is_security_key:
        return str(_("Security key"))
    words: dict[str, str] = {
        registry.PASSWORD: _("Password"),
        registry.PASSKEY: _("Passkey"),
        registry.SMS: _("Codes by text message"),
        registry.TOTP: _("Authenticator app"),
    }
    return words[one.method]


def kept_in(one: Authenticator) -> str:
    """The name of the password manager or of the make of key, unless it is called so anyway; or nothing."""
    name = models.name_of(one.model)
    return "" if one.label.startswith(name) else name


def spoken(one: Authenticator) -> str:
    """The kind, and the name that its owner gave it."""
    return f"{kind_of(one)} \N{EN DASH} {one.label}" if one.label else kind_of(one)
