"""The way into a sign-in for a service's request."""

from flask import Response

from idp.journeys.signin.login import begin
from idp.protocol.authorization import CREATE, AuthorizationRequest
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import bind, opener


def enter(request: AuthorizationRequest) -> Response:
    """Open a sign-in, bound to this browser, and go to its first step, or to making an account if it asks for that."""
    login_id = begin(provider(), opener(), request=request)
    first = "register" if CREATE in request.prompt else "signin"
    return bind(local(f"/{first}/{login_id}"))
