from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from demo import specimens, zones
from idp.domain.people import identifiers, records
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from idp.web import errors
from idp.web.proofing import blueprint
from tests.domain.proofing.pictures import encoded
from tests.web.showroom import bare_app

MEGABYTE = 1024 * 1024
NADIA = specimens.person("Nadia")
PORTRAIT = encoded(specimens.portrait(NADIA), "PNG")
DOCUMENT = encoded(specimens.passport(NADIA), "PNG")


class Page(HTMLParser):
    """What a test looks at in a page: hidden fields, values of inputs, texts of errors."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        self.ids |= {known["id"]} if "id" in known else set()
        chosen = tag == "input" and (known.get("type") not in ("radio", "checkbox") or "checked" in known)
        if chosen and "name" in known:
            self.values[known["name"]] = known.get("value", "")


@dataclass
class Walker:
    """A signed-in browser that fills in the pages of a verification."""

    client: FlaskClient
    person_id: str
    at: str = ""
    trail: list[str] = field(default_factory=list)

    def opens(self, path: str) -> TestResponse:
        """Follow redirects to where they end; `at` is that path."""
        response = self.client.get(path)
        while response.status_code in (302, 303):
            path = response.location
            response = self.client.get(path)
        self.at = path.partition("?")[0]
        self.trail.append(self.at)
        return response

    def sends(self, path: str, **given: object) -> TestResponse:
        """Post the page's form with what is given, and follow where it leads; a refused form is returned as it is."""
        page = Page(self.client.get(path).text)
        data = {"csrf_token": page.values["csrf_token"], **given}
        boundary, body = encode_multipart(data)
        response = self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        return self.opens(response.location) if response.status_code in (302, 303) else response

    def begins(self, level: str = "high") -> TestResponse:
        self.sends("/verify-identity")
        return self.sends("/verify-identity/level", level=level)

    def gives_zone(self, document: str = "passport", row: dict[str, str] = NADIA) -> TestResponse:
        self.sends("/verify-identity/document", document=document)
        lines = zones.passport(row) if document == "passport" else zones.card(row)
        typed = {f"mrz-line-{number}": line for number, line in enumerate(lines, 1)}
        return self.sends("/verify-identity/details", **typed)

    def gives_names(self, row: dict[str, str] = NADIA) -> TestResponse:
        return self.sends(
            "/verify-identity/names", **{"given-name": row["given_name"], "family-name": row["family_name"]}
        )

    def uploads(self, step: str, content: bytes, name: str = "picture.png") -> TestResponse:
        return self.sends(f"/verify-identity/{step}", **{step: FileStorage(BytesIO(content), name)})

    def gives_everything(self, row: dict[str, str] = NADIA) -> TestResponse:
        self.begins()
        self.gives_zone(row=row)
        self.gives_names(row)
        self.uploads("portrait", PORTRAIT)
        return self.uploads("document-image", DOCUMENT)


@pytest.fixture
def app(provider: Provider) -> Flask:
    """The frame of the web storey with this room alone in it."""
    app = bare_app()
    app.config.update(SECURE_COOKIES=False, MAX_CONTENT_LENGTH=24 * MEGABYTE, MAX_FORM_MEMORY_SIZE=2 * MEGABYTE)
    app.extensions["provider"] = provider
    errors.init(app)
    app.register_blueprint(blueprint)
    return app


@pytest.fixture
def walker(app: Flask, provider: Provider) -> Callable[..., Walker]:
    """A new citizen at a browser of their own."""

    def make(*, handed_over: bool = False) -> Walker:
        with provider.transaction() as tx:
            person = records.create(tx, provider.vault)
            identifiers.claim(tx, provider.vault, person.id, "email", f"{person.id}@arcadia.example", tx.now)
            proved = Authenticated(person.id, ("pwd", "otp"), Strength.TWO_FACTORS, tx.now, handed_over)
            _, secret = browser.start(tx, proved, "Test", 43_200)
        client = app.test_client()
        client.set_cookie("session", secret)
        return Walker(client, person.id)

    return make
