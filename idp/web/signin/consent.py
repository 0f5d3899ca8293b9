"""What the service will receive, with the very values, before anything is shared."""

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _

from idp.journeys.signin import quiet_passkey
from idp.journeys.signin.consent import STEP, approve, offer
from idp.journeys.signin.login import InProgress
from idp.web.claim_words import label, spoken
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.detail_words import spoken_details
from idp.web.signin.device import device_name
from idp.web.signin.dispatch import blueprint, page, posted, rendered
from idp.web.signin.logo import logo


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


@blueprint.post(f"/signin/<login_id>/{STEP}/passkey")
def quietly(login_id: str) -> Response:
    """Bind what the browser made by itself beside the password. A script reads the answer, which is empty."""
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")
    label = device_name(request.headers.get("User-Agent", ""))
    quiet_passkey.add(provider(), login_id, visitor(), challenge, credential, label)
    return make_response("", HTTPStatus.NO_CONTENT)


def _show(progress: InProgress) -> Response:
    offered = offer(provider(), progress)
    rows = [(label(name), spoken(value)) for name, value in offered.shared if not name.endswith("_verified")]
    rows += [(label(name), _("Not on record")) for name in offered.missing if name in offered.essential]
    quiet = quiet_passkey.options(provider(), progress)
    details = spoken_details(offered.details, provider().detail_types)
    values: dict[str, Any] = {"details": details, "offline": offered.offline, "reached": offered.reached}
    return rendered("consent", progress=progress, rows=rows, **values, quiet=quiet, logo=logo(progress))
