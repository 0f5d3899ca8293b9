"""A browser and the showroom, once for all tests here."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.showroom import bare_app, make_app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (as it is named above)
        """Say nothing."""


@pytest.fixture(scope="session")
def showroom() -> Iterator[str]:
    """The address of the running showroom; localhost, because passkeys need a name."""
    server = make_server("127.0.0.1", 0, make_app(), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window. No longer than a module: its event loop would be in everybody's way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def app() -> Flask:
    """The frame alone, for an http loopback issuer."""
    return bare_app()


@pytest.fixture
def client() -> FlaskClient:
    """A browser without scripts, looking at the showroom."""
    return make_app().test_client()
