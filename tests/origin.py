"""A service's own web server on loopback, over TLS, whose certificate an authority of the test's own gave it."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idp.foundation.outbound import OutboundClient

YEAR = timedelta(days=365)


@dataclass
class Page:
    """What is at an address. `before` runs while the caller waits."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = field(default=lambda: None)


@dataclass
class Origin:
    """`pages` by path; `heard` are the paths that were asked for, in order; `authority` is the file to trust."""

    authority: Path
    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"

    def put(self, path: str, document: object, **page: object) -> str:
        """Publish a JSON document, and count anew; returns its address."""
        self.pages[path] = Page(json.dumps(document).encode(), **page)  # type: ignore[arg-type]
        self.heard.clear()
        return self.url(path)

    def caller(self) -> OutboundClient:
        """The provider's client, trusting and allowed."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        return OutboundClient(frozenset({f"localhost:{self.port}"}), trust)


@contextmanager
def serving(folder: Path) -> Iterator[Origin]:
    """A server for as long as the block lasts."""
    origin = Origin(folder / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certified(folder, origin.authority))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(origin))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    origin.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answering(origin: Origin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # The caller hung up, which is what some tests are about.
                super().handle()

        def do_GET(self) -> None:
            origin.heard.append(self.path)
            page = origin.pages.get(self.path, Page(b"", 404))
            page.before()
            self.send_response(page.status)
            for name, value in {"Content-Length": str(len(page.body)), **page.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            """Nothing on the test's own output."""

    return Handler


def _certified(folder: Path, authority: Path) -> Path:
    """A file with the server's key and certificate; that of the authority is written to `authority`."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Arcadian Web Authority")])
    root = _signed(root_name, root_name, root_key, root_key, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    leaf = _signed(root_name, x509.Name([]), root_key, key, names)
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "origin.pem"
    file.write_bytes(secret + leaf.public_bytes(serialization.Encoding.PEM))
    return file


def _signed(
    issuer: x509.Name,
    subject: x509.Name,
    by: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - YEAR, now + YEAR
    )
    return made.add_extension(extension, critical=True).sign(by, hashes.SHA256())
