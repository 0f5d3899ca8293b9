"""RFC 9101 at the endpoints: signed by its client, by value, by reference and pushed."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256
from time import process_time

import pytest
from joserfc.jwk import ECKey

from idp.domain.clients.published_requests import UNANSWERED
from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from tests.builders import REDIRECT_URI, a_client
from tests.foundation.test_outbound import json_answer, listening
from tests.web.oidc.conftest import authorize
from tests.web.oidc.requests import AUTH, ISSUER, KEY, address, push, signed, told

KEYS = {"keys": [KEY.as_dict(private=False)]}
STRANGER = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "agency-1"})
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhZ2VuY3kiLCJhdWQiOiJodHRwOi8vbG9jYWxob3N0In0."


MOST = 3
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def settings(settings):
    return replace(settings, request_fetches=MOST)


@pytest.fixture
def agency(provider) -> Client:
    return a_client(provider, client_id="agency", secret=AUTH[1], id_token_signed_response_alg="ES256", jwks=KEYS)


def registered(provider, **members) -> None:
    """The agency registers anew."""
    a_client(provider, client_id="agency", secret=AUTH[1], id_token_signed_response_alg="ES256", jwks=KEYS, **members)
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)


def alone(token: str) -> str:
    return f"/oidc/authorize?client_id=agency&request={token}"


def is_a_page(answer) -> bool:
    return answer.status_code == 400 and "Location" not in answer.headers and REDIRECT_URI not in answer.text


def test_a_signed_request_is_answered_and_nothing_beside_it_counts(signed_in, clock):
    answer = told(signed_in.get(f"{alone(signed(clock.now))}&state=outside&scope=openid+email&prompt=login"))

    assert answer["state"] == "the state"
    assert "code" in answer


def test_a_signed_request_leads_to_sign_in_like_every_other(client, agency, clock):
    assert client.get(alone(signed(clock.now))).location.startswith("/signin/")


def test_by_openid_connect_core_the_object_wins_over_what_stands_beside_it(signed_in, clock):
    token = signed(clock.now, state="inside")
    answer = told(signed_in.get(authorize(request=token, redirect_uri="https://evil.example/", state="outside")))

    assert answer["state"] == "inside"
    assert "code" in answer


def test_an_address_inside_that_is_not_registered_is_a_page(signed_in, clock):
    assert is_a_page(signed_in.get(alone(signed(clock.now, redirect_uri="https://evil.example/"))))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_may_be_posted_by_the_browser(signed_in, clock, method):
    form = {"client_id": "agency", "request": signed(clock.now)}
    sent = {"query_string": form} if method == "GET" else {"data": form}
    answer = signed_in.open("/oidc/authorize", method=method, **sent)
    if method == "POST":  # It comes again by GET, with the cookies that another site's POST does not bring.
        answer = signed_in.get(answer.location)

    assert "code" in told(answer)


def test_an_object_that_the_client_did_not_sign_is_told_to_it_only_at_an_address_beside_it(signed_in, clock):
    token = signed(clock.now, STRANGER)

    assert is_a_page(signed_in.get(alone(token)))
    assert is_a_page(signed_in.get(authorize(request=token, redirect_uri="https://evil.example/")))
    answer = told(signed_in.get(authorize(request=token)))
    assert (answer["error"], answer["state"], answer["iss"]) == ("invalid_request_object", "the state", ISSUER)


def test_an_unsigned_object_is_said_not_to_be_supported(signed_in):
    assert told(signed_in.get(authorize(request=UNSIGNED)))["error"] == "request_not_supported"
    assert is_a_page(signed_in.get(alone(UNSIGNED)))


def test_a_fault_inside_is_told_at_the_address_inside(signed_in, clock):
    answer = told(signed_in.get(alone(signed(clock.now, response_type="token"))))

    assert (answer["error"], answer["state"]) == ("unsupported_response_type", "the state")


def test_request_and_request_uri_exclude_each_other(signed_in, clock):
    token = signed(clock.now)
    assert is_a_page(signed_in.get(f"{alone(token)}&request_uri=https://agency.example/r"))


def test_a_client_that_signs_is_not_heard_otherwise(client, signed_in, provider, clock):
    registered(provider, require_signed_request_object=True)

    assert is_a_page(signed_in.get(authorize()))
    refused = push(client)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert told(signed_in.get(authorize(request=UNSIGNED)))["error"] == "invalid_request_object"
    assert "code" in told(signed_in.get(alone(signed(clock.now))))
    outside = signed_in.get(authorize(request=signed(clock.now, state=None), state="outside"))
    assert "state" not in told(outside)


def test_a_pushed_object_is_the_whole_request(client, signed_in, clock):
    form = {"request": signed(clock.now), "state": "outside", "scope": "openid email", "response_type": "token"}
    answer = client.post("/oidc/par", data=form, auth=AUTH)

    assert answer.status_code == 201
    assert told(signed_in.get(address(answer.json["request_uri"])))["state"] == "the state"


def test_a_bad_object_cannot_be_pushed(client, agency, clock):
    hour, now = 3600, clock.now
    for token in (
        signed(now, STRANGER),
        signed(now, client_id="other"),
        signed(now, client_id=None),
        signed(now, iss="other"),
        signed(now, aud="https://evil.example"),
        signed(now, exp=now),
        signed(now, nbf=now + hour),
        signed(now, request_uri="https://agency.example/r"),
        signed(now, sub="agency"),
        "a.b.c",
        "a.b.c.d.e",
    ):
        answer = push(client, request=token)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request_object"), token
    assert push(client, request=UNSIGNED).json["error"] == "request_not_supported"
    assert push(client, request=signed(now, redirect_uri=None)).json["error"] == "invalid_request"


def test_a_bad_object_is_answered_quickly_and_nothing_is_fetched(client, provider, agency, clock):
    bombs = ("." * 12_000, "a" * 12_000, "a.b.c.d.e", f"{'A' * 4000}.{'A' * 4000}.AA", signed(clock.now, x="[" * 3000))
    with listening(json_answer(b"x")) as listener:
        a_client(provider, client_id="agency", secret=AUTH[1], jwks=KEYS)
        header = "eyJhbGciOiJFUzI1NiIsImp3a3UiOiJodHRwOi8vMTI3LjAuMC4xIn0"
        for token in (*bombs, f"{header}.e30.AA"):
            cost = []
            for _ in range(3):  # The collector of garbage may come in between.
                begun = process_time()
                answer = push(client, request=token)
                cost.append(process_time() - begun)
                assert answer.status_code in (201, 400)
            assert min(cost) < 0.1
        assert listener.heard == []


@pytest.fixture
def served(provider, anna, clock, monkeypatch):
    """A request object at a registered address; a function gives the address for other octets there."""
    open_lines = []

    def at(text: str, fragment: str = "") -> str:
        line = listening(json_answer(text.encode()))
        listener = line.__enter__()
        open_lines.append((line, listener))
        uri = f"http://127.0.0.1:{listener.port}/request.jwt"
        monkeypatch.setattr(provider.outbound, "_allow", frozenset({f"127.0.0.1:{listener.port}"}))
        registered(provider, request_uris=[uri])
        with provider.transaction() as tx:
            consents.give(tx, anna.id, "agency", ["openid"])
        return uri + fragment

    at.heard = lambda: [one for _, listener in open_lines for one in listener.heard]
    yield at
    for line, _ in open_lines:
        line.__exit__(None, None, None)


def test_a_registered_reference_is_fetched(signed_in, served, clock):
    answer = told(signed_in.get(address(served(signed(clock.now) + "\n"))))

    assert answer["state"] == "the state"
    assert len(served.heard()) == 1


def test_one_that_is_not_registered_is_a_page_and_not_fetched(signed_in, served, clock):
    uri = served(signed(clock.now))

    assert is_a_page(signed_in.get(address(uri + "?x=1")))
    assert is_a_page(signed_in.get(address(uri.replace("request", "other"))))
    assert served.heard() == []


def test_the_hash_in_its_fragment_is_that_of_what_stands_there(signed_in, served, clock):
    token = signed(clock.now)
    fragment = "#" + urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode()

    assert "code" in told(signed_in.get(address(served(token, fragment))))
    wrong = signed_in.get(authorize(request_uri=served(token, "#" + "A" * 43)))
    assert told(wrong)["error"] == "invalid_request_uri"


def test_what_is_not_there_is_said_so(signed_in, served):
    uri = served("x" * 70_000)
    assert told(signed_in.get(authorize(request_uri=uri)))["error"] == "invalid_request_uri"
    assert is_a_page(signed_in.get(address(uri)))


def test_what_stands_there_is_judged_like_every_object(signed_in, served, clock):
    unsigned = signed_in.get(authorize(request_uri=served(UNSIGNED)))
    assert told(unsigned)["error"] == "request_not_supported"
    strange = signed_in.get(authorize(request_uri=served(signed(clock.now, STRANGER))))
    assert told(strange)["error"] == "invalid_request_object"


def test_a_browser_that_brings_too_many_references_is_asked_to_wait_here_and_nothing_is_fetched(
    signed_in, served, clock
):
    clock.now = clock.now // 60 * 60 + 10
    uri = served(signed(clock.now))
    assert {"code" in told(signed_in.get(address(uri))) for _ in range(MOST)} == {True}

    for asked in (address(uri), authorize(request_uri=uri), authorize(request_uri=uri, prompt="none")):
        answer = signed_in.get(asked, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "50")
        assert "Location" not in answer.headers
        assert "Please wait a moment" in answer.text
    assert len(served.heard()) == MOST
    assert "code" in told(signed_in.get(address(uri), environ_base=ELSEWHERE))


def test_one_that_says_its_hash_is_fetched_once_however_often_it_is_brought(signed_in, served, clock):
    token = signed(clock.now)
    uri = served(token, "#" + urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=").decode())

    assert {"code" in told(signed_in.get(address(uri))) for _ in range(MOST + 1)} == {True}
    assert len(served.heard()) == 1


def test_where_nothing_could_be_fetched_a_moment_ago_nothing_is_and_the_service_is_told(
    signed_in, served, provider, clock
):
    clock.now = clock.now // 60 * 60
    uri = served("x" * 70_000)
    for number in range(UNANSWERED.most):
        browser = {"REMOTE_ADDR": f"192.0.2.{number}"}
        assert told(signed_in.get(authorize(request_uri=uri), environ_base=browser))["error"] == "invalid_request_uri"

    answer = told(signed_in.get(authorize(request_uri=uri)))
    assert answer["error"] == "invalid_request_uri"
    assert "a moment ago" in answer["error_description"]
    assert is_a_page(signed_in.get(address(uri), environ_base=ELSEWHERE))
    assert len(served.heard()) == UNANSWERED.most


def test_a_request_that_stands_nowhere_else_is_counted_nowhere(signed_in, agency, clock):
    assert {"code" in told(signed_in.get(alone(signed(clock.now)))) for _ in range(MOST + 1)} == {True}
