"""RFC 6749 section 3.1.2: where a browser may be sent."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.redirect_uri import fault, host, is_registered

REGISTERED = "https://revenue.example.org/callback?x=1"


@pytest.mark.parametrize(
    "uri",
    [
        REGISTERED,
        "https://revenue.example.org",
        "https://revenue.example.org:8443/a/b;c",
        "http://127.0.0.1:8001/callback",
        "http://localhost:8001/callback",
        "http://[::1]:8001/callback",
        "https://xn--bcher-kva.example/r%C3%BCck",
    ],
)
def test_https_and_loopback_may_be_registered(uri):
    assert fault(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        None,
        7,
        ["https://a.example"],
        "http://revenue.example.org/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "https://revenue.example.org@evil.example/",
        "https://user:pw@revenue.example.org/",
        "http://localhost:80@evil.example",
        "https://revenue.example.org/callback#",
        "https://revenue.example.org/#fragment",
        "https://*.example.org/callback",
        "https://revenue.example.org/*",
        "https://revenue.example.org/a/../b",
        "https://revenue.example.org/a/%2e%2E/b",
        "https://revenue.example.org/./b",
        "https://revenue.example.org\\@evil.example/",
        "https:///callback",
        "https://",
        "https:/callback",
        "//revenue.example.org/callback",
        "/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "arcadia.revenue:/callback",
        "ftp://revenue.example.org/",
        "https://revenue.example.org/ callback",
        "https://revenue.example.org/\tcallback",
        "https://revenue.example.org/\r\nSet-Cookie: a",
        "https://revenue.example.org/\0",
        "https://revenue.example.org/é",
        "https://bücher.example/",
        "https://revenue.example.org/%zz",
        "https://revenue.example.org/%2",
        'https://revenue.example.org/"onload="x',
        "https://revenue.example.org:99999/",
        "https://revenue.example.org:0/",
        "https://[::1/",
        "https://" + "a" * 2050,
    ],
)
def test_nothing_else_may_be_registered(uri):
    assert fault(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://revenue.example.org/callback",
        "https://revenue.example.org/callback?x=1&y=2",
        "https://revenue.example.org/callback?x=2",
        "https://revenue.example.org/callback?X=1",
        "https://revenue.example.org/callback/?x=1",
        "https://revenue.example.org/Callback?x=1",
        "https://REVENUE.example.org/callback?x=1",
        "https://revenue.example.org:443/callback?x=1",
        "https://revenue.example.org/%63allback?x=1",
        "https://revenue.example.org/callback?x=1#",
        "https://revenue.example.org//callback?x=1",
        "HTTPS://revenue.example.org/callback?x=1",
        "http://revenue.example.org/callback?x=1",
        "https://revenue.example.org/a/../callback?x=1",
        "https://revenue.example.org/callback;a?x=1",
        "https://revenue.example.org.evil.example/callback?x=1",
        "https://evil.example/https://revenue.example.org/callback?x=1",
        "https://revenue.example.org@evil.example/callback?x=1",
        REGISTERED + " ",
        " " + REGISTERED,
        REGISTERED + "\n",
        REGISTERED[:-1],
        "",
    ],
)
def test_an_address_that_is_not_equal_character_by_character_is_another_address(uri):
    assert not is_registered(uri, [REGISTERED])


def test_an_equal_address_is_the_registered_one():
    assert is_registered(REGISTERED, ["https://a.example", REGISTERED])


@pytest.mark.parametrize(
    ("uri", "registered"),
    [
        ("http://127.0.0.1:51004/callback", "http://127.0.0.1/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:8001/callback"),
        ("http://127.0.0.1:1/callback?x=1", "http://127.0.0.1:8001/callback?x=1"),
        ("http://[::1]:65535/callback", "http://[::1]/callback"),
        ("http://127.0.0.1:51004", "http://127.0.0.1"),
        ("http://127.0.0.1:51004?x=1", "http://127.0.0.1?x=1"),
    ],
)
def test_the_system_of_a_native_application_chooses_the_port_on_loopback(uri, registered):
    assert is_registered(uri, ["https://a.example/", registered], native=True)
    assert not is_registered(uri, [registered])


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:065/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:8001:8002/callback",
        "http://127.0.0.1:+80/callback",
        "http://127.0.0.1: 80/callback",
        "http://127.0.0.1:\N{ARABIC-INDIC DIGIT ONE}/callback",
        "http://127.0.0.1:8001@evil.example/callback",
        "http://user@127.0.0.1:8001/callback",
        "http://127.0.0.1.evil.example:8001/callback",
        "http://127.0.0.1:8001.evil.example/callback",
        "http://127.0.0.1:8001\\@evil.example/callback",
        "http://127.0.0.1:8001/callback/",
        "http://127.0.0.1:8001/callback#",
        "http://127.0.0.1:8001/callback?",
        "http://127.0.0.1:8001/callback\n",
        "http://127.0.0.1:8001/a/../callback",
        "http://127.0.0.1:8001//callback",
        "http://127.0.0.1:8001",
        "http://127.1:8001/callback",
        "http://2130706433:8001/callback",
        "http://0x7f.0.0.1:8001/callback",
        "http://127.0.0.2:8001/callback",
        "http://[::1]:8001/callback",
        "http://[0:0:0:0:0:0:0:1]:8001/callback",
        "http://localhost:8001/callback",
        "https://127.0.0.1:8001/callback",
        "HTTP://127.0.0.1:8001/callback",
    ],
)
def test_everything_but_the_port_is_compared(uri):
    assert not is_registered(uri, ["http://127.0.0.1/callback"], native=True)


@pytest.mark.parametrize(
    "registered", ["https://a.example/", "http://localhost/callback", "https://127.0.0.1/callback"]
)
def test_no_other_address_of_a_native_application_has_any_port(registered):
    assert is_registered(registered, [registered], native=True)
    with_port = registered.replace("example/", "example:8001/").replace("/callback", ":8001/callback")
    assert not is_registered(with_port, [registered], native=True)


@given(
    st.from_regex(r"(http|HTTP)://(127\.0\.0\.1|localhost)(:[0-9]{0,6})?([@.a]{0,3})(/callback)?[?#]?", fullmatch=True)
)
def test_whatever_passes_leads_to_the_registered_path_on_loopback(uri):
    if is_registered(uri, ["http://127.0.0.1/callback"], native=True):
        parts = urlsplit(uri)
        assert (parts.scheme, parts.hostname, parts.path, parts.query) == ("http", "127.0.0.1", "/callback", "")
        assert "@" not in parts.netloc
        assert parts.port is None or 0 < parts.port <= 65535


@given(st.text() | st.builds("https://{}/{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_any_text_is_judged_and_nothing_else_happens(uri):
    assert fault(uri) is None or isinstance(fault(uri), str)


def test_a_host_has_no_port_and_is_lower_case():
    assert host("https://Revenue.example.org:8443/") == "revenue.example.org"
