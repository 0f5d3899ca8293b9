"""Activity and details."""

from dataclasses import dataclass
from itertools import groupby

from flask import Response, request
from flask_babel import get_locale

from idp.foundation.audit.log import Leaf
from idp.journeys.account import activity, sessions
from idp.web.account.activity_words import SIGNED_IN, SUSPICIOUS, describe, spoken_names
from idp.web.account.frame import blueprint, page
from idp.web.claim_words import label, spoken
from idp.web.frame import provider
from idp.web.locale import bcp47, date
from idp.web.redirects import local
from idp.web.signin.current import forget_session, require_session
from idp.web.signin.device import device_words

LONGEST_NUMBER = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the page tells it; `date` is the day in the country's time zone, YYYY-MM-DD."""

    date: str
    at: int
    words: str
    device: str
    service: str
    suspicious: bool


@blueprint.get("/account/activity")
def activity_page() -> Response:
    """What happened, newest first."""
    session = require_session(while_closing=True)
    happened = activity.of(provider(), session.person_id, spoken_names(), _before())
    days = groupby((_line(leaf, happened, session.person_id) for leaf in happened.leaves), lambda line: line.date)
    shown = [list(lines) for _date, lines in days]
    return page("activity", session, "activity", days=shown, following=happened.following, before=_before())


@blueprint.get("/account/not-me")
def not_me_page() -> Response:
    """What will be stopped, before it is."""
    return page("not_me", require_session(while_closing=True), "activity")


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


def _line(leaf: Leaf, happened: activity.Happened, reader: str) -> Line:
    # The sentence of some events names the service already.
    client = leaf.facts.get("client") if leaf.name == SIGNED_IN else None
    kept = happened.devices.get(leaf.facts.get("session", ""))
    device = "" if kept is None else device_words(kept)
    words = describe(leaf, reader, _service_name)
    suspicious = leaf.actor in (reader, "nobody") and leaf.name.startswith(SUSPICIOUS)
    return Line(date(leaf.at), leaf.at, words, device, _service_name(client) if client else "", suspicious)


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _service_name(client_id: str) -> str:
    client = provider().clients.find(client_id)
    return client_id if client is None else client.metadata.name(bcp47(str(get_locale())))
