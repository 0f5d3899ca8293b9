import ipaddress
import re
import socket
import ssl
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idp.foundation import outbound
from idp.foundation.destination import is_public, resolve
from idp.foundation.outbound import Fetched, OutboundClient
from idp.foundation.refusal import Refusal
from tests.serving import free_port

EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


class Listener:
    """A server of one connection after another: keeps what each client sent and answers it with the same bytes."""

    def __init__(self, answer, secure=None, hear=None):
        self.heard = []
        self._hear = hear or request
        self._answer = answer
        self._secure = secure
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                self._converse(line)

    def _converse(self, line):
        try:
            line = self._secure.wrap_socket(line, server_side=True) if self._secure else line
            self.heard.append(self._hear(line))
            for part in self._answer if isinstance(self._answer, list) else [self._answer]:
                line.sendall(part)
                time.sleep(0.2 if isinstance(self._answer, list) else 0)
            line.close()
        except OSError:
            pass  # The client hung up, which is what some of these tests are about.

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def received(line):
    part = line.recv(65536)
    if not part:
        raise ConnectionError
    return part


def request(line):
    """Head and body of one request."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += received(line)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += received(line)
    return head + b"\r\n\r\n" + body


@contextmanager
def listening(answer=EMPTY, secure=None, hear=None):
    listener = Listener(answer, secure, hear)
    try:
        yield listener
    finally:
        listener.close()


def allowing(listener, **more):
    return OutboundClient(frozenset({f"127.0.0.1:{listener.port}", f"localhost:{listener.port}"}), **more)


def json_answer(body):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_a_form_arrives_and_its_status_comes_back():
    with listening() as listener:
        status = allowing(listener).post_form(f"http://localhost:{listener.port}/logout?a=b", {"logout_token": "x y"})

    assert status == 204
    assert listener.heard[0].startswith(b"POST /logout?a=b HTTP/1.1\r\n")
    assert f"Host: localhost:{listener.port}".encode() in listener.heard[0]
    assert listener.heard[0].endswith(b"\r\n\r\nlogout_token=x+y")


def test_a_document_comes_back_as_octets():
    with listening(json_answer(b'{"a": [1]}')) as listener:
        assert allowing(listener).get(f"http://127.0.0.1:{listener.port}/") == Fetched(b'{"a": [1]}', None)

    assert b"\r\nAccept: application/json\r\n" in listener.heard[0]


@pytest.mark.parametrize("line", ["201 Created", "204 No Content", "301 Moved", "304 Not Modified", "404 Not Found"])
def test_anything_but_a_plain_success_is_no_document(line):
    answer = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
    with listening(answer) as listener, pytest.raises(Refusal, match=r"outbound\.not_there"):
        allowing(listener).get(f"http://127.0.0.1:{listener.port}/")


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("max-age=120", 120),
        ("public, Max-Age=0", 0),
        ('private,max-age="7"', 7),
        ("no-store, max-age=120", 0),
        ("no-cache", 0),
        ("s-maxage=9", None),
        ("max-age=soon", None),
        ("", None),
    ],
)
def test_how_long_a_document_may_be_kept_is_what_its_server_says(said, understood):
    answer = f"HTTP/1.1 200 OK\r\nCache-Control: {said}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    with listening(answer) as listener:
        assert allowing(listener).get(f"http://127.0.0.1:{listener.port}/").max_age == understood


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_everybodys_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "0"])
def test_loopback_is_not_called_under_any_spelling(host):
    with listening() as listener:
        with pytest.raises(Refusal, match=r"outbound\.(address_refused|unresolved)"):
            OutboundClient(frozenset()).post_form(f"http://{host}:{listener.port}/", {})

        assert listener.heard == []


def test_what_is_allowed_on_one_port_is_refused_on_another():
    with listening() as listener, pytest.raises(Refusal, match=r"outbound\.address_refused"):
        OutboundClient(frozenset({f"127.0.0.1:{listener.port + 1}"})).post_form(
            f"http://127.0.0.1:{listener.port}/", {}
        )


def test_a_host_may_be_allowed_on_every_port():
    with listening() as listener:
        client = OutboundClient(frozenset({"localhost"}))
        assert client.post_form(f"http://LOCALHOST:{listener.port}/", {}) == 204


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org/",
        "/path",
        "",
        "http://",
        "http://me:secret@example.org/",
    ],
)
def test_only_http_urls_with_a_host_and_no_user_are_called(url):
    with pytest.raises(Refusal, match=r"outbound\.url_refused"):
        OutboundClient(frozenset()).get(url)


def test_the_connection_goes_to_the_addresses_that_were_checked():
    assert resolve("https://127.0.0.1/x?y=z", frozenset({"127.0.0.1"})).addresses == ("127.0.0.1",)
    with listening() as listener:
        destination = resolve(f"http://localhost:{listener.port}/", frozenset({"localhost"}))
        assert set(destination.addresses) <= {"127.0.0.1", "::1"}


def test_a_redirect_is_an_answer_and_not_followed():
    with listening() as private:
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{private.port}/\r\nContent-Length: 0\r\n\r\n"
        with listening(moved.encode()) as listener:
            client = OutboundClient(frozenset({"127.0.0.1"}))
            assert client.post_form(f"http://127.0.0.1:{listener.port}/", {}) == 302

        assert private.heard == []


def test_an_answer_that_is_too_large_is_refused():
    body = b'{"a": "' + b"x" * outbound.LARGEST_ANSWER + b'"}'
    with listening(json_answer(body)) as listener, pytest.raises(Refusal, match=r"outbound\.too_large"):
        allowing(listener).get(f"http://127.0.0.1:{listener.port}/")


def test_a_compressed_answer_is_not_unpacked():
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
    with listening(packed) as listener:
        assert allowing(listener).get(f"http://127.0.0.1:{listener.port}/").body == b"\x1f\x8b"


def test_an_answer_that_drips_is_cut_off_in_time(monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    drips = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 20]
    with listening(drips) as listener:
        started = time.monotonic()
        with pytest.raises(Refusal, match=r"outbound\.timed_out"):
            allowing(listener).post_form(f"http://127.0.0.1:{listener.port}/", {})

    assert time.monotonic() - started < 4


def test_a_handshake_that_drips_is_cut_off_in_time(monkeypatch):
    """Each byte begins the socket's own time-out anew, and there is no connection yet that could be cut."""
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    record = b"\x16\x03\x03\x40\x00"  # the head of a long handshake message, and then its bytes one by one
    with listening([record, *[b"x"] * 20], hear=received) as listener:
        started = time.monotonic()
        with pytest.raises(Refusal, match=r"outbound\.timed_out"):
            allowing(listener).get(f"https://127.0.0.1:{listener.port}/")

    assert time.monotonic() - started < 4


