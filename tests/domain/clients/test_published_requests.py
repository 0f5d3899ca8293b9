"""Request objects at a client's own address: not fetched as often as a stranger likes, by all processes together."""

import threading
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256

import pytest

from idp.domain.clients.published_requests import FROM_EVERYWHERE, KEPT_SECONDS, UNANSWERED, PublishedRequests
from idp.foundation import outbound
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.protocol.errors import OAuthError
from tests import origin as origins
from tests.origin import Page

MOST = 3
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
TEXT = "what.was.signed"
HASH = urlsafe_b64encode(sha256(TEXT.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture(autouse=True)
def early(clock):
    """A window has just begun."""
    clock.now = clock.now // 60 * 60


@pytest.fixture
def published(origin):
    """A function that puts a text at an address, or what else is there."""

    def put(text=TEXT, **page):
        origin.put("/r", "")
        origin.pages["/r"] = Page(text.encode(), **page)
        return origin.url("/r")

    return put


@pytest.fixture
def process(origin, database_url, clock):
    """A function that starts what one process has, over the one database."""
    stores = []

    def start(most=MOST):
        stores.append(Store(database_url, clock))
        return PublishedRequests(stores[-1], origin.caller(), most)

    yield start
    for store in stores:
        store.dispose()


def is_told(requests, uri, address=HERE, client="agency"):
    """The code of the refusal, or none."""
    try:
        requests.find(client, uri, address)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_one_that_says_its_hash_is_kept_and_counts_once(origin, published, process, clock):
    uri, requests = f"{published()}#{HASH}", process(most=1)

    assert [requests.find("agency", uri, HERE) for _ in range(3)] == [TEXT] * 3
    clock.advance(KEPT_SECONDS - 1)
    assert requests.find("agency", uri, HERE) == TEXT
    assert origin.heard == ["/r"]


def test_a_copy_has_its_time(origin, published, process, clock):
    uri, requests = f"{published()}#{HASH}", process()
    requests.find("agency", uri, HERE)
    published("another")

    clock.advance(KEPT_SECONDS)
    assert is_told(requests, uri) == "invalid_request_uri"
    assert origin.heard == ["/r"]


def test_one_without_a_hash_may_change_at_any_time(origin, published, process):
    requests = process()
    assert requests.find("agency", published("first"), HERE) == "first"
    assert requests.find("agency", published("second"), HERE) == "second"


def test_what_is_not_what_its_hash_says_is_refused_and_not_kept(origin, published, process):
    uri, requests = f"{published('another')}#{HASH}", process()
    assert [is_told(requests, uri) for _ in range(2)] == ["invalid_request_uri"] * 2
    assert origin.heard == ["/r"] * 2

    published()
    assert requests.find("agency", uri, HERE) == TEXT


def test_one_too_many_from_an_address_waits_whichever_process_it_meets(origin, published, process, clock):
    uri, one, other = published(), process(), process()
    clock.advance(10)
    assert [is_told(requests, uri) for requests in (one, other, one)] == [""] * MOST

    with pytest.raises(Refusal) as refused:
        other.find("agency", uri, HERE)
    assert (refused.value.code, refused.value.facts) == ("too_many_attempts", {"retry_after": 50})
    assert len(origin.heard) == MOST

    clock.advance(50)
    assert is_told(one, uri) == ""


def test_a_stranger_elsewhere_stops_nobody_and_another_client_is_not_concerned(published, process):
    uri, requests = published(), process()
    for _ in range(MOST + 1):
        told = is_told(requests, uri)

    assert told == "too_many_attempts"
    assert is_told(requests, uri, address=ELSEWHERE) == ""
    assert is_told(requests, uri, client="library") == ""


def test_all_addresses_together_have_an_end_too(origin, published, process):
    uri, requests = published(), process(most=1)
    told = [is_told(requests, uri, address=f"192.0.2.{number}") for number in range(FROM_EVERYWHERE + 2)]

    assert told == [""] * FROM_EVERYWHERE + ["too_many_attempts"] * 2
    assert len(origin.heard) == FROM_EVERYWHERE


def test_who_asks_too_often_uses_up_nothing_of_what_the_others_have(published, process):
    uri, requests = published(), process(most=1)
    for _ in range(2 * FROM_EVERYWHERE):
        is_told(requests, uri)

    assert is_told(requests, uri, address=ELSEWHERE) == ""


@pytest.mark.parametrize("page", [{"status": 404}, {"status": 500}, {"status": 302, "headers": {"Location": "/r"}}])
def test_a_server_that_does_not_answer_is_left_alone_by_every_process(origin, published, process, clock, page):
    uri, one, other = published(**page), process(most=99), process(most=99)
    told = [is_told(requests, uri) for _ in range(UNANSWERED.most) for requests in (one, other)]

    assert set(told) == {"invalid_request_uri"}
    assert len(origin.heard) == UNANSWERED.most

    clock.advance(UNANSWERED.seconds)
    published()
    assert is_told(one, uri) == ""


def test_an_answer_meanwhile_ends_the_count(origin, published, process):
    requests = process(most=99)
    for _ in range(3):
        uri = published(status=503)
        assert {is_told(requests, uri) for _ in range(UNANSWERED.most - 1)} == {"invalid_request_uri"}
        published()
        assert is_told(requests, uri) == ""


def test_no_more_than_a_few_wait_for_a_server_that_hangs(origin, published, process, monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 30)
    awake = threading.Event()
    uri, requests = published(before=awake.wait), process(most=99)
    with ThreadPoolExecutor(UNANSWERED.most + 3) as browsers:
        waiting = [browsers.submit(is_told, requests, uri) for _ in range(UNANSWERED.most + 3)]
        done = as_completed(waiting, timeout=20)
        quick = [next(done).result() for _ in range(3)]
        awake.set()

    assert quick == ["invalid_request_uri"] * 3
    assert len(origin.heard) == UNANSWERED.most


def test_octets_that_are_no_text_are_refused(origin, published, process):
    uri = published()
    origin.pages["/r"] = Page(b"\xff\xfe")
    with pytest.raises(OAuthError, match="could not be fetched"):
        process().find("agency", uri, HERE)
