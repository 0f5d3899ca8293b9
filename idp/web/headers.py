"""Response headers: a strict content security policy with nonces for pages, constants for everything else.

Pages follow CSP Level 3, https://www.w3.org/TR/CSP3/; nothing inline runs, nothing is framed, nothing is cached.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, g

from idp.foundation.randomness import identifier

_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PAGES = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "publickey-credentials-create=(self), publickey-credentials-get=(self), "
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
    ),
}
_NOT_A_PAGE = "default-src 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; style-src 'self'; script-src {script}; img-src 'self' data:{images}; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{targets};{frames} frame-ancestors 'none'; base-uri 'none'"
)
_LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")
_HSTS = "max-age=63072000; includeSubDomains"


def init(app: Flask, *, https: bool = True) -> None:
    """Protect every response of `app`; `https` says whether the issuer is an https one (adds HSTS)."""
    everywhere = _EVERYWHERE | ({"Strict-Transport-Security": _HSTS} if https else {})

    def protect(response: Response) -> Response:
        headers = response.headers
        for name, value in everywhere.items():
            headers[name] = value
        headers.setdefault("Cache-Control", "no-store")
        if response.mimetype == "text/html":
            _protect_page(response)
        else:
            headers.setdefault("Content-Security-Policy", _NOT_A_PAGE)
        return response

    app.after_request(protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def for_programs(*, https: bool) -> list[tuple[str, str]]:
    """The constant headers of a JSON answer that no page of Flask makes."""
    constants = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Content-Security-Policy": _NOT_A_PAGE,
        **_EVERYWHERE,
        **({"Strict-Transport-Security": _HSTS} if https else {}),
    }
    return list(constants.items())


def for_scripts_elsewhere() -> list[tuple[str, str]]:
    """What lets a script in any page read an answer, also one that refuses (Fetch, https://fetch.spec.whatwg.org/).

    Never `Access-Control-Allow-Credentials`: with a cookie of ours no browser lets such a script read anything.
    """
    exposed = "DPoP-Nonce, WWW-Authenticate, Retry-After"
    return [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", exposed)]


def preflight(methods: Iterable[str]) -> list[tuple[str, str]]:
    """What a browser is told that asks first (Fetch section 4.8), beside the above."""
    return [
        ("Access-Control-Allow-Methods", ", ".join(methods)),
        ("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP"),  # `*` does not cover Authorization.
        ("Access-Control-Max-Age", "7200"),  # Two hours: Chromium keeps it no longer.
    ]


def csp_nonce() -> str:
    """The nonce of this response; scripts without it do not run. A page that never asks may run none."""
    if "csp_nonce" not in g:
        g.csp_nonce = identifier()
    return str(g.csp_nonce)


def allow_form_action(client: str) -> None:
    """Let forms of the page being answered lead to `client`, a validated address of a client's, and on from there.

    Chromium applies `form-action` to the redirects that follow a form post (CSP3, section 6.3.1), the client's own
    included, and its callback may send the browser on to another origin: to any over https, and from loopback, where
    a native application listens or a service is being made, to others there.
    """
    scheme = urlsplit(client).scheme
    further = {"https": {"https:"}, "http": {_source(client), "https:", *_LOOPBACK}}
    g.setdefault("form_actions", set()).update(further.get(scheme, {_source(client)}))


def allow_image(address: str) -> None:
    """Let the page being answered show a picture of the origin of `address`, which whoever reads it may ask."""
    g.setdefault("image_sources", set()).add(_source(address))


def allow_frame(address: str) -> None:
    """Let the page being answered frame pages of the origin of `address`."""
    g.setdefault("frame_sources", set()).add(_source(address))


def _source(target: str) -> str:
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{parts.scheme}:"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{_host(parts.hostname)}{port}"


def _host(name: str) -> str:
    # A host-source (CSP3, section 2.3.1) cannot spell an IPv6 address; the port still narrows the wildcard.
    try:
        return "*" if isinstance(ip_address(name), IPv6Address) else name
    except ValueError:
        return name.encode("idna").decode("ascii")


def _listed(kind: str) -> str:
    return "".join(f" {source}" for source in sorted(g.get(kind, ())))


def _protect_page(response: Response) -> None:
    for name, value in _PAGES.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Security-Policy"] = _PAGE.format(
        script=f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'none'",
        targets=_listed("form_actions"),
        images=_listed("image_sources"),
        frames=f" frame-src{_listed('frame_sources')};" if "frame_sources" in g else "",
    )
    response.vary.update(("Cookie", "Accept-Language"))