def test_a_name_server_that_does_not_answer_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(5) and [])
    started = time.monotonic()
    with pytest.raises(Refusal, match=r"outbound\.timed_out"):
        OutboundClient(frozenset()).get("https://silent.example/")

    assert time.monotonic() - started < 4
    answer.set()


def test_the_time_for_finding_the_host_is_part_of_the_whole(monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 3)
    found, slow = socket.getaddrinfo, iter([2.5])  # The second time it has an address to find, which takes no time.
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **how: time.sleep(next(slow, 0)) or found(*where, **how))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        started = time.monotonic()
        with pytest.raises(Refusal, match=r"outbound\.timed_out"):
            OutboundClient(frozenset({"127.0.0.1"})).get(url)

    assert time.monotonic() - started < 5


def test_a_host_that_takes_no_connection_is_given_up_in_time(monkeypatch):
    """As behind a firewall that drops what arrives: here the line of those who wait to be accepted is full."""
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    with ExitStack() as lines:
        full = lines.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            line = lines.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(full.getsockname())
        started = time.monotonic()
        with pytest.raises(Refusal, match=r"outbound\.timed_out"):
            OutboundClient(frozenset({"127.0.0.1"})).get(f"http://127.0.0.1:{full.getsockname()[1]}/")

    assert time.monotonic() - started < 2.9


def test_a_port_where_nobody_listens_is_unreachable():
    with pytest.raises(Refusal, match=r"outbound\.unreachable"):
        OutboundClient(frozenset({"127.0.0.1"})).post_form(f"http://127.0.0.1:{free_port()}/", {})


def test_garbage_instead_of_http_is_a_failure():
    with listening(b"SSH-2.0-OpenSSH\r\n") as listener, pytest.raises(Refusal, match=r"outbound\.failed"):
        allowing(listener).post_form(f"http://127.0.0.1:{listener.port}/", {})


def test_no_proxy_is_taken_from_the_environment(monkeypatch):
    with listening() as proxy, listening() as listener:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        allowing(listener).post_form(f"http://127.0.0.1:{listener.port}/", {})

        assert proxy.heard == []


@pytest.fixture
def certified(tmp_path):
    """A server context with a certificate for `localhost`, and a client context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=365)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    unencrypted = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    pem = tmp_path / "server.pem"
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


def test_https_checks_the_certificate_for_the_name_and_not_for_the_address(certified):
    server, trust = certified
    with listening(secure=server) as listener:
        assert allowing(listener, trust=trust).post_form(f"https://localhost:{listener.port}/", {}) == 204


def test_a_certificate_for_another_name_is_refused(certified):
    server, trust = certified
    with listening(secure=server) as listener, pytest.raises(Refusal, match=r"outbound\.unreachable"):
        allowing(listener, trust=trust).post_form(f"https://127.0.0.1:{listener.port}/", {})


def test_an_unknown_authority_is_refused(certified):
    server, _ = certified
    with listening(secure=server) as listener, pytest.raises(Refusal, match=r"outbound\.unreachable"):
        allowing(listener).post_form(f"https://localhost:{listener.port}/", {})
