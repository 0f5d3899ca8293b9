"""Cross-site request forgery: no unsafe method is obeyed without proof that one of our own pages sent it.

The proof is a token bound by HMAC to a random cookie of this browser, and the browser's own word where it gives one
(Fetch Metadata, https://www.w3.org/TR/fetch-metadata/). Views are refused by default; machine endpoints, which carry
no cookies, are marked `@exempt`.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from idp.foundation.randomness import octets, token
from idp.foundation.refusal import Refusal
from idp.web.cookies import Cookies

FIELD = "csrf_token"
_COOKIE = "browser"
_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_SIZE = 32

View = TypeVar("View", bound=Callable[..., Any])


def exempt(view: View) -> View:
    """Mark a view that does not act on the strength of a cookie, or that must accept other sites' forms."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def init(app: Flask, key: bytes, *, cookie_secure: bool = True) -> None:
    """Guard every route of `app`: without proof, Refusal `csrf.refused`.

    `key` is at least 32 bytes that all nodes share and nothing else uses. Templates get `csrf_token()`.
    """
    guard = _Guard(key, Cookies(cookie_secure))
    app.before_request(guard.check)
    app.after_request(guard.remember)
    app.jinja_env.globals["csrf_token"] = guard.token


class _Guard:
    def __init__(self, key: bytes, cookies: Cookies) -> None:
        if len(key) < _SIZE:
            raise ValueError("the csrf key needs 32 bytes")
        self._key = key
        self._cookies = cookies

    def token(self) -> str:
        """The token for a form of this response; a different spelling every time."""
        if "browser_secret" not in g:
            known = self._cookies.get(request, _COOKIE)
            g.browser_secret_is_new = not known
            g.browser_secret = known or token()
        return _mask(_proof(self._key, g.browser_secret))

    def check(self) -> None:
        """Refuse an unsafe request that none of our own pages sent."""
        view = current_app.view_functions.get(request.endpoint or "")
        if request.method in _SAFE or view is None or getattr(view, "csrf_exempt", False):
            return
        secret = self._cookies.get(request, _COOKIE)
        if not (secret and _from_this_site() and _proves(self._key, secret, request.form.get(FIELD, ""))):
            raise Refusal("csrf.refused", "an unsafe request without proof that one of our own pages sent it")

    def remember(self, response: Response) -> Response:
        """Give the browser the secret that the tokens of this response are bound to."""
        if g.get("browser_secret_is_new"):
            self._cookies.set(response, _COOKIE, g.browser_secret, None)
        return response


def _from_this_site() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    # Our own `Referrer-Policy: no-referrer` makes browsers say "null" here (Fetch, section 3.2): no information.
    return origin in (None, "null") or urlsplit(origin).netloc == request.host


def _proof(key: bytes, secret: str) -> bytes:
    return hmac.digest(key, secret.encode(), "sha256")


def _mask(proof: bytes) -> str:
    # Never the same bytes twice, so that compression of a page does not leak them (BREACH).
    mask = octets(_SIZE)
    return urlsafe_b64encode(mask + _xor(mask, proof)).decode("ascii")


def _proves(key: bytes, secret: str, masked: str) -> bool:
    try:
        raw = urlsafe_b64decode(masked.encode("ascii"))
    except ValueError:
        return False
    return len(raw) == 2 * _SIZE and hmac.compare_digest(_xor(raw[:_SIZE], raw[_SIZE:]), _proof(key, secret))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
