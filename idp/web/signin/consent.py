"""What the service will receive, with the very values, before anything is shared."""

from flask import Response
from flask_babel import gettext as _

from idp.journeys.signin.consent import STEP, approve, offer
from idp.journeys.signin.login import InProgress
from idp.web.claim_words import label, spoken
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, page, posted, rendered


@blueprint.get(f"/signin/<login_id>/{STEP}")
def consent_page(login_id: str) -> Response:
    """Ask."""
    return page(login_id, STEP, _show)


@blueprint.post(f"/signin/<login_id>/{STEP}")
def consent(login_id: str) -> Response:
    """The citizen agrees; declining is the dispatcher's cancel."""
    return posted(
        login_id,
        lambda: approve(provider(), login_id, visitor()),
        lambda _errors: page(login_id, STEP, _show),
        "consent-approve",
    )


def _show(progress: InProgress) -> Response:
    offered = offer(provider(), progress)
    rows = [(label(name), spoken(value)) for name, value in offered.shared if not name.endswith("_verified")]
    rows += [(label(name), _("Not on record")) for name in offered.missing if name in offered.essential]
    return rendered("consent", progress=progress, rows=rows, offline=offered.offline)
