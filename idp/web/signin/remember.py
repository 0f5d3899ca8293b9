"""The box that has a browser remember somebody, never ticked beforehand."""

from flask import request

from idp.web.forms import Form
from idp.web.frame import provider

BOX = "remember"
DAY = 24 * 3600


def wished(form: Form) -> bool:
    """Whether it was ticked."""
    return form.checked(BOX)


def box() -> dict[str, object]:
    """For signin/remember.html: how many days (0: there is no box), and whether it was ticked before a correction."""
    return {"remember_days": provider().lifetimes.remembered // DAY, "remember": BOX in request.form}
