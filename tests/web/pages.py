"""A browser without scripts that keeps cookies, follows redirects of ours, and fills in forms as they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = ("input", "meta", "link", "img", "br")


@dataclass
class Form:
    """One form of a page: where it goes, and what it sends if nobody touches it."""

    action: str
    values: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What a test looks at in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self.root: dict[str, str] = {}
        self.words = ""
        self.title = ""
        self._open: list[str] = []
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "html":
            self.root = known
        if tag == "form":
            self.forms.append(Form(known.get("action", "")))
        if tag == "a":
            self.links.append(known.get("href", ""))
        is_sent = known.get("type") not in ("checkbox", "radio") or "checked" in known
        if tag in ("input", "button") and known.get("name") and is_sent and self.forms:
            self.forms[-1].values[known["name"]] = known.get("value", "")
        if "id" in known:
            self.by_id[known["id"]] = known | {"tag": tag}

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        elif "script" not in self._open:
            self.words += f" {data}"

    def updatepos(self, _first: int, last: int) -> int:
        """Counts no lines: nobody asks where in the page something stood, and counting takes a tenth of the time."""
        return last

    def form(self, action_ends: str) -> Form:
        """The form that goes there."""
        return next(form for form in self.forms if form.action.endswith(action_ends))


@dataclass
class Window:
    """A browser window: `at` is the path it shows, `page` what is there."""

    client: FlaskClient
    at: str = ""
    response: TestResponse | None = None
    _read: tuple[TestResponse, Page] | None = None

    @classmethod
    def of(cls, app: Flask) -> "Window":
        return cls(app.test_client())

    @property
    def page(self) -> Page:
        assert self.response is not None
        if self._read is None or self._read[0] is not self.response:
            self._read = self.response, Page(self.response.text)
        return self._read[1]

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status_code

    def goes(self, path: str) -> "Window":
        """Open a page of ours and follow where it leads; an address elsewhere is where it stops."""
        return self._follows(self.client.get(path), path)

    def submits(self, action_ends: str, **typed: str) -> "Window":
        """Fill in a form of the page and send it."""
        form = self.page.form(action_ends)
        return self.posts(form.action, **(form.values | typed))

    def posts(self, path: str, **values: str) -> "Window":
        """Send what is given, and nothing of the page."""
        return self._follows(self.client.post(path, data=values), path)

    def token(self) -> str:
        """A proof that one of our own pages sent a form of this browser."""
        if self.client.get_cookie("browser") is None:
            self.client.set_cookie("browser", "a-secret-of-this-browser")
        cookie = self.client.get_cookie("browser")
        assert cookie is not None
        app = self.client.application
        with app.test_request_context(headers={"Cookie": f"browser={cookie.value}"}):
            made: str = app.jinja_env.globals["csrf_token"]()
        return made

    def _follows(self, response: TestResponse, path: str) -> "Window":
        for _ in range(10):
            if response.status_code not in (302, 303):
                break
            path = str(response.location)
            if not path.startswith("/"):
                break
            response = self.client.get(path)
        self.at, self.response = path.partition("?")[0] if path.startswith("/") else path, response
        return self
