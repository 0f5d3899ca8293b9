"""The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.utils import redirect

from idp.journeys.oidc.log_out import Wish, log_out, understand
from idp.protocol.errors import OAuthError
from idp.protocol.logout import parse_request
from idp.web import csrf
from idp.web.errors import refusal_page
from idp.web.frame import provider
from idp.web.headers import allow_form_action, allow_frame
from idp.web.oidc.parameters import query_or_form
from idp.web.signin.current import current_session, forget_session

blueprint = Blueprint("oidc_logout", __name__)
PATIENCE = 1
"""Seconds after everything has loaded until a browser without scripts goes back to the service."""
KEPT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@blueprint.route("/oidc/logout", methods=["GET", "POST"])
@csrf.exempt
def end_session() -> Response:
    """Sign out at once when the request is proven; otherwise ask, because anybody can link here.

    A browser keeps our cookies to itself when another site posts (SameSite=Lax), so a POST does not tell who is signed
    in. It is asked to come again by GET, which brings them.
    """
    try:
        parameters, wish = _understood()
    except OAuthError as error:
        return refusal_page(error, 400)
    if request.method == "POST":
        return make_response(redirect(f"{request.path}?{urlencode(parameters)}", 303))
    session = current_session()
    if session is None:
        return _done(wish)
    if not wish.proven:
        return _ask(parameters, wish)
    return _done(wish, log_out(provider(), session, "relying party"))


@blueprint.post("/oidc/logout/confirm")
def confirmed() -> Response:
    """The citizen said yes."""
    try:
        _, wish = _understood()
    except OAuthError as error:
        return refusal_page(error, 400)
    session = current_session()
    return _done(wish, () if session is None else log_out(provider(), session, "citizen"))


def _understood() -> tuple[dict[str, str], Wish]:
    parameters = query_or_form()
    asked = parse_request(parameters)
    g.ui_locales = asked.ui_locales
    return parameters, understand(provider(), asked, current_session())


def _ask(parameters: dict[str, str], wish: Wish) -> Response:
    kept = {name: parameters[name] for name in KEPT if name in parameters}
    if wish.location is not None:
        allow_form_action(wish.location)
    service = None if wish.client is None else wish.client.metadata
    return make_response(
        render_template("signin/logout.html", service=service, kept=kept, action="/oidc/logout/confirm")
    )


def _done(wish: Wish, frames: Sequence[str] = ()) -> Response:
    """On at once, or after the services that are told in frames had time to load (Front-Channel Logout section 3)."""
    if wish.location is not None and not frames:
        return forget_session(make_response(redirect(wish.location, 303)))
    for address in frames:
        allow_frame(address)
    page = make_response(render_template("signin/logged_out.html", frames=frames, onward=wish.location))
    if wish.location is not None:
        page.headers["Refresh"] = f"{PATIENCE}; url={wish.location}"
    return forget_session(page)
