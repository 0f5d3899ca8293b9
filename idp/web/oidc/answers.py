"""Sending an authorization response to the client: by redirect, or by a form that the browser posts."""

from collections.abc import Mapping

from flask import Response, make_response, render_template

from idp.protocol import response_mode
from idp.protocol.authorization import Target
from idp.web.headers import allow_form_action


def answer(target: Target, parameters: Mapping[str, str]) -> Response:
    """303, so that a browser that posted a form does not post it again (RFC 9700 section 4.12)."""
    if response_mode.by_form(target.response_mode):
        allow_form_action(target.redirect_uri)
        form = response_mode.form_post(target.redirect_uri, parameters)
        return make_response(render_template("oidc/form_post.html", form=form))
    location = response_mode.redirect_location(target.redirect_uri, parameters)
    response = make_response("", 303)
    response.headers["Location"] = location
    return response
