"""Refusals and crashes, translated once: to a page for people, to JSON for programs. Never a traceback."""

import logging
from collections.abc import Mapping

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from idp.foundation.randomness import reference
from idp.foundation.refusal import Refusal
from idp.protocol.errors import OAuthError

log = logging.getLogger(__name__)

Words = tuple[object, object, object]
"""Title, what happened, what to do."""

STATUS: Mapping[str, int] = {
    "too_many_attempts": 429,
    "too_busy": 503,
    "authenticators.too_many": 429,
    "forms.malformed": 400,
    "csrf.refused": 403,
    "console.forbidden": 403,
    "account.unknown_service": 404,
    "account.unknown_session": 404,
    "authenticators.unknown": 404,
    "contacts.unknown": 404,
    "people.unknown": 404,
    "clients.unknown": 404,
    "clients.nothing_waits": 404,
    "people.register_unavailable": 503,
    "invalid_client": 401,
}

_NOTHING_HERE: Words = (
    lazy_gettext("Page not found"),
    lazy_gettext("There is nothing at this address."),
    lazy_gettext("Check the address, or start again from the service you were using."),
)

WORDS: Mapping[str, Words] = {
    "account.unknown_service": _NOTHING_HERE,
    "account.unknown_session": _NOTHING_HERE,
    "authenticators.unknown": _NOTHING_HERE,
    "contacts.unknown": _NOTHING_HERE,
    "too_many_attempts": (
        lazy_gettext("Please wait a moment"),
        lazy_gettext("There were too many attempts in a short time."),
        lazy_gettext("Wait a few minutes, then try again."),
    ),
    "too_busy": (
        lazy_gettext("Please try again in a moment"),
        lazy_gettext("Many people are signing in at the moment, so nothing was changed."),
        lazy_gettext("Go back, wait a few seconds, then try again."),
    ),
    "csrf.refused": (
        lazy_gettext("This page is out of date"),
        lazy_gettext("We could not be sure that this form came from this browser, so nothing was changed."),
        lazy_gettext("Go back, reload the page, and try again. Cookies must be allowed for this site."),
    ),
    "forms.odd_password": (
        lazy_gettext("This password cannot be read"),
        lazy_gettext(
            "It is much longer than a password can be here, or it holds something that no keyboard types. "
            "It was not looked at, and nothing was changed."
        ),
        lazy_gettext(
            "Go back and type the password by hand, or copy it again from where you keep it. Mind that you copy only "
            "the password."
        ),
    ),
    "people.register_unavailable": (
        lazy_gettext("Please try again in a moment"),
        lazy_gettext("The population register could not be asked just now, so nothing was decided."),
        lazy_gettext("Wait a few minutes, then try again. What you entered is kept."),
    ),
    "oidc.request_over": (
        lazy_gettext("This request is over"),
        lazy_gettext("The service's request to sign you in was used before, or it waited too long."),
        lazy_gettext("Go back to the service and sign in there again."),
    ),
    "console.forbidden": (
        lazy_gettext("You may not open this page"),
        lazy_gettext("Your role does not include it."),
        lazy_gettext("Ask an administrator if you need it for your work."),
    ),
}

HTTP_WORDS: Mapping[int, Words] = {
    404: _NOTHING_HERE,
    405: (
        lazy_gettext("This address is not used in that way"),
        lazy_gettext("The request was of a kind that this address does not answer."),
        lazy_gettext("Start again from the service you were using."),
    ),
    413: (
        lazy_gettext("That is too large"),
        lazy_gettext("What was sent is larger than we accept, so nothing was stored."),
        lazy_gettext("Choose a smaller file, or write less, and try again."),
    ),
    503: (
        lazy_gettext("Please try again in a moment"),
        lazy_gettext("We are busy and could not answer in time. Nothing was changed."),
        lazy_gettext("Wait a minute, then try again."),
    ),
}


def init(app: Flask) -> None:
    """Every way to fail leads here."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    for unavailable in app.extensions["provider"].store.unavailable:
        app.register_error_handler(unavailable, _busy)
    app.register_error_handler(Exception, _crashed)


def refusal_page(refusal: Refusal, status: int | None = None, words: Words | None = None) -> Response:
    """The page for a refusal that may not, or cannot, be answered anywhere else; `words` are a room's own for it.

    The reason is written for developers, so only refusals that a service's developer must understand show it.
    """
    title, happened, todo = words or WORDS.get(refusal.code, _general())
    log.info("refused %s reference=%s path=%s", refusal, _reference(), request.path)
    why = refusal.reason if refusal.code.startswith("oidc.") or isinstance(refusal, OAuthError) else ""
    response = _answer(refusal.code, status or STATUS.get(refusal.code, 400), title, happened, todo, why=why)
    retry_after = refusal.facts.get("retry_after")
    if isinstance(retry_after, int):
        response.headers["Retry-After"] = str(retry_after)
    return response


def program_answer(code: str, reason: str, status: int) -> Response:
    """The JSON for a program that was refused: what, why, and a reference to ask about."""
    log.info("refused %s: %s reference=%s path=%s", code, reason, _reference(), request.path)
    response = jsonify({"error": code, "error_description": reason, "reference": _reference()})
    response.status_code = status
    return response


def _refused(refusal: Refusal) -> Response:
    return refusal_page(refusal)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:  # noqa: PLR2004 (a redirect raised as an exception)
        return make_response(error.get_response())
    title, happened, todo = HTTP_WORDS.get(status, _general())
    response = _answer(f"http_{status}", status, title, happened, todo)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def _busy(error: Exception) -> Response:
    log.error("database unavailable reference=%s: %s", _reference(), type(error).__name__)
    title, happened, todo = HTTP_WORDS[503]
    response = _answer("temporarily_unavailable", 503, title, happened, todo)
    response.headers["Retry-After"] = "5"
    return response


def _crashed(error: Exception) -> Response:
    log.error("crash reference=%s path=%s", _reference(), request.path, exc_info=error)
    title = _("Something went wrong on our side")
    happened = _("The fault is ours. What you were doing was not completed, and nothing was half done.")
    return _answer("server_error", 500, title, happened, _("Try again in a few minutes."))


def _general() -> Words:
    return (
        _("We cannot continue"),
        _("Something about this request was not as it must be, so we stopped."),
        _("Go back and try again, or start again from the service you were using."),
    )


def _answer(code: str, status: int, title: object, happened: object, todo: object, why: str = "") -> Response:
    if _wants_json():
        body = {"error": code, "error_description": why or str(happened), "reference": _reference()}
        response = jsonify(body)
    else:
        todo = todo if isinstance(todo, list | tuple) else str(todo)  # A lazy text is no string to the template.
        page = render_template("error.html", title=title, happened=happened, why=why, todo=todo, reference=_reference())
        response = make_response(page)
    response.status_code = status
    return response


def _wants_json() -> bool:
    return "text/html" not in request.headers.get("Accept", "") and (
        request.path.startswith(("/api/", "/.well-known/", "/oidc/"))
        or request.accept_mimetypes.best == "application/json"
    )


def _reference() -> str:
    if "reference" not in g:
        g.reference = reference()
    return str(g.reference)
