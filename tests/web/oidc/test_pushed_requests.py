"""RFC 9126 at the endpoints: pushed by a program, brought by a browser, spent by a success."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from idp.domain.grants.grants import of_code
from idp.domain.grants.tables import grants
from idp.journeys.oidc.push import push as push_journey
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from tests.builders import PASSWORD, REDIRECT_URI, a_client
from tests.web.oidc.conftest import VERIFIER, authorize, posted
from tests.web.oidc.requests import ASKED, AUTH, address, push, pushed, told
from tests.web.pages import Window


@pytest.fixture
def public(provider) -> Client:
    return a_client(provider, client_id="app", secret=None, redirect_uris=[REDIRECT_URI])


@pytest.fixture
def pushing(provider, anna) -> Client:
    """A client that is heard over the back channel only; Anna agreed to it."""
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "archive", ["openid"])
    return a_client(provider, client_id="archive", secret="s" * 32, require_pushed_authorization_requests=True)


def issued(provider) -> int:
    with provider.reading() as connection:
        return connection.execute(select(func.count()).select_from(grants)).scalar_one()


def is_a_page(answer) -> bool:
    return answer.status_code == 400 and "Location" not in answer.headers and REDIRECT_URI not in answer.text


def test_a_request_is_pushed_and_named(client, agency, provider):
    answer = push(client)

    assert answer.status_code == 201
    assert answer.json.keys() == {"request_uri", "expires_in"}
    assert answer.json["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert answer.json["expires_in"] == provider.lifetimes.pushed < 600
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["request_uri"] != push(client).json["request_uri"]


def test_two_parameters_are_enough_for_a_code_and_the_pushed_ones_come_back(client, signed_in):
    uri = pushed(client, nonce="n" * 384, state="s" * 2048)

    answer = told(signed_in.get(address(uri)))
    assert answer["state"] == "s" * 2048
    assert answer["iss"] == "http://localhost"
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT_URI}
    assert client.post("/oidc/token", data=form | {"code_verifier": VERIFIER}, auth=AUTH).status_code == 200


def test_a_request_without_state_gets_none_back(client, signed_in):
    assert told(signed_in.get(address(pushed(client, state=None)))).keys() == {"code", "iss"}


def test_what_the_browser_brings_beside_it_does_not_count(client, signed_in):
    for beside in (
        {"state": "outside"},
        {"redirect_uri": "https://evil.example/"},
        {"scope": "openid email"},
        {"prompt": "login"},
        {"response_mode": "form_post"},
        {"response_type": "token"},
        {"nonce": "outside", "code_challenge": "x"},
    ):
        answer = told(signed_in.get(address(pushed(client), **beside)))
        assert answer.keys() == {"code", "iss", "state"}, beside
        assert answer["state"] == "the state"


def test_state_that_stands_outside_only_is_not_used(client, signed_in):
    assert "state" not in told(signed_in.get(address(pushed(client, state=None), state="outside")))


def test_a_second_success_is_refused(client, signed_in, provider):
    uri = pushed(client)

    assert "code" in told(signed_in.get(address(uri)))
    for again in (signed_in.get(address(uri)), posted(signed_in, client_id="agency")):
        assert is_a_page(again)
    assert is_a_page(posted(signed_in, client_id="agency", request_uri=uri))
    assert issued(provider) == 1


def test_prompt_none_does_not_make_it_reusable(client, signed_in, provider):
    uri = pushed(client, prompt="none")

    assert "code" in told(signed_in.get(address(uri)))
    assert is_a_page(signed_in.get(address(uri)))
    assert is_a_page(signed_in.get(address(uri, prompt="none")))
    assert issued(provider) == 1


def test_a_refused_prompt_none_leaves_it_for_another_try(client, app, signed_in):
    uri = pushed(client, prompt="none")

    assert told(app.test_client().get(address(uri)))["error"] == "login_required"
    assert "code" in told(signed_in.get(address(uri)))


def test_a_look_uses_nothing_up(client, signed_in, provider):
    uri = pushed(client)
    signed_in.head(address(uri))

    assert issued(provider) == 0
    assert "code" in told(signed_in.get(address(uri)))


def test_an_answer_by_form_is_a_page_and_spends_it_once(client, signed_in, provider):
    uri = pushed(client, response_mode="form_post")
    answer = signed_in.get(address(uri))

    assert answer.status_code == 200
    assert f'action="{REDIRECT_URI}"' in answer.text
    assert is_a_page(signed_in.get(address(uri)))
    assert issued(provider) == 1


def test_it_survives_a_reload_before_sign_in_and_is_spent_after(client, app, agency, anna, provider):
    uri = pushed(client)
    window = Window.of(app)
    first = window.goes(address(uri)).at
    again = window.goes(address(uri)).at
    assert first.startswith("/signin/")
    assert again.startswith("/signin/")
    assert first != again

    window.submits("/authenticate", username=anna.username, password=PASSWORD).submits("/consent")
    assert window.at.startswith(f"{REDIRECT_URI}?code=")
    assert window.goes(address(uri)).status == 400
    assert issued(provider) == 1


def test_who_signs_in_slowly_is_not_refused(client, app, agency, anna, provider, clock):
    window = Window.of(app).goes(address(pushed(client)))
    clock.advance(provider.lifetimes.pushed + 600)

    window.submits("/authenticate", username=anna.username, password=PASSWORD).submits("/consent")
    assert window.at.startswith(f"{REDIRECT_URI}?code=")


def test_of_two_sign_ins_that_began_from_one_request_one_succeeds(client, app, agency, anna, provider):
    uri = pushed(client)
    tabs = [Window.of(app).goes(address(uri)) for _ in range(2)]
    for tab in tabs:
        tab.submits("/authenticate", username=anna.username, password=PASSWORD)
    tabs[0].submits("/consent")
    tabs[1].goes(tabs[1].at.removesuffix("/consent"))

    assert f"{REDIRECT_URI}?code=" in tabs[0].at
    assert f"{REDIRECT_URI}?error=invalid_request_uri" in tabs[1].at
    assert "code=" not in tabs[1].at
    assert issued(provider) == 1


def test_a_sign_in_that_began_before_cannot_follow_a_success(client, app, signed_in, agency, anna, provider):
    uri = pushed(client)
    window = Window.of(app).goes(address(uri))
    assert "code" in told(signed_in.get(address(uri)))

    window.submits("/authenticate", username=anna.username, password=PASSWORD)
    assert f"{REDIRECT_URI}?error=invalid_request_uri" in window.at
    assert issued(provider) == 1


def test_of_parallel_successes_there_is_one(client, app, signed_in, provider):
    cookie = signed_in.get_cookie("session").value
    uri = pushed(client)

    def go(_number):
        http = app.test_client()
        http.set_cookie("session", cookie)
        return http.get(address(uri))

    with ThreadPoolExecutor(8) as rivals:
        answers = list(rivals.map(go, range(8)))
    assert Counter("code=" in answer.headers.get("Location", "") for answer in answers) == {True: 1, False: 7}
    assert issued(provider) == 1


def test_it_expires(client, app, signed_in, provider, clock):
    uri = pushed(client)
    clock.advance(provider.lifetimes.pushed - 1)
    assert urlsplit(app.test_client().get(address(uri)).location).path.startswith("/signin/")

    clock.advance(1)
    assert is_a_page(signed_in.get(address(uri)))
    assert is_a_page(app.test_client().get(address(uri)))


def test_it_belongs_to_the_client_that_pushed_it(client, signed_in, public):
    uri = pushed(client)

    assert is_a_page(signed_in.get(address(uri, client_id="app")))
    assert is_a_page(signed_in.get(address(uri, client_id="nobody")))
    assert is_a_page(signed_in.get(f"/oidc/authorize?request_uri={uri}"))
    assert "code" in told(signed_in.get(address(uri)))


def test_an_unknown_request_uri_is_a_page_and_never_a_redirect(app, signed_in):
    for uri in (
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:request_uri:" + "A" * 43,
        "urn:ietf:params:oauth:request_uri:../../x",
        "urn:other:x",
        "https://agency.example/request",
        "x",
    ):
        for http in (signed_in, app.test_client()):
            assert is_a_page(http.get(address(uri))), uri
            assert is_a_page(http.get(authorize(request_uri=uri))), uri


def test_the_page_says_what_to_do_and_carries_a_reference(client, signed_in):
    uri = pushed(client)
    signed_in.get(address(uri))
    page = signed_in.get(address(uri), headers={"Accept": "text/html"}).text

    assert "This request is over" in page
    assert "reference" in page.lower()


def test_a_request_beside_it_is_not_chosen_from(client, signed_in):
    assert is_a_page(signed_in.get(address(pushed(client), request="a.b.c")))


def test_an_address_that_was_unregistered_meanwhile_is_not_redirected_to(client, signed_in, provider, agency):
    uri = pushed(client)
    a_client(provider, client_id="agency", secret=AUTH[1], redirect_uris=["https://agency.example/new"])
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)

    assert is_a_page(signed_in.get(address(uri)))


def test_a_reference_cannot_be_pushed(client, agency):
    for uri in (pushed(client), "urn:ietf:params:oauth:request_uri:x", "https://agency.example/request"):
        answer = push(client, request_uri=uri)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


FAULTS = (
    ({"client_id": None}, "invalid_request"),
    ({"redirect_uri": None}, "invalid_request"),
    ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "invalid_request"),
    ({"scope": "unknown"}, "invalid_scope"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"claims": "{"}, "invalid_request"),
    ({"dpop_jkt": "short"}, "invalid_request"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"request": "a.b.c"}, "invalid_request_object"),
    ({"scope": "x" * 50_000}, "invalid_request"),
)


def test_what_would_be_refused_later_is_refused_when_it_is_pushed(client, agency):
    for changes, error in FAULTS:
        answer = push(client, **changes)
        assert (answer.status_code, answer.json["error"]) == (400, error), changes
        assert "Location" not in answer.headers


def test_a_client_proves_who_it_is_as_at_the_token_endpoint(client, agency):
    wrong = push(client, auth=("agency", "wrong"))
    assert (wrong.status_code, wrong.json["error"]) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    nobody = push(client, auth=None)
    assert (nobody.status_code, nobody.json["error"]) == (401, "invalid_client")
    assert push(client, auth=None, client_secret=AUTH[1]).status_code == 401


def test_no_client_pushes_for_another(client, agency, public):
    answer = push(client, client_id="app")

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_public_client_may_push(client, public, signed_in):
    answer = push(client, auth=None, client_id="app")

    assert answer.status_code == 201
    location = signed_in.get(address(answer.json["request_uri"], client_id="app")).location
    assert urlsplit(location).path.startswith("/signin/")


def test_another_method_is_told_which_one_there_is(client):
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        answer = client.open("/oidc/par", method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS"), method


def test_parameters_in_the_address_or_twice_are_refused(client, agency):
    assert client.post("/oidc/par?state=x", data=ASKED, auth=AUTH).status_code == 400
    twice = "&".join(f"{name}={value}" for name, value in (*ASKED.items(), ("state", "again")))
    form = {"data": twice, "content_type": "application/x-www-form-urlencoded", "auth": AUTH}
    assert client.post("/oidc/par", **form).json["error"] == "invalid_request"
    assert client.post("/oidc/par", json=ASKED, auth=AUTH).json["error"] == "invalid_request"


def test_a_client_that_must_push_is_not_heard_in_front(client, app, signed_in, pushing, provider):
    plain = authorize(client_id="archive")
    for http in (signed_in, app.test_client()):
        assert is_a_page(http.get(plain))
        assert is_a_page(posted(http, **ASKED | {"client_id": "archive"}))
        assert is_a_page(http.get(f"{plain}&prompt=none"))
        assert is_a_page(http.get(f"{plain}&request=a.b.c"))
    assert issued(provider) == 0

    answer = push(client, auth=("archive", "s" * 32), client_id="archive")
    assert "code" in told(signed_in.get(address(answer.json["request_uri"], client_id="archive")))


def test_a_client_that_may_push_is_heard_in_front_too(signed_in, agency):
    assert "code" in told(signed_in.get(authorize()))


def test_a_key_that_was_proved_beside_the_request_binds_the_code(provider, agency, signed_in):
    held = Confirmation(jkt="A" * 43)
    for named in ({}, {"dpop_jkt": held.jkt}):
        uri = str(push_journey(provider, agency, ASKED | named, held)["request_uri"])
        code = told(signed_in.get(address(uri)))["code"]
        with provider.reading() as connection:
            assert of_code(connection, code).context.jkt == held.jkt
    with pytest.raises(OAuthError, match="dpop_jkt"):
        push_journey(provider, agency, ASKED | {"dpop_jkt": "E" * 43}, held)


def test_it_may_be_posted_by_the_browser(client, signed_in):
    answer = posted(signed_in, client_id="agency", request_uri=pushed(client))

    assert "code" in told(answer)


def test_every_redirect_is_a_303(client, app, signed_in):
    assert app.test_client().get(address(pushed(client))).status_code in (302, 303)
    assert signed_in.get(address(pushed(client))).status_code == 303
