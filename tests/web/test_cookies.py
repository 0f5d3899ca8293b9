from flask import Request, Response
from werkzeug.test import EnvironBuilder

from idp.web.cookies import Cookies


def test_over_https_a_cookie_belongs_to_this_host_alone() -> None:
    response = Response()
    Cookies(secure=True).set(response, "session", "s3cret", 60)
    parts = set(response.headers["Set-Cookie"].split("; "))
    assert {"__Host-session=s3cret", "Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_on_a_loopback_http_issuer_the_browser_still_accepts_it() -> None:
    response = Response()
    Cookies(secure=False).set(response, "session", "s3cret", None)
    assert response.headers["Set-Cookie"] == "session=s3cret; HttpOnly; Path=/; SameSite=Lax"


def test_an_unprefixed_cookie_is_not_read_over_https() -> None:
    request = Request(EnvironBuilder(headers={"Cookie": "session=planted"}).get_environ())
    assert Cookies(secure=True).get(request, "session") is None


def test_clearing_names_the_same_cookie() -> None:
    response = Response()
    Cookies(secure=True).clear(response, "session")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=;")
    assert "Max-Age=0" in cookie
    assert "Secure" in cookie
