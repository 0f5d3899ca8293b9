"""A browser and the showroom, once for all tests here."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import eyes
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
    """For whoever looks at pages."""
    with eyes.chromium() as browser:
        yield browser


@pytest.fixture
def app() -> Flask:
    """The frame alone, for an http loopback issuer."""
    return bare_app()


@pytest.fixture
def client() -> FlaskClient:
    """A browser without scripts, looking at the showroom."""
    return make_app().test_client()
