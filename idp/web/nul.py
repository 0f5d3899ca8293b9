"""No text holds a NUL: nobody types one, and PostgreSQL cannot keep one."""

from collections.abc import Iterable

from flask import Flask, request

from idp.foundation.refusal import Refusal

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def init(app: Flask) -> None:
    """Refuse a NUL in an address or a form, Refusal("forms.malformed"), before any view reads it."""
    app.before_request(_check)


def _check() -> None:
    form = request.form.lists() if request.mimetype in FORMS else ()  # Who sends anything else sets his own limits.
    texts = (request.path, *_values(request.args.lists()), *_values(form))
    if any("\0" in text for text in texts):
        raise Refusal("forms.malformed", "a NUL in the address or the form")


def _values(lists: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [text for name, values in lists for text in (name, *values)]
