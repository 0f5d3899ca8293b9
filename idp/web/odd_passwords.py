"""A password that nobody can have: refused at the door, before a row is read or anything is hashed."""

import unicodedata

from flask import Flask, request

from idp.foundation.refusal import Refusal
from idp.web.nul import FORMS

FIELD = "password"
LONGEST = 1024
"""Characters: four times what may be chosen, for whom another system gave a longer one."""
_NOT_UTF8 = "\N{REPLACEMENT CHARACTER}"
"""What stands for octets that are no UTF-8, a surrogate without its other half among them."""


def init(app: Flask) -> None:
    """Refuse it in every form, Refusal("forms.odd_password"). What somebody can have chosen is left to the views."""
    app.before_request(_check)


def _check() -> None:
    if request.mimetype not in FORMS:
        return
    for text in request.form.getlist(FIELD):
        if len(text) > LONGEST:
            raise Refusal("forms.odd_password", f"a password of {len(text)} characters")
        if any(character == _NOT_UTF8 or unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise Refusal("forms.odd_password", "a password with a control character, or not in UTF-8")
