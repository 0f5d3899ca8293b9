"""Token, introspection, revocation, user information: endpoints for programs, answered in JSON."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request

from idp.journeys.oidc.userinfo import userinfo
from idp.protocol.errors import INVALID_CLIENT, INVALID_REQUEST, INVALID_TOKEN, OAuthError
from idp.web import csrf
from idp.web.frame import provider
from idp.web.oidc.engine import Answer, Engine
from idp.web.oidc.json_answer import json_answer
from idp.web.oidc.parameters import form

blueprint = Blueprint("oidc_machine", __name__)


def _engine() -> Engine:
    engine: Engine = current_app.extensions["oidc_engine"]
    return engine


@blueprint.post("/oidc/token")
@csrf.exempt
def token() -> Response:
    """RFC 6749 section 3.2."""
    return _answered(lambda: _engine().answer_token(form(), request.headers.get("Authorization")))


@blueprint.post("/oidc/introspect")
@csrf.exempt
def introspect() -> Response:
    """RFC 7662 section 2."""
    return _answered(lambda: _engine().answer_endpoint("introspection", form(), request.headers.get("Authorization")))


@blueprint.post("/oidc/revoke")
@csrf.exempt
def revoke() -> Response:
    """RFC 7009 section 2."""
    return _answered(lambda: _engine().answer_endpoint("revocation", form(), request.headers.get("Authorization")))


@blueprint.route("/oidc/userinfo", methods=["GET", "POST"])
@csrf.exempt
def user_information() -> Response:
    """OpenID Connect Core section 5.3, with the errors of RFC 6750 section 3."""
    try:
        return json_answer(200, userinfo(provider(), _bearer()))
    except OAuthError as error:
        status = {INVALID_REQUEST: 400, INVALID_TOKEN: 401}.get(error.code, 403)
        response = _refused(status, error)
        response.headers["WWW-Authenticate"] = f'Bearer error="{error.code}", error_description="{error.reason}"'
        return response


def _bearer() -> str:
    """RFC 6750 section 2: the header, or the body of a POST; never the address, never two at once."""
    header = request.headers.get("Authorization")
    body = form().get("access_token") if request.method == "POST" and request.content_length else None
    if "access_token" in request.args or (header and body):
        raise OAuthError(INVALID_REQUEST, "Send the access token once, in the Authorization header.")
    if header is None:
        if body is None:
            raise OAuthError(INVALID_TOKEN, "An access token is needed.")
        return body
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() != "bearer" or not credentials:
        raise OAuthError(INVALID_TOKEN, "The Authorization header must hold a Bearer token.")
    return credentials


def _answered(work: Callable[[], Answer]) -> Response:
    try:
        return json_answer(*work())
    except OAuthError as error:
        if error.code != INVALID_CLIENT:
            return _refused(400, error)
        response = _refused(401, error)
        if "Authorization" in request.headers:  # RFC 6749 section 5.2
            response.headers["WWW-Authenticate"] = 'Basic realm="tessera", charset="UTF-8"'
        return response


def _refused(status: int, error: OAuthError) -> Response:
    body: dict[str, Any] = {"error": error.code}
    if error.reason:
        body["error_description"] = error.reason
    return json_answer(status, body)
