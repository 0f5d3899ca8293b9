"""How somebody signed in, in words."""

from collections.abc import Collection

from flask_babel import gettext as _

from idp.protocol.assurance import Amr
from idp.web.claim_words import listed


def how(methods: Collection[str]) -> str:
    """The methods of a sign-in (RFC 8176) in words; what says nothing to a citizen is left out."""
    words = {
        Amr.PASSWORD: _("password"),
        Amr.ONE_TIME_PASSWORD: _("one-time code"),
        Amr.SMS: _("code by text message"),
        Amr.SOFTWARE_KEY: _("passkey"),
        Amr.HARDWARE_KEY: _("security key"),
    }
    return listed([word for method, word in words.items() if method in methods])
