"""A browser and a relying party over real HTTP, as small as they can be."""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

REDIRECT = "https://client.example/cb"
TIMEOUT = 20


@dataclass
class Page:
    """A page the browser stopped at, or the address of a service it was sent to."""

    url: str
    status: int
    text: str
    headers: "requests.structures.CaseInsensitiveDict[str]"

    @property
    def parameters(self) -> dict[str, str]:
        """What the address carries: of an authorization response, code and state."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """(action, values) of every form, in order."""
        found = []
        for attributes, body in re.findall(r"<form([^>]*)>(.*?)</form>", self.text, re.DOTALL):
            action = re.search(r'action="([^"]*)"', attributes)
            values = {}
            for tag in re.findall(r"<(?:input|button)([^>]*)>", body):
                name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
                if name:
                    values[name[1]] = html.unescape(value[1]) if value else ""
            found.append((html.unescape(action[1]) if action else self.path, values))
        return found


class _At(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


@dataclass
class Browser:
    """Follows redirects within the provider, stops at pages and at the service's address."""

    base: str
    http: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def at(cls, base: str, address: str) -> "Browser":
        """A browser somewhere else on the loopback network, with a budget of guesses of its own."""
        browser = cls(base)
        browser.http.mount("http://", _At(address))
        return browser

    def get(self, path: str) -> Page:
        return self._follow(self.http.get(urljoin(self.base, path), allow_redirects=False, timeout=TIMEOUT))

    def post(self, path: str, values: dict[str, str]) -> Page:
        answer = self.http.post(urljoin(self.base, path), data=values, allow_redirects=False, timeout=TIMEOUT)
        return self._follow(answer)

    def submit(self, page: Page, number: int = 0, **values: str) -> Page:
        """Fill in a form of the page and send it."""
        assert page.forms(), f"no form at {page.url}: {page.status} {page.text[:2000]}"
        action, kept = page.forms()[number]
        return self.post(action, kept | values)

    def submit_to(self, page: Page, action_ends: str, **values: str) -> Page:
        """Fill in the form of the page that goes there."""
        number = next(at for at, (action, _) in enumerate(page.forms()) if action.endswith(action_ends))
        return self.submit(page, number, **values)

    def sign_in(self, page: Page, username: str, password: str) -> Page:
        """From a sign-in page to whatever follows; consents if asked."""
        page = self.submit(page, username=username, password=password)
        return self.submit(page) if page.path.endswith("/consent") else page

    def _follow(self, answer: requests.Response) -> Page:
        for _ in range(12):
            location = answer.headers.get("Location")
            if location is None:
                return Page(answer.url, answer.status_code, answer.text, answer.headers)
            target = urljoin(answer.url, location)
            if not target.startswith(self.base):
                return Page(target, answer.status_code, "", answer.headers)
            answer = self.http.get(target, allow_redirects=False, timeout=TIMEOUT)
        raise AssertionError("redirects without end")


@dataclass
class RelyingParty:
    """A confidential client with client_secret_basic and PKCE."""

    base: str
    client_id: str
    secret: str

    def request(self, **changes: str | None) -> tuple[str, str]:
        """(path of an authorization request, code_verifier); a change of None leaves the parameter out."""
        verifier = secrets.token_urlsafe(48)
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        } | changes
        kept = {name: value for name, value in parameters.items() if value is not None}
        return f"/oidc/authorize?{urlencode(kept)}", verifier

    def redeem(self, code: str, verifier: str | None, **changes: str) -> requests.Response:
        parameters = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT} | changes
        if verifier is not None:
            parameters["code_verifier"] = verifier
        return self.post("/oidc/token", parameters)

    def refresh(self, token: str) -> requests.Response:
        return self.post("/oidc/token", {"grant_type": "refresh_token", "refresh_token": token})

    def is_active(self, token: str) -> bool:
        return bool(self.post("/oidc/introspect", {"token": token}).json()["active"])

    def post(self, path: str, values: dict[str, str]) -> requests.Response:
        return requests.post(self.base + path, data=values, auth=(self.client_id, self.secret), timeout=TIMEOUT)


def challenge(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
