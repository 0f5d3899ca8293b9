"""Passing through: a browser with a living session that need do nothing never sees a page of ours.

The commonest authorization request of all, and the hottest, is answered at the WSGI door. Whatever needs a page (a
sign-in, an answer by form, a refusal) is left to authorize.py, which decides anew by the same journey: until then
nothing was changed, and no pushed request was spent. So is a request object, which is costly to open twice.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.http import parse_cookie

from idp.foundation.refusal import Refusal
from idp.journeys.oidc.authorize import decide
from idp.journeys.oidc.respond import Answer
from idp.journeys.oidc.understand import understand
from idp.journeys.provider import Provider
from idp.journeys.signin.recognise import recognise
from idp.protocol.errors import OAuthError
from idp.protocol.parameters import single
from idp.protocol.pushed_request import PREFIX, is_pushed
from idp.protocol.response_mode import by_form, redirect_location
from idp.web.cookies import Cookies
from idp.web.oidc.parameters import LARGEST_BODY, decoded
from idp.web.signin.current import SESSION

PATH = "/oidc/authorize"


class Passage:
    """Sends a browser on, if it need not stop here."""

    def __init__(self, provider: Provider, cookies: Cookies) -> None:
        self._provider = provider
        self._cookie = cookies.name(SESSION)
        self._left_to_the_page = (OAuthError, Refusal, *provider.store.unavailable)

    def is_for(self, environ: dict[str, Any]) -> bool:
        """Whether it may be a browser with a session."""
        return environ["REQUEST_METHOD"] == "GET" and self._cookie in environ.get("HTTP_COOKIE", "")

    def onward(self, environ: dict[str, Any]) -> str | None:
        """The client's address with its answer, or None when the browser must see a page."""
        if not self.is_for(environ):
            return None
        secret = parse_cookie(environ["HTTP_COOKIE"]).get(self._cookie)
        try:
            return self._answered(environ.get("QUERY_STRING", ""), secret)
        except self._left_to_the_page:
            return None

    def _answered(self, query: str, secret: str | None) -> str | None:
        if len(query) > LARGEST_BODY:
            return None
        parameters = single(decoded(query.encode("latin-1")))
        if "lang" in parameters or _holds_an_object(parameters):
            return None
        session = recognise(self._provider, secret)
        if session is None:
            return None
        asked = understand(self._provider, parameters)
        if isinstance(asked, Answer) or by_form(asked.request.response_mode):
            return None
        outcome = decide(self._provider, asked, session)
        if not isinstance(outcome, Answer):
            return None
        return redirect_location(outcome.target.redirect_uri, outcome.parameters)


def _holds_an_object(parameters: Mapping[str, str]) -> bool:
    return "request" in parameters or not is_pushed(parameters.get("request_uri", PREFIX))
