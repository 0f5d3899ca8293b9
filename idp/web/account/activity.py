"""Activity and details."""

from flask import Response, request
from flask_babel import get_locale

from idp.journeys.account import activity, sessions
from idp.web.account.activity_words import describe
from idp.web.account.frame import blueprint, page
from idp.web.claim_words import label, spoken
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.redirects import local
from idp.web.signin.current import forget_session, require_session

LONGEST_NUMBER = 15


@blueprint.get("/account/activity")
def activity_page() -> Response:
    """What happened, newest first."""
    session = require_session(while_closing=True)
    leaves = activity.of(provider(), session.person_id, _before())
    rows = [(leaf, describe(leaf, session.person_id, _service_name)) for leaf in leaves]
    following = leaves[-1].id if len(leaves) == activity.PAGE else None
    return page("activity", session, "activity", rows=[row for row in rows if row[1]], following=following)


@blueprint.post("/account/not-me")
def not_me() -> Response:
    """Somebody else was here: end everything."""
    session = require_session(while_closing=True)
    sessions.not_me(provider(), session.person_id)
    return forget_session(local("/account/security"))


@blueprint.get("/account/details")
def details_page() -> Response:
    """What we hold."""
    session = require_session()
    held = activity.details(provider(), session.person_id)
    return page("details", session, "details", details=held, label=label, spoken=spoken)


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _service_name(client_id: str) -> str:
    client = provider().clients.find(client_id)
    return client_id if client is None else client.metadata.name(bcp47(str(get_locale())))
