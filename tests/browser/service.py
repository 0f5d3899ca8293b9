"""A service on loopback that a walk makes for itself: it answers what it is told to, and keeps what is sent to it."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from idp.domain.clients.directory import CACHE_SECONDS
from idp.foundation.clock import pause
from tests.browser.country import Country
from tests.serving import command

PAGE = b"<!doctype html><html lang=en><title>Service</title><main><h1>Service</h1></main></html>"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}


@dataclass
class Service:
    """One server. `files` are what it shows by path; everything else is an empty page."""

    address: str
    files: Mapping[str, Path]
    onward: dict[str, str] = field(default_factory=dict)
    """Where a path sends the browser on to."""
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and form of everything that browsers posted."""

    @property
    def callback(self) -> str:
        """Its one redirect URI."""
        return f"{self.address}/callback"

    def takes_part(self, country: Country, folder: Path, **members: object) -> None:
        """Be registered, with the operator's own command, and wait until no worker knows an older registration."""
        file = folder / "client.json"
        file.write_text(json.dumps([{"redirect_uris": [self.callback], **members}]))
        command(country.environment, "clients", "import", str(file), "--json")
        pause(CACHE_SECONDS)


@contextmanager
def open_for_visitors(files: Mapping[str, Path] | None = None) -> Iterator[Service]:
    """Serve at a free port until the end."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = parse_qs(body, keep_blank_values=True, strict_parsing=True)
            service.posted.append((self.path, {name: value for name, (value,) in form.items()}))
            self._answer()

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            onward, file = service.onward.get(path), service.files.get(path)
            self.send_response(303 if onward else 200)
            self.send_header("Location", onward) if onward else None
            self.send_header("Content-Type", KINDS[file.suffix if file else ".html"])
            self.end_headers()
            self.wfile.write(file.read_bytes() if file else PAGE)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as it is named above)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    service = Service(f"http://localhost:{server.server_port}", files or {})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()
