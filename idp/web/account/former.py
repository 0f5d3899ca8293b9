"""An account that she cannot open any more: verified in this one, she has it back some days later."""

from flask import Response, url_for

from idp.journeys.account import activity
from idp.journeys.proofing.begin import begin_for_former
from idp.journeys.recovery import reclaim
from idp.protocol.assurance import Level
from idp.web.account.frame import blueprint, changed, page, session_for_changes
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import bind, new_binding, require_session

DAY = 24 * 3600


@blueprint.get("/account/former")
def former_page() -> Response:
    """Where she stands: to be begun, waiting, or ripe."""
    session = require_session()
    verified = activity.details(provider(), session.person_id).person.assurance is not Level.LOW
    waiting = reclaim.of_mine(provider(), session.person_id)
    ripe = waiting is not None and waiting.ripe_at <= provider().store.now()
    values = {"waiting": waiting, "ripe": ripe, "verified": verified, "days": provider().lifetimes.reclaim // DAY}
    return page("former", session, "", (), **values)


@blueprint.post("/account/former")
def begin_former() -> Response:
    """Have her identity verified for it."""
    begin_for_former(provider(), require_session().person_id)
    return local(url_for("proofing.document"))


@blueprint.post("/account/former/take")
def take_former() -> Response:
    """The days are over: choose new ways to sign in to it."""
    session = session_for_changes()
    return bind(local(f"/recover/{reclaim.resume(provider(), session.person_id, new_binding())}"))


@blueprint.post("/account/former/stop")
def stop_reclaim() -> Response:
    """Whoever can open the account keeps it."""
    reclaim.stop(provider(), require_session().person_id)
    return changed("", "reclaim-stopped")
