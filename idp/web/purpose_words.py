"""Why staff looked at a record, in words: staff choose among them, and the person it is about reads them."""

from flask_babel import gettext as _

from idp.domain.oversight.viewings import Purpose


def purpose_word(purpose: Purpose) -> str:
    """A purpose for a reader."""
    known: dict[Purpose, str] = {
        Purpose.SUPPORT: _("The person asked for help"),
        Purpose.COMPLAINT: _("A complaint"),
        Purpose.FRAUD: _("Suspected fraud or misuse"),
        Purpose.LEGAL: _("An order of a court or authority"),
        Purpose.AUDIT: _("An audit"),
        Purpose.VERIFICATION: _("Verification of identity"),
    }
    return known[purpose]
