"""Token, introspection, revocation, user information, keys and descriptions: endpoints for programs, answered in JSON.

They are the hottest of all, and need nothing that pages need (sessions, languages, templates, forgery tokens), so they
are answered at the WSGI door, before Flask makes a request of them; and so is a browser that only passes through. Every
rule is shared: this file only reads parameters and writes answers.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from flask import Flask

from idp.foundation.randomness import reference
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.prove_possession import Proofs, Shown, fresh_nonce
from idp.journeys.oidc.userinfo import userinfo
from idp.journeys.provider import Provider
from idp.protocol.client_authentication import presented
from idp.protocol.errors import INVALID_CLIENT, INVALID_REQUEST, TEMPORARILY_UNAVAILABLE, OAuthError
from idp.protocol.parameters import single
from idp.protocol.signed_introspection import MEDIA_TYPE
from idp.web import headers, openapi
from idp.web.cookies import Cookies
from idp.web.oidc import bearer
from idp.web.oidc.certificate import certificate
from idp.web.oidc.discovery import document
from idp.web.oidc.engine import Engine
from idp.web.oidc.parameters import LARGEST_BODY, decoded
from idp.web.oidc.passage import PATH, Passage
from idp.web.oidc.register import REGISTRATION, Sent, Work

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

log = logging.getLogger(__name__)

Environ = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
FOR_SCRIPTS = ("/oidc/token", "/oidc/par", "/oidc/userinfo", "/oidc/revoke")
"""What a public client that lives in a browser calls from its own origin (OpenID Connect Core section 5.3).

No cookie counts here. Introspection is for resource servers: they have a secret to keep, and so do not live in a page.
"""
UNKNOWN = "unknown"
"""Who asked, in the log: what names no registered client is not repeated there."""
LINES = {
    200: "200 OK",
    201: "201 Created",
    204: "204 No Content",
    303: "303 See Other",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}


class Call(NamedTuple):
    """One request. `authorization` is the header, `body` the raw octets, `proofs` what it says of keys."""

    method: str
    authorization: str | None
    proofs: Proofs
    query: str
    content_type: str
    body: bytes
    accept: str = ""
    path: str = ""

    def form(self) -> dict[str, str]:
        """The body's parameters. Raises OAuthError(invalid_request), also for another content type."""
        if self.content_type.partition(";")[0].strip().lower() != FORM:
            raise OAuthError(INVALID_REQUEST, f"The body must be {FORM}.")
        if self.query:
            raise OAuthError(INVALID_REQUEST, "Parameters belong in the body, not in the address.")
        return single(decoded(self.body))


class Answer(NamedTuple):
    """What goes back: a document, or octets that were encoded before."""

    status: int
    body: Mapping[str, object] | bytes
    more: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Call], Answer]
OfClient = Callable[[Mapping[str, str], str | None, Proofs], tuple[int, dict[str, object] | str]]


