"""Keys at a client's own address: fetched once, renewed for a new kid, and never as often as a stranger likes."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey

from idp.domain.clients import published_keys
from idp.domain.clients.published_keys import PublishedKeys
from idp.foundation.outbound import OutboundClient
from tests import origin as origins
from tests.fixtures.storage import Clock


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture
def clock():
    return Clock(1000)


@pytest.fixture
def keys(origin, clock):
    origin.pages.clear()
    return PublishedKeys(origin.caller(), clock)


def key(kid):
    return ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False)


def published(origin, *kids, **page):
    return origin.put("/jwks", {"keys": [key(kid) for kid in kids]}, **page)


def kids(found):
    return [one.kid for one in found]


def test_keys_are_fetched_once_and_kept(origin, keys, clock):
    url = published(origin, "one", "two")
    assert kids(keys.find(url, "one")) == ["one", "two"]
    clock.advance(published_keys.FRESH_SECONDS - 1)
    assert kids(keys.find(url, "two")) == ["one", "two"]
    assert kids(keys.find(url)) == ["one", "two"]
    assert origin.heard == ["/jwks"]


def test_they_are_fetched_anew_when_their_time_is_over(origin, keys, clock):
    url = published(origin, "one")
    keys.find(url)
    published(origin, "two")
    clock.advance(published_keys.FRESH_SECONDS)
    assert kids(keys.find(url)) == ["two"]


@pytest.mark.parametrize(
    ("said", "kept"), [("max-age=600", 600), ("max-age=1", 60), ("no-store", 60), ("max-age=999999", 3600)]
)
def test_the_server_says_how_long_within_bounds(origin, keys, clock, said, kept):
    url = published(origin, "one", headers={"Cache-Control": said})
    keys.find(url)
    clock.advance(kept - 1)
    keys.find(url)
    assert len(origin.heard) == 1
    clock.advance(1)
    keys.find(url)
    assert len(origin.heard) == 2


def test_an_unknown_kid_is_looked_for_at_once(origin, keys, clock):
    url = published(origin, "one")
    keys.find(url, "one")
    published(origin, "one", "new")
    clock.advance(published_keys.RETRY_SECONDS)
    assert kids(keys.find(url, "new")) == ["one", "new"]


def test_strangers_with_unknown_kids_cause_one_request_in_ten_seconds(origin, keys, clock):
    url = published(origin, "one")
    for number in range(100):
        assert kids(keys.find(url, f"made-up-{number}")) == ["one"]
    assert len(origin.heard) == 1
    clock.advance(published_keys.RETRY_SECONDS)
    for number in range(100):
        keys.find(url, f"made-up-{number}")
    assert len(origin.heard) == 2


def test_twenty_at_once_cause_one_request(origin, keys, monkeypatch):
    monkeypatch.setattr(published_keys, "WAIT_SECONDS", 30)
    url = published(origin, "one", before=lambda: threading.Event().wait(0.2))
    with ThreadPoolExecutor(20) as callers:
        found = list(callers.map(lambda _: kids(keys.find(url, "one")), range(20)))
    assert found == [["one"]] * 20
    assert origin.heard == ["/jwks"]


def test_nobody_waits_for_a_renewal_who_has_a_copy_that_will_do(origin, keys, clock):
    url = published(origin, "one")
    keys.find(url)
    asked, answer = threading.Event(), threading.Event()
    published(origin, "two", before=lambda: (asked.set(), answer.wait(5)))
    clock.advance(published_keys.FRESH_SECONDS)
    with ThreadPoolExecutor(1) as other:
        renewed = other.submit(keys.find, url)
        assert asked.wait(5)
        assert kids(keys.find(url, "one")) == ["one"]
        answer.set()
        assert kids(renewed.result()) == ["two"]


def test_a_copy_outlives_a_server_that_is_away_but_not_for_ever(origin, keys, clock):
    url = published(origin, "one")
    keys.find(url)
    origin.put("/jwks", {}, status=503)
    clock.advance(published_keys.FRESH_SECONDS + published_keys.STALE_SECONDS - 1)
    assert kids(keys.find(url)) == ["one"]
    clock.advance(1)
    assert kids(keys.find(url)) == []


def test_a_server_that_is_away_is_asked_more_and_more_seldom(origin, keys, clock):
    url = origin.put("/jwks", {}, status=503)
    for _ in range(3600):
        assert not keys.find(url)
        clock.advance(1)
    assert len(origin.heard) <= 5 + 3600 // 320 + 1
    published(origin, "one")
    clock.advance(320)
    assert kids(keys.find(url)) == ["one"]


def test_keys_that_cannot_be_used_are_passed_over(origin, keys):
    """RFC 7517 section 5: unknown types, other uses, secrets; and of two with one name, neither."""
    good, private = key("good"), ECKey.generate_key("P-256", {"kid": "private"}).as_dict(private=True)
    others = [
        {"kty": "AKP", "kid": "pq", "alg": "ML-DSA-65", "pub": "x"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        key("enc") | {"use": "enc"},
        private,
        key("twice"),
        key("twice"),
        "text",
    ]
    url = origin.put("/jwks", {"keys": [*others, good]})
    assert kids(keys.find(url)) == ["good"]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        "text",
        None,
        {"keys": {}},
        {"keys": []},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [{}] * 51},
    ],
    ids=str,
)
def test_what_is_no_set_of_keys_gives_none(origin, keys, document):
    assert not keys.find(origin.put("/jwks", document))


@pytest.mark.parametrize("body", [b"", b"{", b'{"keys": [], "keys": []}', b"[" * 5000, b"\xff", b'{"keys": NaN}'])
def test_what_is_no_strict_json_gives_none(origin, keys, body):
    url = origin.put("/jwks", {})
    origin.pages["/jwks"].body = body
    assert not keys.find(url)


def test_a_set_that_is_too_large_gives_none(origin, keys):
    assert not keys.find(origin.put("/jwks", {"keys": [key("one")], "padding": "x" * 70_000}))


def test_a_redirect_is_not_followed(origin, keys):
    published(origin, "one")
    url = origin.put("/moved", {}, status=302, headers={"Location": origin.url("/jwks")})
    assert not keys.find(url)
    assert origin.heard == ["/moved"]


def test_a_server_that_nobody_vouches_for_gives_none(origin):
    stranger = OutboundClient(frozenset({f"localhost:{origin.port}"}))
    assert not PublishedKeys(stranger).find(published(origin, "one"))
    assert origin.heard == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_a_private_address_is_not_asked_unless_it_is_allowed(host):
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.05)
        found = PublishedKeys(OutboundClient(frozenset())).find(f"https://{host}:{canary.getsockname()[1]}/jwks")
        assert not found
        with pytest.raises(TimeoutError):
            canary.accept()


def test_each_client_has_keys_of_its_own(origin, keys):
    one, two = origin.put("/one", {"keys": [key("a")]}), origin.put("/two", {"keys": [key("b")]})
    assert (kids(keys.find(one)), kids(keys.find(two))) == (["a"], ["b"])


def test_of_more_sets_than_there_is_room_for_the_oldest_are_forgotten(origin, keys, monkeypatch):
    monkeypatch.setattr(published_keys, "CACHE_SIZE", 2)
    urls = [origin.put(f"/{number}", {"keys": [key("a")]}) for number in range(3)]
    for url in (*urls, urls[2], urls[1], urls[0]):
        keys.find(url)
    assert origin.heard == ["/0", "/1", "/2", "/0"]
