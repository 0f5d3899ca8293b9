"""The authorization endpoint (OpenID Connect Core section 3.1.2)."""

from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, request
from werkzeug.utils import redirect

from idp.foundation.refusal import Refusal
from idp.journeys.oidc.authorize import authorize
from idp.journeys.oidc.respond import Answer
from idp.protocol.errors import OAuthError
from idp.protocol.parameters import pairs
from idp.web import csrf
from idp.web.errors import refusal_page
from idp.web.frame import provider
from idp.web.oidc.answers import answer
from idp.web.oidc.parameters import query_or_form
from idp.web.signin.current import address, current_session
from idp.web.signin.entrance import enter

LONGEST_ADDRESS = 7_500
"""Characters; proxies commonly let 8 KiB pass."""

blueprint = Blueprint("oidc_authorize", __name__)


@blueprint.route("/oidc/authorize", methods=["GET", "POST"])
@csrf.exempt
def authorization() -> Response:
    """A redirect to the client, a redirect to sign-in, or a page when there is nobody safe to answer.

    A browser keeps our cookies to itself when another site posts (SameSite=Lax), so a POST does not tell who is signed
    in. It is asked to come again by GET, which brings them; what fits no address is answered as it came.
    """
    try:
        parameters = query_or_form()
        again = f"{request.path}?{urlencode(pairs(parameters))}"
        if request.method == "POST" and len(again) <= LONGEST_ADDRESS:
            return make_response(redirect(again, 303))
        g.ui_locales = tuple(parameters.get("ui_locales", "").split())
        outcome = authorize(provider(), parameters, current_session(), address())
    except (OAuthError, Refusal) as refusal:
        return refusal_page(refusal)
    if isinstance(outcome, Answer):
        return answer(outcome.target, outcome.parameters)
    return enter(outcome.request)