class Machine:
    """Answers the endpoints for programs, and hands everything else on to the pages."""

    def __init__(self, app: Flask, provider: Provider, *, links: Mapping[str, str], https: bool) -> None:
        self._pages = app.wsgi_app
        self._issuer = provider.issuer
        self._provider = provider
        self._unavailable = provider.store.unavailable
        self._headers = dict(headers.for_programs(https=https))
        self._handlers = handlers(provider, Engine(provider), links)
        self._for_scripts = dict.fromkeys(FOR_SCRIPTS, self._headers | dict(headers.for_scripts_elsewhere()))
        self._passage = Passage(provider, Cookies(https))

    @property
    def methods(self) -> dict[str, frozenset[str]]:
        """What is answered here, by path."""
        return {path: frozenset(methods) for path, methods in self._handlers.items()}

    def is_quick(self, environ: Environ) -> bool:
        """Whether it is most likely answered here."""
        path = environ.get("PATH_INFO", "")
        return path in self._handlers or (path == PATH and self._passage.is_for(environ))

    def __call__(self, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        path = environ.get("PATH_INFO", "")
        methods = self._handlers.get(path) or self._handlers.get(f"{path.rpartition('/')[0]}/<id>")
        if methods is not None:
            return self._write(self._answer(methods, environ), environ, start_response)
        onward = self._passage.onward(environ) if path == PATH else None
        if onward is None:
            return self._pages(environ, start_response)
        return self._write(Answer(303, b"", (("Location", onward),)), environ, start_response)

    def _answer(self, methods: Mapping[str, Handler], environ: Environ) -> Answer:
        try:
            call = self._call(environ)
            handler = methods.get(call.method)
            allow = (("Allow", ", ".join(methods)),)
            answer = handler(call) if handler else Answer(405, {"error": INVALID_REQUEST}, allow)
            return answer if answer.status < 400 else self._told(answer, call.path, _client(self._provider, call))  # noqa: PLR2004
        except OAuthError as error:
            answer = _refused(413 if error.facts.get("too_large") else 400, error)
            return self._told(answer, environ["PATH_INFO"], UNKNOWN)
        except self._unavailable as error:
            return _failed(503, "temporarily_unavailable", error)
        except Exception as error:  # noqa: BLE001 (never a traceback; the log has it)
            return _failed(500, "server_error", error)

    def _told(self, answer: Answer, path: str, client_id: str) -> Answer:
        """With a reference by which operators find it, and nothing in the log that only whoever asked knows."""
        if not isinstance(answer.body, Mapping) or "error" not in answer.body:
            return answer
        number = reference()
        known = path if path in self._handlers else path.rpartition("/")[0]
        log.info("refused %s reference=%s path=%s client=%s", answer.body["error"], number, known, client_id)
        return answer._replace(body={**answer.body, "reference": number})

    def _call(self, environ: Environ) -> Call:
        return Call(
            environ["REQUEST_METHOD"],
            environ.get("HTTP_AUTHORIZATION"),
            self._proofs(environ),
            environ.get("QUERY_STRING", ""),
            environ.get("CONTENT_TYPE", ""),
            _body(environ),
            environ.get("HTTP_ACCEPT", ""),
            environ["PATH_INFO"],
        )

    def _proofs(self, environ: Environ) -> Proofs:
        url = self._issuer + environ["PATH_INFO"]
        address = environ.get("REMOTE_ADDR", "")
        return Proofs(environ["REQUEST_METHOD"], url, environ.get("HTTP_DPOP"), certificate(environ), address)

    def _write(self, answer: Answer, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
        constant = self._for_scripts.get(environ["PATH_INFO"], self._headers)
        kept = {**constant, "Content-Length": str(len(body)), **dict(answer.more)}
        if "HTTP_DPOP" in environ:
            kept["DPoP-Nonce"] = fresh_nonce(self._provider)  # RFC 9449 section 8.2
        if answer.status == 204:  # noqa: PLR2004 (RFC 9110 section 8.6: it has no length)
            del kept["Content-Length"], kept["Content-Type"]
        start_response(LINES[answer.status], list(kept.items()))
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]


def handlers(provider: Provider, engine: Engine, links: Mapping[str, str]) -> dict[str, dict[str, Handler]]:
    """Path, method, handler."""
    metadata = _public(cache(lambda: document(provider, links)))
    described = _public(
        lambda: openapi.document(
            provider.issuer,
            provider.mutual_tls,
            tuple(provider.detail_types),
            registering=provider.registering.offered,
        )
    )
    called: dict[str, dict[str, Handler]] = {
        openapi.PATH: dict.fromkeys(("GET", "HEAD"), described),
        "/oidc/token": {"POST": lambda call: _of_client(call, engine.answer_token)},
        "/oidc/par": {"POST": lambda call: _of_client(call, engine.pushing)},
        "/oidc/introspect": {"POST": lambda call: _introspection(call, engine)},
        "/oidc/revoke": {"POST": lambda call: _of_client(call, engine.revocation)},
        "/oidc/userinfo": dict.fromkeys(("GET", "POST"), lambda call: _userinfo(provider, call)),
        "/oidc/jwks": dict.fromkeys(("GET", "HEAD"), _public(provider.keyring.jwks)),
        "/.well-known/openid-configuration": dict.fromkeys(("GET", "HEAD"), metadata),
        "/.well-known/oauth-authorization-server": dict.fromkeys(("GET", "HEAD"), metadata),
    }
    return _registration(provider) | called | {path: _asked_first(called[path]) for path in FOR_SCRIPTS}


def _asked_first(methods: Mapping[str, Handler]) -> dict[str, Handler]:
    """Also for browsers, which ask whether a script of another origin may call before they let it."""
    allowed = (("Allow", ", ".join((*methods, "OPTIONS"))), *headers.preflight(methods))
    told = Answer(204, b"", allowed)
    return {**methods, "OPTIONS": lambda _call: told}


def _registration(provider: Provider) -> dict[str, dict[str, Handler]]:
    """RFC 7591 and RFC 7592; where registering is off, there is nothing at these addresses."""
    if not provider.registering.offered:
        return {}

    def answering(work: Work) -> Handler:
        return lambda call: Answer(*work(provider, Sent(call.authorization, call.content_type, call.body, call.path)))

    return {
        path: {method: answering(work) for method, work in methods.items()} for path, methods in REGISTRATION.items()
    }


def _client(provider: Provider, call: Call) -> str:
    """Which registered client the request names; nothing else that stands there."""
    try:
        named = presented(call.authorization, call.form()).client_id
    except OAuthError:
        return UNKNOWN
    return named if provider.clients.knows(named) else UNKNOWN


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise OAuthError(INVALID_REQUEST, "The length of the request is not a number.")
    if int(length) > LARGEST_BODY:  # RFC 9126 section 2.3 wants another status
        raise OAuthError(INVALID_REQUEST, "The request is too large.", too_large=True)
    return environ["wsgi.input"].read(int(length)) if int(length) else b""


def _introspection(call: Call, engine: Engine) -> Answer:
    """RFC 7662 section 2, or RFC 9701 section 5 for who accepts it."""
    return _of_client(call, partial(engine.introspection, accept=call.accept), MEDIA_TYPE)


def _of_client(call: Call, work: OfClient, signed_as: str = "") -> Answer:
    """RFC 6749 section 5.2: who fails to authenticate is told 401, and how, if a header was tried."""
    try:
        return _document(*work(call.form(), call.authorization, call.proofs), signed_as)
    except OAuthError as error:
        if error.code != INVALID_CLIENT:
            return _refused(400, error)
        challenge = (("WWW-Authenticate", 'Basic realm="tessera", charset="UTF-8"'),) if call.authorization else ()
        return _refused(401, error, challenge)
    except Refusal as refused:
        if refused.code != "too_many_attempts":
            raise
        reason = "Too many failed authentications or pushed requests from this address; wait."
        body = {"error": TEMPORARILY_UNAVAILABLE, "error_description": reason}
        return Answer(429, body, (("Retry-After", str(refused.facts["retry_after"])),))


def _userinfo(provider: Provider, call: Call) -> Answer:
    """OpenID Connect Core section 5.3, with the errors of RFC 6750 section 3."""
    try:
        return _document(200, userinfo(provider, _shown(call)), "application/jwt")
    except OAuthError as error:
        challenge = bearer.challenge(call.authorization, error)
        return _refused(bearer.STATUS.get(error.code, 403), error, (("WWW-Authenticate", challenge),))


def _document(status: int, document: Mapping[str, object] | str, signed_as: str) -> Answer:
    """JSON, or a JWT of the media type `signed_as`."""
    if isinstance(document, str):
        return Answer(status, document.encode(), (("Content-Type", signed_as),))
    return Answer(status, document)


def _shown(call: Call) -> Shown:
    """RFC 6750 section 2: the header, or the body of a POST; never the address, never two at once."""
    body = call.form().get("access_token") if call.method == "POST" and call.body else None
    if "access_token" in call.query or (call.authorization and body):
        raise OAuthError(INVALID_REQUEST, "Send the access token once, in the Authorization header.")
    return bearer.shown(call.authorization, call.proofs) if body is None else Shown(body, bearer.BEARER, call.proofs)


def _public(octets: Callable[[], bytes]) -> Handler:
    """The same for everybody, for any script in any page to read."""
    more = (("Cache-Control", "public, max-age=300"), ("Access-Control-Allow-Origin", "*"))
    return lambda _call: Answer(200, octets(), more)


def _refused(status: int, error: OAuthError, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    described = {"error_description": error.reason} if error.reason else {}
    return Answer(status, {"error": error.code, **described}, more)


def _failed(status: int, code: str, error: Exception) -> Answer:
    number = reference()
    log.error("%s reference=%s", code, number, exc_info=error if status == 500 else None)  # noqa: PLR2004
    more = (("Retry-After", "5"),) if status == 503 else ()  # noqa: PLR2004
    return Answer(status, {"error": code, "reference": number}, more)
