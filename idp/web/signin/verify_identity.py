"""The service needs a better verified identity: explain, say how far it is, lead there or back to the service."""

from flask import Response, request

from idp.journeys.proofing.progress import of as proofing_progress
from idp.journeys.signin.finish import abandon, begin_session
from idp.journeys.signin.login import InProgress
from idp.protocol.errors import UNMET_AUTHENTICATION_REQUIREMENTS
from idp.web.frame import provider
from idp.web.signin.current import remember_session, visitor
from idp.web.signin.device import device_name
from idp.web.signin.dispatch import blueprint, leave, page, rendered

STEP = "verify-identity"


@blueprint.get(f"/signin/<login_id>/{STEP}")
def verify_identity_page(login_id: str) -> Response:
    """Say what is needed and why."""
    return page(login_id, STEP, _show)


@blueprint.post(f"/signin/<login_id>/{STEP}/back")
def without_verification(login_id: str) -> Response:
    """Back to the service, which learns that its requirement is not met."""
    return leave(abandon(provider(), login_id, visitor(), UNMET_AUTHENTICATION_REQUIREMENTS))


def _show(progress: InProgress) -> Response:
    device = device_name(request.headers.get("User-Agent", ""))
    secret = begin_session(provider(), progress.login.id, visitor(), device)
    case = proofing_progress(provider(), progress.person_id).case
    shown = rendered("verify_identity", progress=progress, state="" if case is None else case.state.value)
    return remember_session(shown, secret)
