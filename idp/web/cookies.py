"""One way to set a cookie, so that none is ever weaker than the rest.

Prefixes: RFC 6265bis, section 4.1.3, https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/.
"""

from flask import Request, Response


class Cookies:
    """Cookies of this host only: HttpOnly, SameSite=Lax, Path=/, never a Domain.

    `secure` follows the issuer, not the request: over https every name gets the `__Host-` prefix, which a sibling
    subdomain or a plain-text attacker cannot write. An http issuer is only ever a loopback one; there the prefix is
    dropped, because browsers refuse it without Secure.
    """

    def __init__(self, secure: bool) -> None:  # noqa: FBT001 (the one thing there is to say)
        self.secure = secure

    def name(self, name: str) -> str:
        """The name on the wire."""
        return f"__Host-{name}" if self.secure else name

    def get(self, request: Request, name: str) -> str | None:
        """The value the browser sent, or None; untrusted."""
        return request.cookies.get(self.name(name))

    def set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        """Set for `max_age` seconds; None lasts until the browser closes."""
        response.set_cookie(
            self.name(name), value, max_age=max_age, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )

    def clear(self, response: Response, name: str) -> None:
        """Make the browser forget it."""
        response.delete_cookie(self.name(name), path="/", secure=self.secure, httponly=True, samesite="Lax")
